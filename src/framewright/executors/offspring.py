"""Processes of ours that serve us, seen from their parent: started apart from us, and killed with all that is theirs."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import framewright
from framewright.browser.proc import process_tree

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


async def start_offspring(
    program: Sequence[str], environment: Mapping[str, str], *, longest_line: int
) -> asyncio.subprocess.Process:
    """Start our interpreter in a session of its own, with a pipe for each of its streams.

    Args:
        program: what it is given, such as ``-m`` and a module; our own number comes after it.

    Raises:
        OSError: the system starts no further process.
    """
    room = str(Path(framewright.__file__).parents[1])
    paths = os.pathsep.join(filter(None, (room, environment.get("PYTHONPATH"))))
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *program,
        str(os.getpid()),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**environment, "PYTHONPATH": paths},
        start_new_session=True,
        limit=longest_line,
    )


def kill_offspring(pid: int) -> set[int]:
    """Kill a process that lives and leads a session, its browsers, and whatever they have started.

    Returns:
        The sessions that they had.
    """
    tree = process_tree(pid)
    sessions = {facts.session for facts in tree} - {os.getsid(0)}
    for facts in tree:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(facts.pid, signal.SIGKILL)
    for session in sessions:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(session, signal.SIGKILL)
    return sessions


def how_it_ended(status: int | None) -> str:
    """How a process ended, for people.

    Args:
        status: of its exit, negative for a signal; None: it lives.
    """
    if status is None:
        return "it closed its pipe"
    if status >= 0:
        return f"with exit status {status}"
    return f"by signal {-status}, {signal.strsignal(-status)}"
