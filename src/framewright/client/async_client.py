"""A render service, awaited: the same verbs, the same events and the same errors as here."""

from __future__ import annotations

import secrets
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING

from framewright.client.address import Address
from framewright.client.async_plans import AsyncPlans
from framewright.client.listening import listen
from framewright.client.placing import place
from framewright.client.project_files import find_files
from framewright.client.rendering import begin_there, collect_there, render_there
from framewright.client.taking_home import take_home
from framewright.client.transport import Ask, Transport
from framewright.client.uploading import send_project
from framewright.client.wishes import Wishes
from framewright.model.errors import FramewrightError, UsageError
from framewright.model.job import Job, JobPage
from framewright.model.job_request import ProbeRequest
from framewright.model.report import RenderReport
from framewright.model.service_errors import ConflictError
from framewright.model.upload import Upload, UploadPage
from framewright.render.cancel import Stoppable
from framewright.render.options import settle
from framewright.render.probe_result import ProbeResult
from framewright.render.telling import Teller
from framewright.render.threads import in_thread

if TYPE_CHECKING:
    import os
    from collections.abc import AsyncGenerator, Sequence
    from typing import Self, Unpack

    from framewright.client.placing import Composition
    from framewright.model.job import JobLine, JobOutput, JobState, Told
    from framewright.model.job_request import Webhook
    from framewright.render.cancel import CancelToken
    from framewright.render.options import ProbeWishes, RenderOptions, RenderWishes
    from framewright.render.telling import Listener

_PROBE_SECONDS = 900.0
"""A page may be gone through frame by frame to be looked at."""
_HEALTH_SECONDS = 5.0


class AsyncClient:
    """Speaks to a service that ``framewright serve`` runs somewhere.

    As an async context manager it closes its connections at the end; without, call :meth:`close`.

    A service that is away for a while is waited for, and one that has no time is asked again when it says so: what is sent
    twice does no more than once. Redirections are not followed, so that the token goes nowhere but where it was sent.

    Args:
        url: such as ``http://127.0.0.1:8080``.
        token: that the service has given out; None: it needs none.
        timeout: seconds that one answer may take.
        patience: seconds that the service may be away, or busy, before an errand is given up.

    Attributes:
        plans: the steps of a render, one by one.

    Every verb raises, beside what it says itself:
        UnauthorizedError, ForbiddenError: the token is missing, or does not reach so far.
        BusyError: there is no room in the queue, for longer than patience lasts.
        ServerGoneError: ``SERVER_GONE`` nobody answers; ``ANSWER_STRANGE`` whoever answers is no service of this version.
        UsageError: ``SERVER_REDIRECTS`` the address is that of something else.

    Raises:
        UsageError: ``SERVER_INVALID``, ``TOKEN_INVALID``.
    """

    def __init__(
        self, url: str, token: str | None = None, *, timeout: float = 30.0, patience: float = 300.0
    ) -> None:
        self._transport = Transport(Address.read(url, token), seconds=timeout, patience=patience)
        self.plans = AsyncPlans(self._transport)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._transport.base!r})"

    async def __aenter__(self) -> Self:
        await self._transport.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close what is open. The client can be used again."""
        await self._transport.__aexit__()

    async def probe(
        self,
        composition: Composition,
        options: RenderOptions | None = None,
        *,
        page_timeout: float | None = None,
        **wishes: Unpack[ProbeWishes],
    ) -> ProbeResult:
        """Open a composition there, and tell what rendering it would give.

        Args:
            composition: see :meth:`render`.
            options: see :func:`framewright.probe`.
            page_timeout: seconds for loading, and for each frame; None: as the service has it.

        Raises:
            FramewrightError: as :func:`framewright.probe`.
        """
        asked = Wishes(settle(options, wishes), page_timeout)
        placed = await place(self._transport, composition, asked, Teller(None))
        body = asked.request(ProbeRequest, placed.source, placed.renamed).model_dump_json(exclude_none=True)
        ask = Ask(
            method="POST",
            path="/v1/probe",
            headers={"Content-Type": "application/json"},
            body=body.encode,
            seconds=_PROBE_SECONDS,
        )
        return await self._transport.ask(ask, ProbeResult)

    async def submit(
        self,
        composition: Composition,
        options: RenderOptions | None = None,
        *,
        key: str | None = None,
        name: str | None = None,
        webhook: Webhook | None = None,
        page_timeout: float | None = None,
        on_event: Listener | None = None,
        **wishes: Unpack[RenderWishes],
    ) -> Job:
        """Have a render begin, and leave it to itself.

        Args:
            composition: see :meth:`render`.
            options: see :func:`framewright.render`; without a format the service chooses its usual one.
            key: of your choice: the same request with the same key is one job, however often it is sent.
            name: what people shall call the job.
            webhook: whom the service shall tell of it.
            on_event: told what was sent, and which files stay here.

        Raises:
            ConflictError: ``KEY_REUSED`` the key came with another request before.
            FramewrightError: what keeps it from beginning.
        """
        asked = Wishes(settle(options, wishes), page_timeout)
        begun = await begin_there(
            self._transport,
            composition,
            asked,
            Teller(on_event),
            key=key or secrets.token_hex(16),
            name=name,
            webhook=webhook,
        )
        return begun.job

    async def render(
        self,
        composition: Composition,
        output: str | os.PathLike[str],
        options: RenderOptions | None = None,
        *,
        name: str | None = None,
        page_timeout: float | None = None,
        on_event: Listener | None = None,
        cancel: CancelToken | None = None,
        **wishes: Unpack[RenderWishes],
    ) -> RenderReport:
        """Render a composition there to a finished file here, with the events and the account of any render.

        What ends this before the job has ended, such as a cancellation, ends the job, too.

        Args:
            composition: a folder with an ``index.html`` or an HTML file, which is sent: only what the service does not have;
                an ``http(s)`` address; an upload; or a :class:`~framewright.client.CompositionSource` for a path on the service's
                machine, a page in a string, or a page of an upload.
            output: see :func:`framewright.render`.
            options: see :func:`framewright.render`. Subtitles and sounds of this machine are sent with the project; where
                the project is not of this machine, they are named as they are called in it.
            name: what people shall call the job.
            page_timeout: seconds for loading, and for each frame; None: as the service has it.
            on_event: see :func:`framewright.render`.
            cancel: see :func:`framewright.render`.

        Raises:
            FramewrightError: as :func:`framewright.render`.
        """
        asked = Wishes(settle(options, wishes), page_timeout)
        async with Stoppable(cancel):
            return await render_there(
                self._transport,
                composition,
                Path(output),
                asked,
                Teller(on_event),
                key=secrets.token_hex(16),
                name=name,
            )
        raise AssertionError("unreachable")

    async def collect(
        self,
        job: str,
        output: str | os.PathLike[str],
        *,
        on_event: Listener | None = None,
        cancel: CancelToken | None = None,
    ) -> RenderReport:
        """Follow a job that was begun before as if it had been begun here, and fetch its output.

        What ends this early leaves the job alone.

        Args:
            output: a file, or for an image sequence a folder; see :func:`framewright.render`.
            on_event: see :func:`framewright.render`.
            cancel: see :func:`framewright.render`.

        Raises:
            UnknownError: there is no such job. UsageError: ``FORMAT_CONTRADICTS``.
            FramewrightError: what the job has failed with; the output cannot be written.
        """
        async with Stoppable(cancel):
            found = await self.job(job)
            return await collect_there(self._transport, found, Path(output), Teller(on_event))
        raise AssertionError("unreachable")

    async def job(self, job: str) -> Job:
        """One job.

        Raises:
            UnknownError: there is none of that id, or it is somebody else's.
        """
        return await self._transport.ask(Ask(method="GET", path=_job_path(job)), Job)

    async def jobs(self, state: JobState | Sequence[JobState] | None = None) -> AsyncGenerator[JobLine, None]:
        """Jobs, the latest first; page by page as they are asked for.

        Args:
            state: only those; None: all.
        """
        states = () if state is None else (state,) if isinstance(state, str) else tuple(state)
        params = tuple(("state", str(one)) for one in states)
        before: str | None = None
        while True:
            page = await self._transport.ask(
                Ask(method="GET", path="/v1/renders", params=(*params, *_before(before))), JobPage
            )
            for line in page.jobs:
                yield line
            if (before := page.next) is None:
                return

    async def events(self, job: str, after: int = 0) -> AsyncGenerator[Told, None]:
        """What was told of a job since, then what is told, until it ends; without a gap where the connection has one.

        Args:
            after: the id of the last event that is known already.

        Raises:
            UnknownError: there is no such job.
        """
        _job_path(job)
        async with aclosing(listen(self._transport, job, after=after)) as story:
            async for told in story:
                yield told

    async def wait(self, job: str) -> Job:
        """A job, once it has ended, well or not.

        Raises:
            UnknownError: there is no such job.
        """
        async with aclosing(self.events(job)) as story:
            async for _ in story:
                pass
        return await self.job(job)

    async def cancel(self, job: str) -> Job:
        """End a job.

        Raises:
            ConflictError: ``JOB_OVER`` it had ended before. UnknownError: there is no such job.
        """
        return await self._transport.ask(Ask(method="DELETE", path=_job_path(job)), Job)

    async def retry(self, job: str) -> Job:
        """Have a job that failed or was cancelled go on with what it had finished.

        Raises:
            ConflictError: ``JOB_NOT_OVER``, ``JOB_DONE``. GoneError: its upload was cleaned up.
            UnknownError: there is no such job.
        """
        return await self._transport.ask(
            Ask(method="POST", path=f"{_job_path(job)}/retry", repeats=False), Job
        )

    async def output(self, job: str, to: str | os.PathLike[str]) -> JobOutput:
        """Fetch the finished file; it stands under its name when it is whole.

        Args:
            to: of an image sequence a folder, or the archive itself where it ends with ``.zip``.

        Raises:
            ConflictError: ``OUTPUT_NOT_READY``. GoneError: ``OUTPUT_GONE``. UnknownError: there is no such job.
            OutputError: it cannot be written. ServerGoneError: ``DOWNLOAD_BROKEN``.
        """
        path = f"{_job_path(job)}/output"
        found = await self.job(job)
        if found.output is None:
            raise ConflictError(
                f"The render {job} is {found.state.value} and has no file: wait for it, or retry it.",
                code="OUTPUT_NOT_READY",
            )
        await take_home(self._transport, path, found.output, to)
        return found.output

    async def frame(self, job: str, number: int | None = None) -> bytes:
        """A frame as a JPEG.

        Args:
            number: counted from the first one that is rendered; None: the latest that was finished, also while the job runs.

        Raises:
            UnknownError: ``FRAME_UNKNOWN``. ConflictError: ``FRAME_NOT_READY``. GoneError: ``OUTPUT_GONE``.
        """
        name = "latest" if number is None else str(number)
        ask = Ask(method="GET", path=f"{_job_path(job)}/frames/{name}.jpg", headers={"Accept": "image/jpeg"})
        return await self._transport.read(ask)

    async def report(self, job: str) -> RenderReport:
        """The account of a job that is done.

        Raises:
            ConflictError: ``REPORT_NOT_READY``. UnknownError: there is no such job.
        """
        return await self._transport.ask(Ask(method="GET", path=f"{_job_path(job)}/report"), RenderReport)

    async def upload(
        self, composition: str | os.PathLike[str], *, on_event: Listener | None = None
    ) -> Upload:
        """Send a project: only the files that the service does not have. Hidden files and ``node_modules`` stay here.

        Args:
            composition: a folder with an ``index.html``, or an HTML file with what lies beside it.
            on_event: told which files stay here.

        Raises:
            UsageError, CompositionError: there is no page, or a file cannot be read.
            TooLargeError: more than the service takes.
        """
        project = await in_thread(lambda: find_files(composition))
        Teller(on_event).warn(project.notices)
        return (await send_project(self._transport, project)).upload

    async def uploads(self) -> AsyncGenerator[Upload, None]:
        """The projects that the service holds for us, the latest first."""
        before: str | None = None
        while True:
            page = await self._transport.ask(
                Ask(method="GET", path="/v1/uploads", params=_before(before)), UploadPage
            )
            for upload in page.uploads:
                yield upload
            if (before := page.next) is None:
                return

    async def healthy(self) -> bool:
        """Whether the service answers. It is asked once."""
        try:
            async with self._transport.answer(Ask(method="GET", path="/healthz", seconds=_HEALTH_SECONDS)):
                return True
        except FramewrightError:
            return False
        except Exception as error:
            if isinstance(self._transport.translated(error), FramewrightError):
                return False
            raise


def _job_path(job: str) -> str:
    """Ids are asked for as they are: what could lead elsewhere is none."""
    if not (job.isascii() and job.isalnum()):
        raise UsageError(
            f"'{job}' is no id of a job: give one as the service has told it.", code="JOB_UNKNOWN"
        )
    return f"/v1/renders/{job}"


def _before(before: str | None) -> tuple[tuple[str, str], ...]:
    return () if before is None else (("before", before),)
