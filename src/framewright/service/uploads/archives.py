"""Has archives unpacked by a process that may neither take the machine's memory nor outlive its time."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import json
import os
import signal
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from framewright.model.logs import get_logger
from framewright.model.secrets import public_environment
from framewright.service.errors import RequestError, TooLargeError, UnavailableError
from framewright.service.uploads.unpacking.tree import Unpacked

if TYPE_CHECKING:
    from framewright.service.uploads.unpacking.limits import Limits

PATIENCE_SECONDS = 600.0
"""That unpacking one archive may take."""
# Found by its folder, not as a part of Framewright: importing that takes ten times as long as unpacking most projects.
_PROGRAM = (
    "-P",
    "-c",
    "import sys; sys.path.insert(0, sys.argv[1]); from unpacking.child import main; main()",
)
_TOO_LARGE = frozenset({"ARCHIVE_TOO_MANY", "ARCHIVE_TOO_LARGE"})
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})

_log = get_logger(__name__)


async def unpack_archive(
    archive: Path, target: Path, limits: Limits, *, patience: float = PATIENCE_SECONDS
) -> tuple[Unpacked, ...]:
    """Unpack an archive into an empty folder. What was unpacked when this raises is the caller's to remove.

    Args:
        patience: seconds.

    Raises:
        RequestError: ``ARCHIVE_BROKEN``, ``ARCHIVE_REFUSED``, ``ARCHIVE_BOMB``, ``ARCHIVE_EMPTY``, ``ARCHIVE_SLOW``,
            ``NAME_REFUSED``, ``NAME_TWICE``.
        TooLargeError: ``ARCHIVE_TOO_MANY``, ``ARCHIVE_TOO_LARGE``.
        UnavailableError: ``DISK_FULL``.
    """
    answer = target.with_name(f"{target.name}.json")
    order = {"archive": str(archive), "target": str(target), "answer": str(answer), "parent": os.getpid()}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *_PROGRAM,
        str(Path(__file__).parent),
        json.dumps(order | asdict(limits)),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        env=public_environment(),
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(patience):
            _, words = await process.communicate()
    except TimeoutError:
        raise RequestError(
            f"The archive was not unpacked within {patience:g} s: send less, or fewer files.",
            code="ARCHIVE_SLOW",
        ) from None
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    return await asyncio.to_thread(_read, answer, process.returncode or 0, words)


def _read(answer: Path, status: int, words: bytes) -> tuple[Unpacked, ...]:
    try:
        told = json.loads(answer.read_bytes())
    except (OSError, ValueError):
        told = {}
    if "files" in told:
        return tuple(Unpacked(*one) for one in told["files"])
    if "refused" in told:
        code, message = told["refused"]
        raise (TooLargeError if code in _TOO_LARGE else RequestError)(message, code=code)
    number, text = told.get("failed", (None, words.decode(errors="replace")[-500:]))
    _log.warning("unpacking_failed", status=status, error=text)
    if number in _FULL:
        raise disk_full()
    if status in {-signal.SIGXCPU, -signal.SIGKILL}:
        raise RequestError(
            "The archive takes too much time or memory to be unpacked: send less.", code="ARCHIVE_SLOW"
        )
    raise OSError(number, f"an archive was not unpacked: {text}")


def is_full(error: OSError) -> bool:
    """Whether the disk, or our share of it, takes no more."""
    return error.errno in _FULL


def disk_full() -> UnavailableError:
    """What is said where the disk takes no more."""
    return UnavailableError(
        "The service's disk is full: try again later, or remove uploads that are not needed.",
        code="DISK_FULL",
        seconds=60.0,
    )
