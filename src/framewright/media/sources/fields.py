"""Frames of two fields become whole ones: as many as before, each at its own time.

FFmpeg's ``bwdif`` looks at the frame before and the one behind, so what comes out is one frame late. The first frame
behind a jump has none before it, and comes out differently from the same frame in the middle: see ``cursor``.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import av

from framewright.media.filters import FilterChain, source
from framewright.model.size import Size

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from av.video.frame import VideoFrame


def woven(frames: Iterable[VideoFrame]) -> Iterator[VideoFrame]:
    """The frames without their combs. Frames that say they are whole are left as they are."""
    chain: FilterChain | None = None
    kind: tuple[str, int, int] | None = None
    stamps: deque[tuple[int | None, int]] = deque()
    for frame in frames:
        found = (frame.format.name, frame.width, frame.height)
        if chain is None or found != kind:
            if chain is not None:
                chain.push(None)
                yield from _out(chain, stamps)
            kind = found
            chain = FilterChain(
                source(found[0], Size(found[1], found[2]), matrix=None, full_range=False),
                [("bwdif", "mode=send_frame:parity=auto:deint=interlaced")],
            )
        stamps.append((frame.pts, frame.duration))
        frame.pts = len(stamps)
        chain.push(frame)
        yield from _out(chain, stamps)
    if chain is not None:
        chain.push(None)
        yield from _out(chain, stamps)


def _out(chain: FilterChain, stamps: deque[tuple[int | None, int]]) -> Iterator[VideoFrame]:
    while True:
        try:
            frame = chain.pull()
        except (av.BlockingIOError, av.EOFError):
            return
        frame.pts, frame.duration = stamps.popleft()
        yield frame
