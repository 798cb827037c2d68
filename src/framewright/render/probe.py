"""Opening a composition to describe it: the page's own words, and every choice that follows from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from framewright.render.opening import open_composition
from framewright.render.probe_result import ProbeResult
from framewright.render.telling import Teller

if TYPE_CHECKING:
    from framewright.model.settings import Settings
    from framewright.render.options import RenderOptions


async def probe_composition(composition: str, options: RenderOptions, settings: Settings) -> ProbeResult:
    """Open the page and nothing more.

    Raises:
        FramewrightError: see :func:`framewright.probe`.
    """
    teller = Teller(None, strict=options.strict)
    async with open_composition(composition, options, settings, teller) as opened:
        page, timing = opened.first.description, opened.timing
        return ProbeResult(
            description=page,
            width=opened.size.width,
            height=opened.size.height,
            scale=options.scale,
            output_width=opened.drawn.width,
            output_height=opened.drawn.height,
            fps=str(timing.rate),
            seconds=timing.seconds,
            duration_source=timing.source,
            frames=timing.frames,
            start_frame=timing.range.start,
            end_frame=timing.range.stop,
            remote=opened.recording.answers,
            mode=opened.mode.value,
            subtitles=opened.subtitle_facts,
            notices=teller.notices,
            decisions=teller.decisions,
        )
