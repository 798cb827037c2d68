"""Watches what a run takes, from outside: time, memory of all its processes, and what it has on disk."""

from __future__ import annotations

import asyncio
import os
import time
from typing import TYPE_CHECKING

from framewright.browser.proc import fair_bytes, process_tree, resident_bytes
from framewright.service.errors import LimitError

if TYPE_CHECKING:
    from pathlib import Path

    from framewright.service.runner.cage import Cage

_LOOK_SECONDS = 1.0
_MIB = 2**20


class Watch:
    """Looks about once a second.

    Args:
        pid: of the runner.

    Attributes:
        sessions: of the processes that were seen: what is left of them when the runner has died is known by these.
        most_memory, most_disk: bytes that were seen.
    """

    def __init__(self, cage: Cage, pid: int) -> None:
        self._cage = cage
        self._pid = pid
        self.sessions: set[int] = set()
        self.most_memory = 0
        self.most_disk = 0

    async def keep(self) -> None:
        """Look until it is cancelled; it ends only by what it raises.

        Raises:
            LimitError: ``RUN_TIME``, ``RUN_MEMORY``, ``RUN_DISK``.
        """
        end = time.monotonic() + self._cage.seconds
        while True:
            left = end - time.monotonic()
            if left <= 0:
                raise LimitError(
                    f"The job takes longer than the {self._cage.seconds:g} seconds that one may: render a shorter or smaller "
                    "part of it, or have FRAMEWRIGHT_SERVICE_RUN_SECONDS raised.",
                    code="RUN_TIME",
                )
            await asyncio.sleep(min(_LOOK_SECONDS, left))
            await asyncio.to_thread(self._look)

    def _look(self) -> None:
        tree = process_tree(self._pid)
        self.sessions |= {facts.session for facts in tree}
        # The quick figure is never too small, so that the exact one is needed only beyond the limit.
        used = sum(resident_bytes(facts.pid) for facts in tree)
        if used > self._cage.memory:
            used = sum(fair_bytes(facts.pid) for facts in tree)
        self.most_memory = max(self.most_memory, used)
        if used > self._cage.memory:
            raise LimitError(
                f"The job uses {used // _MIB} MiB of memory, and {self._cage.memory // _MIB} MiB are allowed to one: let the "
                "page hold less at a time, ask for fewer workers, or have FRAMEWRIGHT_SERVICE_RUN_MEMORY raised.",
                code="RUN_MEMORY",
            )
        used = folder_bytes(self._cage.work)
        self.most_disk = max(self.most_disk, used)
        if used > self._cage.disk:
            raise LimitError(
                f"The job has {used // _MIB} MiB on disk, and {self._cage.disk // _MIB} MiB are allowed to one: render "
                "a shorter or smaller part of it, or have FRAMEWRIGHT_SERVICE_RUN_DISK raised.",
                code="RUN_DISK",
            )


def folder_bytes(folder: Path) -> int:
    """What lies in a folder takes on disk. Links are not followed; what goes away meanwhile counts nothing."""
    total, left = 0, [os.fspath(folder)]
    while left:
        try:
            with os.scandir(left.pop()) as entries:
                for entry in entries:
                    try:
                        total += entry.stat(follow_symlinks=False).st_blocks * 512
                        if entry.is_dir(follow_symlinks=False):
                            left.append(entry.path)
                    except OSError:
                        continue
        except OSError:
            continue
    return total
