"""What the codecs say of themselves: their last warnings and errors, kept for the message of an error.

FFmpeg's log is one for the process. It goes to the logger ``libav``, from where this handler keeps the last lines;
nothing of it is printed unless the program that uses Framewright asks for it.
"""

from __future__ import annotations

import logging
import os
from collections import deque
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

import av
import av.logging

from framewright.model.errors import EncoderError

if TYPE_CHECKING:
    from collections.abc import Iterator

_KEPT = 8
# Filters that warn of what we do on purpose: alpha in some pictures only, more colours than a palette holds.
_CHATTER = frozenset({"libav.buffer", "libav.palettegen"})


class _Keeper(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: deque[str] = deque(maxlen=_KEPT)

    def emit(self, record: logging.LogRecord) -> None:
        if record.name in _CHATTER:
            return
        self.lines.append(f"{record.name.removeprefix('libav.')}: {record.getMessage()}")


_keeper = _Keeper()


def listen() -> None:
    """Keep what codecs say from now on. Calling it again changes nothing."""
    os.environ.setdefault("SVT_LOG", "1")  # SVT-AV1 writes to stderr by itself: errors only
    logger = logging.getLogger("libav")
    if _keeper in logger.handlers:
        return
    logger.addHandler(_keeper)
    if not logging.getLogger().handlers:
        logger.propagate = False  # the last resort of logging would print to stderr
    if av.logging.get_level() is None:
        av.logging.set_level(av.logging.WARNING)


def last_messages() -> str:
    """The last lines that any codec wrote, newest last; empty when all were content."""
    return "; ".join(_keeper.lines)


def complaint(error: BaseException) -> str:
    """An error of a codec in the words of the codec, without a full stop."""
    if isinstance(error, av.FFmpegError):
        log = cast("tuple[int, str, str] | None", error.log)  # PyAV's stub says otherwise
        said = log[2].strip() if log else ""
        return (f"{error.strerror} ({said})" if said else str(error.strerror)).rstrip(".")
    return str(error).rstrip(".")


@contextmanager
def codec_errors(encoder: str) -> Iterator[None]:
    """A codec's error becomes an ``EncoderError`` ``ENCODER_FAILED`` in the codec's words."""
    try:
        yield
    except (av.FFmpegError, ValueError) as error:
        raise EncoderError(
            f"The encoder {encoder} failed: {complaint(error)}.", code="ENCODER_FAILED"
        ) from error
