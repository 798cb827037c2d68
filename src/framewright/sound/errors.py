"""What goes wrong with sound, told so that its author finds the place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from framewright.model.errors import CompositionError

if TYPE_CHECKING:
    from pathlib import Path


class SoundError(CompositionError):
    """A track cannot be heard as it was planned, or a plan cannot be mixed.

    Codes: ``SOUND_MISSING``, ``SOUND_EMPTY``, ``SOUND_INVALID`` (no media), ``SOUND_NO_AUDIO`` (media without sound),
    ``SOUND_UNSUPPORTED`` (codec or container), ``SOUND_CORRUPT`` (at a time inside), ``SOUND_GROUPS``.
    """


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a sound comes from, in the author's words and in the machine's.

    Attributes:
        name: the element, or the option.
        source: the file as its author wrote it.
        path: where its bytes are.
    """

    name: str
    source: str
    path: Path

    def error(self, code: str, reason: str) -> SoundError:
        """The error that says why it cannot be heard: ``reason`` goes on after the file's name."""
        return SoundError(f"The sound of {self.name} cannot be used: {self.source} {reason}.", code=code)


def clock(seconds: float) -> str:
    """A time for people: ``2.500 s``, ``1:02:03.250``."""
    if seconds < 60:
        return f"{seconds:.3f} s"
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(int(minutes), 60)
    return f"{hours}:{minutes:02}:{rest:06.3f}" if hours else f"{minutes}:{rest:06.3f}"
