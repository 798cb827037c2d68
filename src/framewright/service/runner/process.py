"""A process that does one order of the service: ``python -m framewright.service.runner.process PARENT``.

It enters the folder that is its own, does its order, answers and ends. It dies with the service, and its browsers with it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from framewright.executors.failures import told_of
from framewright.executors.tied import ReportTo, serve_parent
from framewright.model.errors import RenderCancelledError
from framewright.service.runner.cage import enter_cage
from framewright.service.runner.messages import (
    LONGEST_LINE,
    Beat,
    EnterCage,
    Ready,
    RunFailed,
    Stop,
    read_order,
)

if TYPE_CHECKING:
    from framewright.service.runner.messages import Report, Run

_BEAT_SECONDS = 1.0
# The service, and the machine's owner, come before strangers' pages.
_NICE = 5


async def _serve(orders: asyncio.StreamReader, fd: int) -> None:
    report: ReportTo[Report] = ReportTo(fd)
    beating = asyncio.create_task(_beat(report))
    try:
        _load()
        report(Ready())
        entering = await orders.readline()
        if not entering:
            return
        cage = read_order(entering)
        assert isinstance(cage, EnterCage)
        order = read_order(await orders.readline())
        assert not isinstance(order, EnterCage | Stop)
        doing = asyncio.create_task(_do(order, cage, report))
        stopping = asyncio.create_task(orders.readline())
        await asyncio.wait((doing, stopping), return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        doing.cancel()  # whoever is done does not hear it
        await asyncio.gather(doing, stopping, return_exceptions=True)
    finally:
        beating.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await beating


def _load() -> None:
    """Import all that a render needs before it is asked for: a runner that waits does so once."""
    import framewright.executors.local
    import framewright.render.file_verbs
    import framewright.render.job
    import framewright.render.piece_verbs
    import framewright.service.runner.deeds  # noqa: F401


async def _do(order: Run, cage: EnterCage, report: ReportTo[Report]) -> None:
    from framewright.service.runner.deeds import do

    try:
        report(await do(order, Path(cage.work), lambda: enter_cage(Path(cage.work), cage.disk), report))
    except asyncio.CancelledError:
        report(_failed(RenderCancelledError("The job was cancelled.", code="CANCELLED")))
    except Exception as error:
        if told_of(error)[1] == "UNEXPECTED":
            logging.getLogger("framewright").exception("unexpected")
        report(_failed(error))


def _failed(error: BaseException) -> RunFailed:
    name, code, message = told_of(error)
    return RunFailed(error=name, code=code, message=message)


async def _beat(report: ReportTo[Report]) -> None:
    while True:
        report(Beat())
        await asyncio.sleep(_BEAT_SECONDS)


def main() -> None:
    """Serve the parent whose number is the only argument."""
    logging.basicConfig(stream=sys.stderr, format="%(asctime)s %(levelname)s %(message)s", datefmt="%H:%M:%S")
    logging.getLogger("framewright").setLevel(logging.INFO)
    serve_parent(_serve, longest_line=LONGEST_LINE, nice=_NICE)


if __name__ == "__main__":
    main()
