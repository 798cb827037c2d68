"""What is heard of a composition, from its beginning to its end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from framewright.model.composition import Notice
    from framewright.model.sound import Dropped, SoundGroup, SoundTrack
    from framewright.render.opening import Opened
    from framewright.render.theatre import Theatre


@dataclass(frozen=True, slots=True)
class Heard:
    """What goes into the mix. Times are seconds on the clock of the composition, also for a part of it.

    Attributes:
        dropped: what could have been heard and is not, and why.
        notices: warnings that are new since the page was opened.
    """

    tracks: tuple[SoundTrack, ...] = ()
    groups: tuple[SoundGroup, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    notices: tuple[Notice, ...] = ()


async def listen(theatre: Theatre, opened: Opened) -> Heard:  # noqa: ARG001
    """Find out what is heard, up to the last frame that is rendered.

    Args:
        theatre: where a page may be opened beside the first one.

    Raises:
        CompositionError, BrowserError: the page could not be gone through.
    """
    sounds = opened.first.description.sounds
    return Heard(sounds.tracks, sounds.groups, sounds.dropped)
