"""What the open page adds to what is written: its own account, its warnings along the way, and the audit of its frames."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from framewright.render.audit import audit
from framewright.render.mode_choice import Mode
from framewright.render.opening import open_composition
from framewright.render.telling import Teller

if TYPE_CHECKING:
    from framewright.model.composition import Description, DurationSource, Notice
    from framewright.model.frames import FrameRate
    from framewright.model.recording import RecordedAnswer
    from framewright.model.settings import Settings
    from framewright.model.size import Size
    from framewright.render import RenderOptions
    from framewright.render.audit import Audit
    from framewright.render.opening import Opened

# Times at which something may go wrong that goes well at 0; each costs one seek and no picture.
MOST_TIMES = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class PageView:
    """A page that was opened.

    Attributes:
        seconds: its length.
        source: where that comes from.
        frames: in all.
        notices: its warnings, at the beginning and at the times that were looked at.
        origin: of the server that it was served by.
        remote: addresses elsewhere that it asked for.
        answers: what it got from there.
        mode: how its frames would be reached in a render.
        audit: None when it was not wanted.
    """

    description: Description
    size: Size
    rate: FrameRate
    seconds: float
    source: DurationSource
    frames: int
    notices: tuple[Notice, ...]
    origin: str
    remote: tuple[str, ...]
    answers: tuple[RecordedAnswer, ...] = ()
    mode: Mode = Mode.SEEK
    audit: Audit | None = None


async def view_page(
    composition: str, options: RenderOptions, settings: Settings, *, with_audit: bool
) -> PageView:
    """Open a page, go through it, and compare its frames by several ways.

    Raises:
        CompositionError: the page cannot be rendered; and as :func:`framewright.probe`.
    """
    teller = Teller(None)
    # Strictness counts findings here; a page that is not quite ready is still worth a look.
    lenient = replace(options, strict=False)
    async with open_composition(composition, lenient, settings, teller) as opened:
        for frame in telling_frames(opened):
            await opened.first.seek(opened.timing.rate.time_of(frame))
        audited = await audit(opened) if with_audit else None
        page, timing = opened.first.description, opened.timing
        return PageView(
            description=page,
            size=opened.size,
            rate=timing.rate,
            seconds=timing.seconds,
            source=timing.source,
            frames=timing.frames,
            notices=teller.notices,
            origin=opened.theatre.origin,
            remote=tuple(sorted({*page.remote, *opened.first.page.remote})),
            answers=opened.recording.answers,
            mode=opened.mode,
            audit=audited,
        )


def telling_frames(opened: Opened) -> tuple[int, ...]:
    """The first and the last frame, and those on which clips begin: at most :data:`MOST_TIMES`, in their order."""
    rate, frames = opened.timing.rate, opened.timing.range
    starts = {int(clip.start * float(rate)) + 1 for clip in opened.first.description.clips}
    inside = sorted(frame for frame in starts if frame in frames)
    step = -(-len(inside) // (MOST_TIMES - 2)) or 1
    return tuple(sorted({frames.start, *inside[::step], frames.stop - 1}))
