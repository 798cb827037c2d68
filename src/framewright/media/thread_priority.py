"""Keeping the priority that a process was given: SVT-AV1 takes the highest of real time wherever it may.

Run by root it puts the thread that opens it, and all of its own, before everything else on the machine, and leaves them
there. Whatever that thread starts afterwards inherits it, browsers too; a process of low priority loses its place.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_REAL_TIME = frozenset({os.SCHED_FIFO, os.SCHED_RR})


@contextmanager
def kept_priority() -> Iterator[None]:
    """Whatever becomes real-time inside, of the threads of this process, is what the calling thread was before.

    Nothing is done where the caller itself runs in real time: somebody wanted that.
    """
    policy, parameters = os.sched_getscheduler(0), os.sched_getparam(0)
    if policy in _REAL_TIME:
        yield
        return
    before = _real_time_threads()
    try:
        yield
    finally:
        for thread in _real_time_threads() - before:
            try:
                os.sched_setscheduler(thread, policy, parameters)
            except ProcessLookupError:  # it ended
                continue


def _real_time_threads() -> set[int]:
    found = set()
    for name in os.listdir("/proc/self/task"):
        try:
            if os.sched_getscheduler(int(name)) in _REAL_TIME:
                found.add(int(name))
        except ProcessLookupError:
            continue
    return found
