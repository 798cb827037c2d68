"""A finished piece of video, read packet by packet. Frames are counted from its first one."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self

import av

from framewright.media.codec_log import complaint, listen
from framewright.media.opening import without_pictures
from framewright.model.errors import PieceError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType

    from av.packet import Packet
    from av.video.stream import VideoStream

    from framewright.model.frames import FrameRate


class VideoPiece:
    """A file with one stream of video, open. A context manager.

    Args:
        path: of the file.
        frames: that it must hold.
        rate: frames a second, exact.
        pixel_format: of its pictures.

    Raises:
        PieceError: ``PIECE_CORRUPT``.

    Attributes:
        codec: as FFmpeg names it.
        width, height: pixels.
        extradata: what a decoder must know before the first packet; None: nothing.
    """

    def __init__(self, path: Path, frames: int, rate: FrameRate, pixel_format: str) -> None:
        listen()
        self.path = path
        self._frames = frames
        with self._errors():
            self._container = av.open(str(path), options=without_pictures(pixel_format))
        try:
            self._stream = self._only_stream()
        except BaseException:
            self._container.close()
            raise
        codec = self._stream.codec_context
        self.codec = codec.codec.canonical_name
        self.width, self.height = codec.width, codec.height
        self.extradata = codec.extradata
        assert self._stream.time_base is not None
        ticks = self._stream.time_base * rate.value
        self._frames_of_tick = (ticks.numerator, ticks.denominator)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._container.close()

    @property
    def delay(self) -> int:
        """Frames by which the first packet is decoded before it is shown. Of mp4 and mov, whose index tells it."""
        index = self._stream.index_entries
        return max(0, -self._frame(index[0].timestamp)) if len(index) else 0

    def packets(self) -> Iterator[Packet[Any]]:
        """All packets in the order of decoding, each with the number of its frame as its time.

        Raises:
            PieceError: ``PIECE_CORRUPT`` it cannot be read, or does not begin with a keyframe; ``PIECE_INCOMPLETE`` a
                frame is missing, or there are others.
        """
        seen = bytearray(self._frames)
        count = 0
        with self._errors():
            for packet in self._container.demux(self._stream):
                if packet.size == 0:
                    break  # the end
                if count == 0 and not packet.is_keyframe:
                    raise self._corrupt("does not begin with a keyframe")
                frame = self._frame(packet.pts or 0)
                if not 0 <= frame < self._frames or seen[frame]:
                    raise self._incomplete(f"frame {frame} of it stands where none should")
                seen[frame] = 1
                count += 1
                packet.pts = frame
                yield packet
        if count < self._frames:
            raise self._incomplete(f"frame {seen.index(0)} of it is missing")

    def _frame(self, ticks: int) -> int:
        """The nearest frame: WebM tells times in whole milliseconds."""
        numerator, denominator = self._frames_of_tick
        return (2 * ticks * numerator + denominator) // (2 * denominator)

    def _only_stream(self) -> VideoStream:
        streams = self._container.streams
        if len(streams) != 1 or len(streams.video) != 1:
            raise self._corrupt("holds more, or less, than one stream of video")
        return streams.video[0]

    def _incomplete(self, reason: str) -> PieceError:
        return PieceError(
            f"The piece {self.path.name} should hold {self._frames} frames, and {reason}: render it again.",
            code="PIECE_INCOMPLETE",
        )

    def _corrupt(self, reason: str) -> PieceError:
        return PieceError(f"The piece {self.path.name} {reason}: render it again.", code="PIECE_CORRUPT")

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except (av.FFmpegError, OSError, StopIteration) as error:
            raise self._corrupt(f"cannot be read ({complaint(error) or 'it holds no packet'})") from error
