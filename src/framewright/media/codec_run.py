"""One life of a codec, from its opening to its last packet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from framewright.media.codec_log import codec_errors
from framewright.media.heap import give_back_freed_memory
from framewright.media.video_file import open_codec

if TYPE_CHECKING:
    from collections.abc import Iterator

    from av.packet import Packet
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

    from framewright.media.codec_settings import CodecSettings
    from framewright.model.frames import FrameRate

# Frames by which packets are ahead of their turn, for pictures that others in between refer to.
_X264_DELAY, _X265_DELAY = 1, 2


class CodecRun:
    """A codec that counts its frames from 0, so that where in a film it begins does not show in its bytes.

    Raises:
        EncoderError: ``ENCODER_FAILED``, here and from every method.

    Attributes:
        fed: frames so far.
    """

    def __init__(self, settings: CodecSettings, rate: FrameRate) -> None:
        self._encoder = settings.encoder
        self._tick = 1 / rate.value
        self._codec = open_codec(settings, rate)
        self.fed = 0

    @property
    def parameters(self) -> bytes:
        """What a decoder must know before the first packet; empty for codecs that say it in their packets."""
        return self._codec.extradata or b""

    @property
    def delay(self) -> int:
        """Frames by which decoding runs ahead of what is shown."""
        if self._encoder == "libx265":
            return _X265_DELAY  # it does not tell before its third frame
        return _X264_DELAY if self._codec.has_b_frames else 0

    def encode(self, frame: VideoFrame) -> Iterator[Packet[VideoStream]]:
        """Feed a frame. The packets that are ready, in the order of decoding; their pts counts this run's frames."""
        frame.pts, frame.time_base = self.fed, self._tick
        self.fed += 1
        with codec_errors(self._encoder):
            yield from self._codec.encode_lazy(frame)

    def drain(self) -> Iterator[Packet[VideoStream]]:
        """The packets that are left. The run is over, and what the codec had is the system's again.

        A film is many runs: without that it would take more memory the longer it is. One of a single picture leaves little,
        the same each time, and to give that back would cost as much as a fifth of what its encoding did.
        """
        with codec_errors(self._encoder):
            yield from self._codec.encode_lazy(None)
        del self._codec
        if self.fed > 1:
            give_back_freed_memory()
