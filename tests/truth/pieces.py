"""Pieces of counted films, drawn without a browser, and the packets in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import av

from framewright.media.pieces import open_piece
from truth import drawings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from framewright.model.frames import FrameRange, FrameRate
    from framewright.model.output import OutputSpec
    from framewright.model.size import Size


class Coded(NamedTuple):
    """A packet, with its times in frames of the composition."""

    pts: int
    dts: int
    keyframe: bool
    data: bytes


def write(
    path: Path, spec: OutputSpec, film: Sequence[int], frames: FrameRange, *, size: Size, rate: FrameRate
) -> Path:
    """Write the piece of these frames of a film, which is the number that each frame shows."""
    encoder = open_piece(spec, size, rate, frames, path)
    try:
        for frame in frames:
            if frame == frames.start or film[frame] != film[frame - 1]:
                rgba = drawings.counted(film[frame], size)
                encoder.write(drawings.as_picture(rgba, spec.layout, alpha=spec.alpha))
            else:
                encoder.repeat()
        encoder.finish()
    except BaseException:
        encoder.abort()
        raise
    return path


def packets(path: Path, rate: FrameRate, first: int) -> list[Coded]:
    """The packets of a piece that begins with frame ``first``, in the order of decoding."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert stream.time_base is not None
        scale = stream.time_base * rate.value
        return [
            Coded(
                first + round(packet.pts * scale),
                first + round(packet.dts * scale),
                packet.is_keyframe,
                bytes(packet),
            )
            for packet in container.demux(stream)
            if packet.size
        ]
