"""Opening a composition to describe it: the page's own words, and every choice that follows from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from framewright.model.sound import Sounds
from framewright.render.added_sound import check_added
from framewright.render.listening import Listening
from framewright.render.media_account import account_of
from framewright.render.opening import open_composition
from framewright.render.probe_result import ProbeResult
from framewright.render.sound_names import named_description, named_media, named_sounds
from framewright.render.telling import Teller
from framewright.render.threads import in_thread

if TYPE_CHECKING:
    from framewright.model.settings import Settings
    from framewright.render.options import RenderOptions


async def probe_composition(composition: str, options: RenderOptions, settings: Settings) -> ProbeResult:
    """Open the page, and go through it only where scripts may change what is heard.

    Raises:
        FramewrightError: see :func:`framewright.probe`.
    """
    added = options.audio_tracks
    await in_thread(lambda: check_added(added))
    teller = Teller(None, strict=options.strict)
    async with open_composition(composition, options, settings, teller) as opened:
        page, timing = opened.first.description, opened.timing
        async with Listening(opened.theatre, opened) as listener:
            heard = await listener.listen()
        teller.warn(opened.theatre.named(heard.notices))
        shown = opened.theatre.shown
        heard_here = named_sounds(
            Sounds(tracks=heard.tracks, groups=heard.groups, dropped=heard.dropped), shown
        )
        sounds = Sounds(
            tracks=(*heard_here.tracks, *(one.planned() for one in added)),
            groups=heard_here.groups,
            dropped=heard_here.dropped,
        )
        return ProbeResult(
            description=named_description(page, shown),
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
            media=account_of(named_media(heard.media, shown), timing.seconds),
            sounds=Sounds() if options.skip_audio else sounds,
            mode=opened.mode.value,
            subtitles=opened.subtitle_facts,
            notices=teller.notices,
            decisions=teller.decisions,
        )
