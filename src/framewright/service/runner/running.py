"""Has an order of the service done in a process of its own, within the limits of a cage."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import secrets
import shutil
import stat
import time
from pathlib import Path
from typing import TYPE_CHECKING

from framewright.media import write_error
from framewright.model.errors import WorkerError
from framewright.model.logs import get_logger
from framewright.render.committing import sidecar_of
from framewright.render.threads import in_thread, past_stopping
from framewright.service.runner.cage import OUT
from framewright.service.runner.handle import Runner
from framewright.service.runner.hiding import Hiding
from framewright.service.runner.messages import (
    EnterCage,
    PieceDone,
    PlanDone,
    RenderDone,
    RunAssemble,
    RunChunk,
    RunPlan,
    RunProbe,
    RunRender,
)
from framewright.service.runner.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from framewright.service.runner.cage import Cage
    from framewright.service.runner.messages import Answer, Run, RunEvent
    from framewright.service.runner.spare import SpareRunner

_log = get_logger(__name__)


async def run_order(
    order: Run,
    cage: Cage,
    on_event: Callable[[RunEvent], None],
    *,
    on_log: Callable[[str], None] | None = None,
    spare: SpareRunner | None = None,
    job: str | None = None,
) -> Answer:
    """Have an order done in a runner, and what it has made put where the order says.

    Until then everything lies in the cage's folder, so that nothing is left of an order that failed. Cancelled, it returns
    within two seconds.

    Args:
        on_event: called with what happens, in this thread; what it raises ends the run.
        on_log: called with each line that the runner logs.
        spare: has runners ready; None: one is started.
        job: for our own log.

    Raises:
        LimitError: the cage or the order's limits do not hold what the page wants.
        WorkerError: ``RUNNER_DIED`` it died by itself. StalledError: ``RUNNER_SILENT``. Another attempt may do better.
        SetupError: ``RUNNER_NOT_STARTED``.
        FramewrightError: whatever was raised there, of the same class.

    Whatever is raised: no process of it is left, and no file.
    """
    began = time.monotonic()
    work = cage.work.absolute()
    runner: Runner | None = None
    watch: Watch | None = None
    ended = "failed"
    try:
        await in_thread(lambda: work.mkdir(mode=0o700, parents=True))
        runner = await (Runner.start() if spare is None else spare.take())
        watch = Watch(cage, runner.pid)
        _log.info("run_begins", job=job, kind=order.kind, pid=runner.pid)
        running = runner.run(
            EnterCage(work=str(work), disk=cage.disk),
            _caged(order, work),
            on_event,
            on_log=on_log,
            hiding=_hiding(order, work),
        )
        answer = await _watched(running, watch, runner)
        await past_stopping(lambda: _hand_over(order, answer, work))
        ended = "done"
    except asyncio.CancelledError:
        ended = "cancelled"
        raise
    else:
        return answer
    finally:
        if runner is not None:
            await runner.close(frozenset(watch.sessions) if watch else frozenset())
        await past_stopping(lambda: shutil.rmtree(work, ignore_errors=True))
        _log.info(
            "run_ended",
            job=job,
            kind=order.kind,
            how=ended,
            seconds=round(time.monotonic() - began, 3),
            most_memory=watch.most_memory if watch else 0,
            most_disk=watch.most_disk if watch else 0,
        )


async def _watched(running: Coroutine[None, None, Answer], watch: Watch, runner: Runner) -> Answer:
    work, keeping = asyncio.ensure_future(running), asyncio.ensure_future(watch.keep())
    tasks = (work, keeping)
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        if work.done():
            return work.result()
        # No second more for whoever has passed a limit.
        await runner.close(frozenset(watch.sessions))
        keeping.result()
        raise AssertionError("a watch ends only by what it raises")
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _caged(order: Run, work: Path) -> Run:
    """The order, with all that it makes in the folder of the run."""
    out = work / OUT
    match order:
        case RunRender() | RunChunk() | RunAssemble():
            return order.model_copy(update={"output": str(out / Path(order.output).name)})
        case RunPlan():
            return order.model_copy(update={"folder": str(out)})
        case RunProbe():
            return order


def _hiding(order: Run, work: Path) -> Hiding:
    match order:
        case RunRender() | RunProbe() | RunPlan():
            given = (order.root, order.composition if os.path.isabs(order.composition) else None)
        case RunChunk() | RunAssemble():
            given = (order.plan, None)
    return Hiding([work / OUT, work, *filter(None, given)])


def _hand_over(order: Run, answer: Answer, work: Path) -> None:
    """Move what was made to where it was asked for."""
    out = work / OUT
    match order, answer:
        case ((RunRender() | RunAssemble()), (RenderDone() | PieceDone())):
            _move(out / Path(order.output).name, Path(order.output))
        case RunChunk(), PieceDone():
            made, place = out / Path(order.output).name, Path(order.output)
            # No moment at which an old account stands beside new bytes.
            sidecar_of(place).unlink(missing_ok=True)
            _move(made, place)
            _move(sidecar_of(made), sidecar_of(place))
        case RunPlan(), PlanDone(digest=digest):
            place = Path(order.folder) / digest
            # A plan of this digest is the same to the last bit.
            if not place.exists():
                _move(out / digest, place)
        case RunProbe(), _:
            pass
        case _:
            raise WorkerError(f"The runner has answered {order.kind} with {answer.kind}.", code="RUNNER_DIED")


def _move(made: Path, place: Path) -> None:
    """Give a finished thing its place, at once also where that is on another disk."""
    _check_plain(made)
    try:
        try:
            os.replace(made, place)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            beside = place.with_name(f".{place.name}.{secrets.token_hex(4)}.part")
            try:
                shutil.move(made, beside)
                os.replace(beside, place)
            finally:
                _remove(beside)
    except OSError as error:
        raise write_error(place, error) from error


def _check_plain(made: Path) -> None:
    """Refuse links and devices: a runner that a page has taken over could have the service hand out any file by them."""
    for path in (made, *(made.rglob("*") if made.is_dir() and not made.is_symlink() else ())):
        kind = path.lstat().st_mode if os.path.lexists(path) else 0
        if not (stat.S_ISREG(kind) or stat.S_ISDIR(kind)):
            raise WorkerError(f"The runner has made no file called {path.name}.", code="RUNNER_DIED")


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
