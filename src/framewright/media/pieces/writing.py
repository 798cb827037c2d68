"""Opening the encoder of a piece."""

from __future__ import annotations

from typing import TYPE_CHECKING

from framewright.media.codec_settings import check, settings_for, without_faststart
from framewright.media.encoder import Encoder, video_writer
from framewright.media.pack import PackEncoder
from framewright.model.output import Codec, OutputSpec

if TYPE_CHECKING:
    from pathlib import Path

    from framewright.model.frames import FrameRange, FrameRate
    from framewright.model.size import Size


def is_packed(spec: OutputSpec) -> bool:
    """Whether pieces of this output are picture packs: what is written can only be settled with all of them."""
    return spec.codec in {Codec.GIF, Codec.PNG}


def open_piece(spec: OutputSpec, size: Size, rate: FrameRate, frames: FrameRange, path: Path) -> Encoder:
    """An encoder that writes the piece of these frames to ``path``, a new file.

    The same frames give the same bytes, and pieces cut at the multiples of
    :func:`~framewright.media.codec_settings.segment_of` the packets of one piece. A piece may end before
    ``frames.stop``, with :meth:`Encoder.finish`.

    Args:
        spec: what the pieces are to become.
        size: of the pictures, in pixels.
        rate: frames a second.
        frames: numbers in the composition. In a video file the first one stands at time 0.

    Raises:
        UsageError: ``SIZE_UNSUPPORTED``, ``FPS_UNSUPPORTED``.
        EncoderError: ``ENCODER_FAILED`` when the codec refuses its settings.
        OutputError: when the file cannot be opened.
    """
    check(spec, size, rate)
    if is_packed(spec):
        return PackEncoder(size, frames.start, path)
    settings = without_faststart(settings_for(spec, size, rate))
    return video_writer(settings)(settings, size, rate, path, first=frames.start)
