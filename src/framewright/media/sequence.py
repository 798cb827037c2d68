"""An image sequence: the browser's PNG bytes as they came, one file a frame, and the sound beside them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from framewright.media.output_file import SOUND_NAME, write_error
from framewright.media.sound_file import SoundFile
from framewright.model.errors import EncoderError
from framewright.model.output import Layout

if TYPE_CHECKING:
    from pathlib import Path

    from framewright.media.soundtrack import Sound
    from framewright.model.frames import FrameRate
    from framewright.model.picture import Picture
    from framewright.model.size import Size

_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def check_png(picture: Picture, size: Size, taker: str) -> None:
    """Refuse what is no PNG of the size.

    Args:
        taker: who refuses, as the subject of a sentence.

    Raises:
        EncoderError: ``PICTURE_INVALID``.
    """
    if picture.size != size or picture.layout is not Layout.PNG:
        raise EncoderError(
            f"{taker} of {size} got a picture that is no PNG of this size.", code="PICTURE_INVALID"
        )
    if bytes(picture.data[:8]) != _PNG_SIGNATURE:
        raise EncoderError(f"{taker} got a picture that is no PNG.", code="PICTURE_INVALID")


class SequenceEncoder:
    """An :class:`~framewright.media.encoder.Encoder` that fills a folder with ``frame_000001.png`` and so on.

    Args:
        size: of the pictures.
        rate: frames a second.
        folder: exists.
        sound: for ``sound.wav``; None: no such file.
    """

    def __init__(self, size: Size, folder: Path, rate: FrameRate, sound: Sound | None = None) -> None:
        self._size = size
        self._folder = folder
        self._rate = rate
        self._count = 0
        self._sound = None if sound is None else SoundFile(sound, folder / SOUND_NAME)

    @property
    def progress(self) -> int:
        """A number that grows whenever anything was done."""
        return self._count + (0 if self._sound is None else self._sound.progress)

    def write(self, picture: Picture) -> None:
        """Add a frame."""
        check_png(picture, self._size, "An image sequence")
        path = self._next()
        try:
            path.write_bytes(picture.data)
        except OSError as error:
            raise write_error(self._folder, error) from error

    def repeat(self) -> None:
        """Add a frame that shares the bytes of the one before, or copies them where links are unknown."""
        if self._count == 0:
            raise ValueError("there is no picture to repeat")
        before = self._path(self._count)
        path = self._next()
        try:
            try:
                os.link(before, path)
            except OSError:  # no links on this file system, or too many to this file
                path.write_bytes(before.read_bytes())
        except OSError as error:
            raise write_error(self._folder, error) from error

    def finish(self) -> None:
        """Write the rest of the sound."""
        if self._sound is not None:
            self._sound.close()

    def interrupt(self) -> None:
        """End the wait for sound."""
        if self._sound is not None:
            self._sound.interrupt()

    def abort(self) -> None:
        """Give up."""
        if self._sound is not None:
            self._sound.abort()

    def _next(self) -> Path:
        if self._sound is not None:
            self._sound.write_until(self._rate.time_of(self._count))
        self._count += 1
        return self._path(self._count)

    def _path(self, number: int) -> Path:
        return self._folder / f"frame_{number:06d}.png"
