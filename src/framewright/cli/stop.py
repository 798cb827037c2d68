"""Ctrl-C: once ends the render in order, twice at once. SIGTERM and a closed terminal count as Ctrl-C."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from framewright.model.errors import ExitCode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_SHOW_CURSOR = b"\x1b[?25h\n"


def _nothing() -> None:
    """Nothing is left to be done."""


@contextlib.contextmanager
def stop_on_signals(stop: Callable[[], None], *, at_once: Callable[[], None] = _nothing) -> Iterator[None]:
    """Call ``stop`` at the first signal; at the second one kill every child, call ``at_once``, and leave with status 5.

    A signal that our parent has us ignore (``nohup``, a job in the background) stays ignored.
    """
    heard = False

    def hear(_number: int, _frame: FrameType | None) -> None:
        nonlocal heard
        if heard:
            stop_at_once(at_once)
        heard = True
        stop()

    before = {number: signal.getsignal(number) for number in _SIGNALS}
    listened = [number for number, handler in before.items() if handler is not signal.SIG_IGN]
    for number in listened:
        signal.signal(number, hear)
    try:
        yield
    finally:
        for number in listened:
            signal.signal(number, before[number])


def stop_at_once(last: Callable[[], None]) -> None:
    """Kill every process that descends from this one, do the ``last`` thing, and end without a word."""
    for child in descendants(os.getpid()):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(child, signal.SIGKILL)
    last()
    if sys.stderr.isatty():
        with contextlib.suppress(OSError):
            os.write(sys.stderr.fileno(), _SHOW_CURSOR)
    os._exit(ExitCode.CANCELLED)


def descendants(ancestor: int) -> list[int]:
    """The processes that ``ancestor`` started, and those that they did, parents first."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            # The name of a program may hold spaces and brackets; the parent is the second field after it.
            with contextlib.suppress(OSError):
                parent = int((entry / "stat").read_text(errors="replace").rpartition(")")[2].split()[1])
                children.setdefault(parent, []).append(int(entry.name))
    found = list(children.get(ancestor, ()))
    for child in found:
        found += children.get(child, ())
    return found
