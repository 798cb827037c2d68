"""Workers for a composition that is only tried: nothing of it is planned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from framewright.model.plan import PicturePlan
from framewright.render.crew import Crew

if TYPE_CHECKING:
    from framewright.capture import CaptureKind
    from framewright.model.events import FellBack
    from framewright.render.opening import Opened


def crew_for(opened: Opened, kind: CaptureKind, *, alpha: bool = False) -> Crew:
    """A crew with browsers of its own: the first page stays as it is. Its kind changes where the stream cannot be had."""
    timing = opened.timing
    picture = PicturePlan(
        width=opened.size.width,
        height=opened.size.height,
        scale=opened.house.scale,
        rate=str(timing.rate),
        frames=timing.frames,
        start=timing.range.start,
        stop=timing.range.stop,
        mode=opened.mode.value,
        capture=kind.value,
    )
    return Crew(opened.theatre, picture, alpha=alpha, on_fallback=unheard)


def unheard(_: FellBack) -> None:
    """What had to be done another way, or again, shows in the pace."""
