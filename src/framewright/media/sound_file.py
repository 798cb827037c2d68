"""Sound alone, in a WAV file: what stands beside the frames of an image sequence."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import av

from framewright.media.codec_log import codec_errors, listen
from framewright.media.soundtrack import Soundtrack, first_sample
from framewright.media.video_file import system_errors

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction
    from pathlib import Path

    from framewright.media.soundtrack import Sound

# Six hours fill what the length fields of WAV can say; RF64 is the same with longer ones.
_OPTIONS = {"fflags": "+bitexact", "rf64": "auto"}


class SoundFile:
    """A WAV file that is written along with pictures.

    Raises:
        EncoderError: ``ENCODER_FAILED``.
        OutputError: when the file cannot be written.
    """

    def __init__(self, sound: Sound, path: Path) -> None:
        self._sound = sound
        self._path = path
        listen()
        with self._errors():
            self._container = av.open(str(path), "w", format="wav", container_options=_OPTIONS)
            self._track = Soundtrack(self._container, sound)
            self._container.start_encoding()
            self._track.begin()

    @property
    def progress(self) -> int:
        """A number that grows whenever anything was done."""
        return self._track.progress

    def write_until(self, seconds: Fraction | None) -> None:
        """Append what begins before this time; None: all that is left.

        Raises:
            OutputError: when the file cannot be written.
            whatever the source of the sound raised.
        """
        for packet in self._track.until(None if seconds is None else first_sample(seconds)):
            with self._errors():
                self._container.mux_one(packet)

    def close(self) -> None:
        """Write the rest, and close the file.

        Raises:
            OutputError: when the file cannot be written.
            whatever the source of the sound raised.
        """
        self.write_until(None)
        self._track.close()
        with self._errors():
            self._container.close()

    def interrupt(self) -> None:
        """End the wait for sound. From any thread."""
        self._track.interrupt()

    def abort(self) -> None:
        """Give up."""
        self._track.close()
        with contextlib.suppress(av.FFmpegError, OSError, ValueError):
            self._container.close()

    @contextlib.contextmanager
    def _errors(self) -> Iterator[None]:
        with codec_errors(self._sound.settings.encoder), system_errors(self._path):
            yield
