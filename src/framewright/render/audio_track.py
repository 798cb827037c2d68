"""A sound that the caller adds to those of the page, and how people write it on one line."""

from __future__ import annotations

import math
import os
import re
from dataclasses import KW_ONLY, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Self

from framewright.model.errors import UsageError
from framewright.model.sound import LOUDEST, SoundTrack

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_OPTION = "--audio-track"
_LONGEST = 24 * 3600.0
_RANGES = {
    "volume": (0.0, LOUDEST),
    "offset": (0.0, _LONGEST),
    "seek": (0.0, _LONGEST),
    "duration": (0.0, _LONGEST),
    "fade_in": (0.0, _LONGEST),
    "fade_out": (0.0, _LONGEST),
    "rate": (0.05, 20.0),
    "pan": (-1.0, 1.0),
}
_SETTING = re.compile(r"\s*([A-Za-z_-]+)\s*=(.*)", re.DOTALL)
_ESCAPED = re.compile(r"\\([,\\])")
_COMMA = re.compile(r"(?<!\\)((?:\\\\)*),")
_TRUTH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


@dataclass(frozen=True, slots=True)
class AudioTrack:
    """A sound that is mixed with those of the page.

    Attributes:
        path: a file of sound, or a video whose sound is taken.
        volume: linear gain, 0 to 3.981, which is +12 dB.
        offset: seconds of the video at which it begins.
        seek: seconds into the file, from where on it is heard.
        duration: seconds of the video; None: until the file, or the video, ends.
        fade_in, fade_out: seconds of a linear fade at either end.
        loop: what is left behind ``seek`` is heard again and again.
        rate: seconds of the file in one of the video, 0.05 to 20; the pitch stays.
        pan: -1 is left, 0 the middle, 1 right.

    Raises:
        UsageError: ``AUDIO_TRACK_INVALID``.
    """

    path: str | os.PathLike[str]
    _: KW_ONLY
    volume: float = 1.0
    offset: float = 0.0
    seek: float = 0.0
    duration: float | None = None
    fade_in: float = 0.0
    fade_out: float = 0.0
    loop: bool = False
    rate: float = 1.0
    pan: float = 0.0

    def __post_init__(self) -> None:
        if not isinstance(self.path, str | os.PathLike) or not os.fspath(self.path):
            raise _refused("it names no file", f"{_OPTION} {self.path!r}")
        for name, (least, most) in _RANGES.items():
            value = getattr(self, name)
            if name == "duration" and value is None:
                continue
            if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
                raise _refused(f"{name} {value!r} is no number", self._said)
            if not least <= value <= most or (name == "duration" and value == 0):
                above = "more than 0 and at most" if name == "duration" else f"{least:g} to"
                raise _refused(f"{name} {value:g} is out of range: use {above} {most:g}", self._said)
        if not isinstance(self.loop, bool):
            raise _refused(f"loop {self.loop!r} is neither true nor false", self._said)

    @property
    def _said(self) -> str:
        return f"{_OPTION} {os.fspath(self.path)}"

    @classmethod
    def read(cls, written: object) -> Self:
        """From the value itself, from a mapping of its attributes, or from what people write on one line.

        Raises:
            UsageError: ``AUDIO_TRACK_INVALID``.
        """
        if isinstance(written, cls):
            return written
        if isinstance(written, str):
            return cls.parse(written)
        if isinstance(written, os.PathLike):
            return cls(path=written)
        if isinstance(written, dict):
            said = f"{_OPTION} {written.get('path', '')}".rstrip()
            _check_names(written, said)
            if "path" not in written:
                raise _refused("it names no file: give it a path", said)
            return cls(**written)
        raise _refused(f"a track is a file name, a mapping or an AudioTrack, not {written!r}", _OPTION)

    @classmethod
    def parse(cls, line: str) -> Self:
        r"""Read ``FILE,volume=0.5,offset=2``.

        What stands before the first ``,name=`` is the file's name, commas and equals signs included. A comma of the name
        that would be taken for the beginning of a setting is written ``\,``, and a backslash before a comma ``\\``.

        Raises:
            UsageError: ``AUDIO_TRACK_INVALID``.
        """
        first, *rest = _COMMA.sub("\\1\0", line.replace("\0", "")).split("\0")
        while rest and _SETTING.fullmatch(rest[0]) is None:
            first += f",{rest.pop(0)}"
        path = _ESCAPED.sub(r"\1", first)
        said = f"{_OPTION} {path}"
        found: dict[str, float | bool] = {}
        for part in rest:
            match = _SETTING.fullmatch(part)
            if match is None:
                raise _refused(f"'{part.strip()}' is no setting such as volume=0.5", said)
            name, value = match[1].lower().replace("-", "_"), match[2].strip()
            _check_names((name,), said, names=_NAMES[1:])
            if name in found:
                raise _refused(f"{name} is given twice", said)
            found[name] = _truth(value, said) if name == "loop" else _number(name, value, said)
        return cls(path=path, **found)  # type: ignore[arg-type]  # loop alone is a truth value

    def check(self) -> None:
        """Look whether the file can be opened.

        Raises:
            UsageError: ``AUDIO_TRACK_MISSING``.
        """
        path = Path(self.path)
        try:
            if path.is_dir():
                raise _missing(f"{self._said} is a folder: name a file of sound")
            # Opening a pipe that nobody writes to would never end.
            if path.exists() and not path.is_file():
                raise _missing(f"{self._said} is a pipe or a device: name a file of sound")
            with path.open("rb") as file:
                empty = not file.read(1)
        except FileNotFoundError:
            raise _missing(f"{self._said} does not exist: give the name of a file of sound") from None
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise _missing(f"{self._said} cannot be read: {reason}") from error
        if empty:
            raise _missing(f"{self._said} is empty: give a file of sound")

    def planned(self) -> SoundTrack:
        """The track of a mix."""
        return SoundTrack(
            name=_OPTION,
            source=os.fspath(self.path),
            start=self.offset,
            duration=self.duration,
            offset=self.seek,
            rate=self.rate,
            loop=self.loop,
            volume=self.volume,
            fade_in=self.fade_in,
            fade_out=self.fade_out,
            pan=self.pan,
        )


_NAMES = tuple(field.name for field in fields(AudioTrack))


def read_tracks(written: Iterable[object] | object) -> tuple[AudioTrack, ...]:
    """The tracks of a call.

    Raises:
        UsageError: ``AUDIO_TRACK_INVALID``.
    """
    if not isinstance(written, list | tuple):
        raise _refused("the tracks are a list", "audio_tracks")
    return tuple(AudioTrack.read(one) for one in written)


def _check_names(given: Iterable[object], said: str, names: Sequence[str] | None = None) -> None:
    for name in given:
        if name not in (names or _NAMES):
            raise _refused(
                f"there is no setting '{name}': use {', '.join(_NAMES[1:])}; a comma of the file's name is written \\,",
                said,
            )


def _number(name: str, written: str, said: str) -> float:
    try:
        value = float(written)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise _refused(f"{name} '{written}' is no number", said)
    return value


def _truth(written: str, said: str) -> bool:
    try:
        return _TRUTH[written.lower()]
    except KeyError:
        raise _refused(f"loop '{written}' is neither true nor false", said) from None


def _refused(reason: str, said: str) -> UsageError:
    return UsageError(f"{said} cannot be used: {reason}.", code="AUDIO_TRACK_INVALID")


def _missing(sentence: str) -> UsageError:
    return UsageError(f"{sentence}.", code="AUDIO_TRACK_MISSING")
