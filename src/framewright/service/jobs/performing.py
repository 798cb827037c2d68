"""One job from its turn on: a runner, another one where the first has died, and what came of it."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import hashlib
import shutil
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from framewright.model.errors import FramewrightError, OutputError, WorkerError
from framewright.model.events import FellBack, Finished
from framewright.model.job import JobError, JobOutput, JobState
from framewright.model.logs import get_logger
from framewright.render.threads import in_thread
from framewright.service.jobs.entries import KeptOutput, error_of
from framewright.service.jobs.orders import Folders, name_of, render_order
from framewright.service.runner.hiding import Hiding
from framewright.service.runner.messages import RenderDone

if TYPE_CHECKING:
    from framewright.model.report import RenderReport
    from framewright.service.jobs.hands import Hands
    from framewright.service.jobs.running import Ending, Running
    from framewright.service.runner.messages import Answer, RunEvent
    from framewright.service.settings import ServiceSettings

RUNNERS = 3
"""That one attempt of a job may use up: those that died, and the one that does it."""
STOP_SECONDS = 1.5
"""Until a job is told to have ended whose runner does not leave off; its slot stays taken until that has gone."""
_PIECE = 1 << 20
_FULL = {errno.ENOSPC, errno.EDQUOT}

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a job.

    Attributes:
        state: an end; or queued, where it goes on another time.
        burial: a runner that has yet to end.
    """

    state: JobState
    error: JobError | None = None
    output: KeptOutput | None = None
    report: RenderReport | None = None
    burial: asyncio.Task[Answer] | None = None


class Performer:
    """Has jobs done.

    Args:
        hands: do it.
    """

    def __init__(self, hands: Hands, folders: Folders, settings: ServiceSettings) -> None:
        self._hands = hands
        self._folders = folders
        self._settings = settings

    async def perform(self, running: Running) -> Outcome:
        """Render a job. Its ending, once it is wished for, is followed within two seconds."""
        running.open()
        beating = asyncio.create_task(running.beat())
        try:
            return await self._runners(running)
        except FramewrightError as error:
            if running.ending.done():
                # What is broken off may break.
                ending = running.ending.result()
                return Outcome(ending.state, ending.error)
            return Outcome(JobState.FAILED, self._told(running, error))
        except Exception as error:  # noqa: BLE001 -- a mistake of ours ends one job, and not the service
            _log.error(
                "job_broke",
                job=running.id,
                request=running.entry.request_id,
                error=f"{type(error).__name__}: {error}",
            )
            wrong = FramewrightError(
                "Something unexpected happened in the service: its log tells more.", code="UNEXPECTED"
            )
            return Outcome(JobState.FAILED, error_of(wrong))
        finally:
            beating.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await beating

    def _told(self, running: Running, error: FramewrightError) -> JobError:
        """An error, without where things lie here."""
        told = error_of(error)
        return told.model_copy(
            update={"message": Hiding([self._folders.job(running.id)]).of_text(told.message)}
        )

    async def _runners(self, running: Running) -> Outcome:
        home = self._folders.job(running.id)
        try:
            await in_thread(lambda: home.mkdir(mode=0o700, parents=True, exist_ok=True))
        except OSError as error:
            raise OutputError(
                f"The service has no place for the file: {error.strerror}. Make room in its data folder, then retry.",
                code="DISK_FULL" if error.errno in _FULL else "OUTPUT_UNWRITABLE",
            ) from error
        for number in range(1, RUNNERS + 1):
            try:
                return await self._runner(running, number)
            except FramewrightError as error:
                of_runner = error.retryable and error.code.startswith("RUNNER_")
                if not of_runner or number == RUNNERS or running.ending.done():
                    raise
                _log.warning(
                    "runner_replaced", job=running.id, request=running.entry.request_id, code=error.code
                )
                running.tell(
                    FellBack(
                        code=error.code, message=f"{error.message} Another one goes on with what is finished."
                    )
                )
        raise AssertionError("the last one returns or raises")

    async def _runner(self, running: Running, number: int) -> Outcome:
        entry = running.entry
        order = render_order(entry, self._folders, self._settings)
        work = self._folders.work / f"{entry.id}-{entry.attempt}-{number}"
        run = asyncio.create_task(
            self._hands.run(order, work, lambda event: _take(running, event), job=entry.id, trace=entry.trace)
        )
        try:
            await asyncio.wait((run, running.ending), return_when=asyncio.FIRST_COMPLETED)
            if not run.done():
                return await _broken_off(run, running.ending.result())
        except asyncio.CancelledError:
            run.cancel()
            await asyncio.wait((run,))
            raise
        answer = run.result()
        if not isinstance(answer, RenderDone):
            raise WorkerError(f"The runner has answered a render with {answer.kind}.", code="RUNNER_CONFUSED")
        return await self._finished(running, answer, Path(order.output))

    async def _finished(self, running: Running, answer: RenderDone, file: Path) -> Outcome:
        name = name_of(running.entry)
        report = answer.report.model_copy(
            # Where it stands here is nobody's business.
            update={"output": answer.report.output.model_copy(update={"path": name})}
        )
        stopped = threading.Event()
        running.ending.add_done_callback(lambda _: stopped.set())
        digest = await in_thread(lambda: digest_of(file, stopped), interrupt=stopped.set)
        if digest is None:
            ending = running.ending.result()
            return Outcome(ending.state, ending.error)
        facts = report.output
        output = JobOutput(
            name=name, type=answer.type, bytes=answer.bytes, frames=facts.frames, seconds=facts.seconds
        )
        return Outcome(
            JobState.DONE, output=KeptOutput(output=output, file=file.name, digest=digest), report=report
        )


async def _broken_off(run: asyncio.Task[Answer], ending: Ending) -> Outcome:
    run.cancel()
    await asyncio.wait((run,), timeout=STOP_SECONDS)
    return Outcome(ending.state, ending.error, burial=None if run.done() else run)


def _take(running: Running, event: RunEvent) -> None:
    # That the file stands is told once it is known what it is; of what is broken off nobody wants to hear.
    if not (isinstance(event, Finished) or running.ending.done()):
        running.tell(event)


def digest_of(file: Path, stopped: threading.Event) -> str | None:
    """SHA-256 of a file in hexadecimal; None: it was stopped.

    Raises:
        OutputError: ``OUTPUT_LOST``.
    """
    digest = hashlib.sha256()
    try:
        with file.open("rb") as written:
            while piece := written.read(_PIECE):
                if stopped.is_set():
                    return None
                digest.update(piece)
    except OSError as error:
        raise OutputError(
            f"The finished file cannot be read: {error.strerror}. Retry the render.", code="OUTPUT_LOST"
        ) from error
    return digest.hexdigest()


def clear(folder: Path) -> None:
    """Remove a folder with all that is in it, as far as that goes."""
    shutil.rmtree(folder, ignore_errors=True)
