"""The first look at a composition: find the browser, open the page, and settle everything that follows from it."""

from __future__ import annotations

import re
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from framewright.browser import find_browser, has_frame_control
from framewright.composition import RemoteDesk, Site, Wishes, open_project
from framewright.composition.remote import foreseen_addresses
from framewright.composition.subtitles import page_subtitles
from framewright.model.errors import CompositionError
from framewright.model.size import Size
from framewright.model.subtitles import SubtitlesMode
from framewright.render.font_choice import provide_fonts
from framewright.render.house import House
from framewright.render.mode_choice import Mode, choose_mode
from framewright.render.subtitles import choices_of, facts_of, notices_of, read_sources
from framewright.render.theatre import Theatre
from framewright.render.threads import in_thread
from framewright.render.timing import USUAL_SIZE, choose_size, choose_timing

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from framewright.composition import Project
    from framewright.model.recording import Recording
    from framewright.model.settings import Settings
    from framewright.model.subtitles import SubtitleFacts
    from framewright.render.house import Asked
    from framewright.render.options import RenderOptions
    from framewright.render.subtitles import SubtitleSource
    from framewright.render.telling import Teller
    from framewright.render.theatre import Performance
    from framewright.render.timing import Timing
    from framewright.render.turn import Turn
    from framewright.stores import BlobFolder

_SIDES = re.compile(rb"""data-(width|height)\s*=\s*["']?\s*(\d{1,5})""")
_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Opened:
    """A page that stands ready at its first frame.

    Attributes:
        size: in CSS pixels, as the page is laid out.
        drawn: in device pixels, as pictures come.
        mode: how the page is brought to the time of a frame.
        recording: what the page asked of other origins, and all that later browsers get from there.
        subtitles: the files, read.
        subtitle_facts: what is said of each.
        asked: the files that the page has asked for until it stood ready.
        recorded: holds the bodies of the recording, as long as this is open.
    """

    theatre: Theatre
    house: House
    first: Performance
    timing: Timing
    size: Size
    drawn: Size
    recording: Recording
    asked: Asked
    recorded: BlobFolder
    mode: Mode = Mode.SEEK
    subtitles: tuple[SubtitleSource, ...] = ()
    subtitle_facts: tuple[SubtitleFacts, ...] = ()


@asynccontextmanager
async def open_composition(
    composition: str,
    options: RenderOptions,
    settings: Settings,
    teller: Teller,
    turn: Turn | None = None,
) -> AsyncIterator[Opened]:
    """Open the composition in a first browser, and close every browser of it in the end.

    Args:
        turn: of the batch that this is a part of; its browsers go on.

    Raises:
        FramewrightError: see :func:`framewright.render`.
    """
    project = open_project(composition)
    program = find_browser(settings)
    sources = await in_thread(lambda: read_sources(options))
    burnt = sources[0].subtitles if sources and options.subtitles_mode is SubtitlesMode.BURN else None
    async with AsyncExitStack() as stack:
        desk = await stack.enter_async_context(
            RemoteDesk(
                settings,
                project=None if isinstance(project, Site) else project.root,
                strict=options.strict,
                on_notice=lambda notice: teller.warn((notice,)),
                site=project.origin if isinstance(project, Site) else None,
            )
        )
        house = House(
            project=project,
            program=program,
            frame_control=has_frame_control(program),
            scale=options.scale,
            wishes=Wishes(
                width=options.width,
                height=options.height,
                page_timeout=settings.page_timeout,
                variables=options.variables,
                spare_variables=turn.spare if turn else (),
                written_variables=turn is not None and turn.written,
                subtitles=None if burnt is None else await in_thread(lambda: page_subtitles(burnt)),
            ),
            settings=settings,
            remote=desk,
        )
        theatre = await stack.enter_async_context(
            Theatre(house, on_notices=teller.warn, on_fallback=teller.fall_back, turn=turn)
        )
        first = await _open_first(theatre, likely_size(project, options), options)
        lettered = await provide_fonts(theatre, first)
        first, provided = lettered.first, lettered.provided
        desk.foresee((*await foreseen_addresses(first.page), *provided.files), theatre.origin)
        recording = await desk.freeze()
        page = first.description
        size, size_choice, ignored = choose_size(page, options)
        timing = choose_timing(page, options)
        facts = facts_of(sources, options.subtitles_mode, timing.range, timing.rate)
        for choice in (size_choice, *lettered.choices, *timing.choices, *choices_of(facts)):
            teller.decide(choice)
        of_subtitles = notices_of(sources, facts)
        teller.warn_of_readiness(
            (*theatre.named((*provided.notices, *page.notices)), *ignored, *timing.notices, *of_subtitles)
        )
        opened = Opened(
            theatre,
            theatre.house,
            first,
            timing,
            size,
            size.scaled(options.scale),
            recording,
            theatre.asked,
            desk.blobs,
            subtitles=sources,
            subtitle_facts=facts,
        )
        mode, mode_choice = await choose_mode(opened, options.mode)
        teller.decide(mode_choice)
        yield replace(opened, mode=mode)


async def _open_first(theatre: Theatre, size: Size, options: RenderOptions) -> Performance:
    """Open the page at the size that it asks for. Pages lay themselves out as they load, so a wrong guess loads anew."""
    for _ in range(_ATTEMPTS):
        performance = await theatre.open(size)
        wanted, _, _ = choose_size(performance.description, options)
        if wanted == size:
            return performance
        await theatre.close(performance)
        size = wanted
    raise CompositionError(
        f"The page asks for another size whenever it is shown in the one that it asked for, last {size}: declare one "
        "with data-width and data-height.",
        code="SIZE_UNSTABLE",
    )


def likely_size(project: Project | Site, options: RenderOptions) -> Size:
    """A guess that saves a second start of the browser; the page itself has the last word."""
    page = b""
    if not isinstance(project, Site):
        page = project.documents.get(project.entry) or (project.root / project.entry).read_bytes()
    found: dict[bytes, int] = {}
    for side, pixels in _SIDES.findall(page):
        found.setdefault(side, int(pixels))
    width = found.get(b"width", options.width or USUAL_SIZE[0])
    height = found.get(b"height", options.height or USUAL_SIZE[1])
    try:
        likely = Size(width, height)
        likely.scaled(options.scale)
    except CompositionError:
        return Size(*USUAL_SIZE)
    return likely
