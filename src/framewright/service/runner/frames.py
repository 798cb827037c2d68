"""Single frames of finished files, for the pages that show a job."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from typing import TYPE_CHECKING

from framewright.service.errors import UnknownError

if TYPE_CHECKING:
    from pathlib import Path

# Each is at a decoder of its own: many at once would only take turns, and memory.
_threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="frames")


async def frame_as_jpeg(file: Path, number: int, *, fps: str | None = None, widest: int = 1280) -> bytes:
    """A frame of a finished output, exact, as a JPEG.

    Args:
        file: mp4, mov, webm, gif, or the archive of an image sequence.
        number: counted from its first frame on.
        fps: frames a second of the job, such as ``30000/1001``; None: as the file says. Needed for a GIF, where equal frames
            are one.
        widest: pixels.

    Raises:
        UnknownError: ``FRAME_UNKNOWN`` there are not so many.
        OutputError: ``FRAME_UNREADABLE``.
    """
    rate = None if fps is None else Fraction(fps)
    found = await asyncio.get_running_loop().run_in_executor(_threads, _frame, file, number, rate, widest)
    if found is None:
        raise UnknownError(f"{file.name} has no frame {number}: count from 0.", code="FRAME_UNKNOWN")
    return found


def _frame(file: Path, number: int, rate: Fraction | None, widest: int) -> bytes | None:
    from framewright.media.jpeg import jpeg_of
    from framewright.media.still import still_of

    frame = still_of(file, number, rate=rate)
    return None if frame is None else jpeg_of(frame, widest)
