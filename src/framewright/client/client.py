"""A render service, not awaited: what :class:`~framewright.AsyncClient` does, for scripts, threads and notebooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from framewright.client.async_client import AsyncClient
from framewright.client.loop_thread import LoopThread
from framewright.client.plans import Plans

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Sequence
    from typing import Self, Unpack

    from framewright.client.placing import Composition
    from framewright.model.job import Job, JobLine, JobOutput, JobState, Told
    from framewright.model.job_request import Webhook
    from framewright.model.report import RenderReport
    from framewright.model.upload import Upload
    from framewright.render.cancel import CancelToken
    from framewright.render.options import ProbeWishes, RenderOptions, RenderWishes
    from framewright.render.probe_result import ProbeResult
    from framewright.render.telling import Listener


class Client:
    """Speaks to a service that ``framewright serve`` runs somewhere; each verb is that of :class:`~framewright.AsyncClient`.

    Ctrl-C ends a verb with RenderCancelledError, and with it the job that :meth:`render` has begun. Listeners are called in a
    thread of the client's own.

    Args:
        url: such as ``http://127.0.0.1:8080``.
        token: that the service has given out; None: it needs none.
        timeout: seconds that one answer may take.
        patience: seconds that the service may be away, or busy, before an errand is given up.

    Attributes:
        plans: the steps of a render, one by one.

    Raises:
        UsageError: ``SERVER_INVALID``, ``TOKEN_INVALID``.
    """

    def __init__(
        self, url: str, token: str | None = None, *, timeout: float = 30.0, patience: float = 300.0
    ) -> None:
        self._client = AsyncClient(url, token, timeout=timeout, patience=patience)
        self._thread = LoopThread(self._client.close)
        self.plans = Plans(self._client.plans, self._thread)

    def __repr__(self) -> str:
        return repr(self._client).replace("Async", "", 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close what is open. The client can be used again."""
        self._thread.close()

    def probe(
        self,
        composition: Composition,
        options: RenderOptions | None = None,
        *,
        page_timeout: float | None = None,
        **wishes: Unpack[ProbeWishes],
    ) -> ProbeResult:
        """Tell what rendering a composition would give; see :meth:`AsyncClient.probe`."""
        return self._thread.run(
            lambda: self._client.probe(composition, options, page_timeout=page_timeout, **wishes)
        )

    def submit(
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
        """Have a render begin, and leave it to itself; see :meth:`AsyncClient.submit`."""
        return self._thread.run(
            lambda: self._client.submit(
                composition,
                options,
                key=key,
                name=name,
                webhook=webhook,
                page_timeout=page_timeout,
                on_event=on_event,
                **wishes,
            )
        )

    def render(
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
        """Render a composition there to a finished file here; see :meth:`AsyncClient.render`."""
        return self._thread.run(
            lambda: self._client.render(
                composition,
                output,
                options,
                name=name,
                page_timeout=page_timeout,
                on_event=on_event,
                cancel=cancel,
                **wishes,
            )
        )

    def collect(
        self,
        job: str,
        output: str | os.PathLike[str],
        *,
        on_event: Listener | None = None,
        cancel: CancelToken | None = None,
    ) -> RenderReport:
        """Follow a job that was begun before, and fetch its output; see :meth:`AsyncClient.collect`."""
        return self._thread.run(lambda: self._client.collect(job, output, on_event=on_event, cancel=cancel))

    def job(self, job: str) -> Job:
        """One job; see :meth:`AsyncClient.job`."""
        return self._thread.run(lambda: self._client.job(job))

    def jobs(self, state: JobState | Sequence[JobState] | None = None) -> Iterator[JobLine]:
        """Jobs, the latest first; see :meth:`AsyncClient.jobs`."""
        return self._thread.iterate(lambda: self._client.jobs(state))

    def events(self, job: str, after: int = 0) -> Iterator[Told]:
        """What is told of a job until it ends; see :meth:`AsyncClient.events`."""
        return self._thread.iterate(lambda: self._client.events(job, after))

    def wait(self, job: str) -> Job:
        """A job, once it has ended; see :meth:`AsyncClient.wait`."""
        return self._thread.run(lambda: self._client.wait(job))

    def cancel(self, job: str) -> Job:
        """End a job; see :meth:`AsyncClient.cancel`."""
        return self._thread.run(lambda: self._client.cancel(job))

    def retry(self, job: str) -> Job:
        """Have a job go on; see :meth:`AsyncClient.retry`."""
        return self._thread.run(lambda: self._client.retry(job))

    def output(self, job: str, to: str | os.PathLike[str]) -> JobOutput:
        """Fetch the finished file; see :meth:`AsyncClient.output`."""
        return self._thread.run(lambda: self._client.output(job, to))

    def frame(self, job: str, number: int | None = None) -> bytes:
        """A frame as a JPEG; see :meth:`AsyncClient.frame`."""
        return self._thread.run(lambda: self._client.frame(job, number))

    def report(self, job: str) -> RenderReport:
        """The account of a job that is done; see :meth:`AsyncClient.report`."""
        return self._thread.run(lambda: self._client.report(job))

    def upload(self, composition: str | os.PathLike[str], *, on_event: Listener | None = None) -> Upload:
        """Send a project; see :meth:`AsyncClient.upload`."""
        return self._thread.run(lambda: self._client.upload(composition, on_event=on_event))

    def uploads(self) -> Iterator[Upload]:
        """The projects that the service holds for us; see :meth:`AsyncClient.uploads`."""
        return self._thread.iterate(self._client.uploads)

    def healthy(self) -> bool:
        """Whether the service answers; see :meth:`AsyncClient.healthy`."""
        return self._thread.run(self._client.healthy)
