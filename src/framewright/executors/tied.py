"""A process of ours that serves whoever started it: it hears by stdin, reports by stdout, and ends with its parent."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

_PR_SET_PDEATHSIG = 1


class Sendable(Protocol):
    """A message."""

    @property
    def line(self) -> bytes:
        """As it is sent."""
        ...


_Report = TypeVar("_Report", bound=Sendable)


class ReportTo(Generic[_Report]):
    """Writes reports to a descriptor, each as a whole.

    Lines are short and the parent reads all the time, so that waiting for it is no matter.
    """

    def __init__(self, fd: int) -> None:
        self._fd = fd

    def __call__(self, report: _Report) -> None:
        """Send one. A parent that is gone hears nothing; its end is ours, too."""
        data = report.line
        with contextlib.suppress(OSError):
            while data:
                data = data[os.write(self._fd, data) :]


def serve_parent(
    serve: Callable[[asyncio.StreamReader, int], Awaitable[None]], *, longest_line: int, nice: int
) -> None:
    """Serve the parent whose number is the program's only argument.

    Args:
        serve: is given the orders, and the descriptor that reports go to.
        nice: how much others come before us.
    """
    _tie_to(int(sys.argv[1]), nice)
    # Whatever a library prints must not get among the reports.
    out = os.dup(1)
    os.dup2(2, 1)
    # The parent says when to end; a terminal's Ctrl-C is its business.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    asyncio.run(_serve(serve, out, longest_line))


def _tie_to(parent: int, nice: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        # When memory runs out, the kernel should take a browser, then us, and the parent last.
        with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
            file.write("400")
    if os.getppid() != parent:  # it died before the signal was set up
        os._exit(1)
    with contextlib.suppress(OSError):
        os.nice(nice)


async def _serve(
    serve: Callable[[asyncio.StreamReader, int], Awaitable[None]], out: int, longest_line: int
) -> None:
    orders = asyncio.StreamReader(limit=longest_line)
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(orders), sys.stdin.buffer
    )
    try:
        await serve(orders, out)
    finally:
        transport.close()
