"""The frames of any film, one at a time: of a file, or of a folder of numbered pictures."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import av

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from av.container import InputContainer
    from av.video.frame import VideoFrame

# A decoder that meets bytes that make no sense shall say so, in place of guessing what was meant.
_STRICT = {"err_detect": "explode"}


@contextmanager
def open_film(path: Path) -> Iterator[InputContainer]:
    """A file whose decoders complain. Raises ``av.FFmpegError`` or ``OSError``."""
    with av.open(str(path)) as container:
        for stream in container.streams.video:
            # A decoder's own threads tell of damage through Python, and one that is being closed waits for them: for ever.
            stream.codec_context.thread_count = 1
            stream.codec_context.options = dict(_STRICT)
        yield container


def frames_of(path: Path) -> Iterator[VideoFrame]:
    """Every frame in the order in which they are shown.

    Raises:
        av.FFmpegError, OSError, IndexError: it cannot be read, or not to its end.
    """
    if path.is_dir():
        for picture in sorted(path.glob("frame_*.png")):
            yield from frames_of(picture)
        return
    with open_film(path) as container:
        yield from container.decode(container.streams.video[0])
