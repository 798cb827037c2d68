"""Picture packs become the numbered files of an image sequence."""

from __future__ import annotations

from itertools import chain, pairwise
from typing import TYPE_CHECKING

from framewright.media.encoder import open_encoder
from framewright.media.sound_source import Pulse
from framewright.model.output import Codec, Format, Layout, OutputSpec
from framewright.model.picture import Picture

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from framewright.media.sound_piece import SoundPiece
    from framewright.model.frames import FrameRange, FrameRate
    from framewright.model.size import Size


def write_sequence(
    size: Size,
    rate: FrameRate,
    frames: FrameRange,
    pictures: Iterable[tuple[int, bytes]],
    *,
    folder: Path,
    sound: SoundPiece | None = None,
    pulse: Pulse | None = None,
) -> None:
    """Fill a folder with a file for each frame, numbered from 1 on, and the sound beside them. Blocks until it is done.

    Frames that show the same picture share its bytes where the file system can.

    Args:
        size: of the pictures.
        frames: of the film, in the numbers of the composition.
        pictures: PNGs, each with the frame from which on it is shown.
        folder: exists, and is empty.
        sound: for a WAV file.
        pulse: beats with every frame; stop it to give up.

    Raises:
        StoppedError: the pulse was stopped.
        EncoderError: ``PICTURE_INVALID``.
        OutputError: a file cannot be written.
        whatever the source of the sound raised.
    """
    pulse = pulse or Pulse()
    spec = OutputSpec(Format.PNG_SEQUENCE, Codec.PNG)
    encoder = open_encoder(spec, size, rate, folder, sound)
    try:
        for (start, picture), (stop, _) in pairwise(chain(pictures, [(frames.stop, b"")])):
            encoder.write(Picture(Layout.PNG, size, picture))
            pulse.beat()
            for _ in range(start + 1, stop):
                encoder.repeat()
                pulse.beat()
        encoder.finish()
    except BaseException:
        encoder.abort()
        raise
