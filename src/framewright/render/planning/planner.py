"""From a composition to a plan: open the page, settle everything that follows from it, and freeze that."""

from __future__ import annotations

import time
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from framewright.composition import Site
from framewright.model.plan import (
    Chunk,
    Digests,
    Plan,
    SoundPiecePlan,
)
from framewright.render.bundle import Bundle
from framewright.render.capture_choice import choose_capture, is_secure
from framewright.render.crew import Crew
from framewright.render.hdr_choice import choose_hdr
from framewright.render.opening import open_composition
from framewright.render.output_choice import choose_output
from framewright.render.planning.chunks import cut_plan
from framewright.render.planning.digests import sealed
from framewright.render.planning.environment import read_environment
from framewright.render.planning.files import list_files
from framewright.render.planning.hearing import Hearing
from framewright.render.planning.limits import check_limits
from framewright.render.planning.parts import output_of, page_of, picture_of, texts_of
from framewright.render.studio import Studio
from framewright.render.threads import in_thread
from framewright.stores.known_digests import KnownDigests

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
    from pathlib import Path

    from framewright.model.frames import FrameRange
    from framewright.model.settings import Settings
    from framewright.render.opening import Opened
    from framewright.render.options import RenderOptions
    from framewright.render.output_choice import OutputKind
    from framewright.render.planning.files import Listed
    from framewright.render.planning.spare_files import SpareLimit
    from framewright.render.telling import Teller
    from framewright.render.turn import Turn


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan whose page still stands open.

    Attributes:
        opened: what the page was found to be.
        draft: the plan without its sound; chunks may be rendered of it.
        bundle: of the draft.
        studio: where they are; the page that was opened is its first worker.
        list_with: lists the files of the plan again, with those of the mix.
    """

    opened: Opened
    draft: Plan
    bundle: Bundle
    studio: Studio
    hearing: Hearing
    list_with: Callable[[Mapping[str, Path]], Awaitable[Listed]]

    async def settle(self) -> Bundle:
        """The whole plan with its files. May run beside the chunks, and once.

        Raises:
            CompositionError, BrowserError: what is heard could not be found out, or a source cannot be read.
        """
        heard = await self.hearing.settle()
        if heard is None:
            return self.bundle
        listed = await self.list_with(heard.files)
        sound = SoundPiecePlan(mix=heard.mix, sources=dict(listed.sources), dropped=heard.dropped)
        plan = sealed(self.draft.model_copy(update={"sound": sound, "files": listed.files}))
        return replace(self.bundle, plan=plan, sources=heard.files)


@asynccontextmanager
async def plan_composition(
    composition: str,
    kind: OutputKind,
    options: RenderOptions,
    settings: Settings,
    teller: Teller,
    *,
    turn: Turn | None = None,
    slots: int = 1,
    spare: SpareLimit | None = None,
    recall: Callable[[str], tuple[FrameRange, ...] | None] = lambda _: None,
) -> AsyncIterator[Planned]:
    """Plan a render, and keep the page open for it.

    Args:
        composition: a folder with an ``index.html``, an HTML file, or an ``http(s)`` address.
        kind: of the output.
        turn: of the batch that this is a part of.
        slots: chunks that are rendered at a time.
        spare: how much may travel with the plan that the page has not asked for; None: nothing travels.
        recall: how the pictures of this digest were cut before, so that their pieces are found again.

    Raises:
        FramewrightError: see :func:`framewright.render`.
    """
    began = time.monotonic()
    async with AsyncExitStack() as stack:
        opened = await stack.enter_async_context(
            open_composition(composition, options, settings, teller, turn)
        )
        opening = time.monotonic() - began
        spec, choice = choose_output(kind, options, transparent=opened.first.description.transparent)
        teller.decide(choice)
        spec, of_light = choose_hdr(
            spec,
            options,
            opened.first.description.media,
            frame_control=opened.house.frame_control,
        )
        if of_light is not None:
            teller.decide(of_light)
        capture, capture_choice = choose_capture(
            options.capture,
            spec,
            opened.drawn,
            frame_control=opened.house.frame_control,
            secure=is_secure(opened.first.page.address),
        )
        teller.decide(capture_choice)
        picture = picture_of(opened, options, capture)

        async def list_with(sounds: Mapping[str, Path]) -> Listed:
            known = KnownDigests(settings.cache_folder)

            def work() -> Listed:
                with known:
                    return list_files(
                        opened.house.project,
                        picture,
                        known,
                        asked=opened.asked,
                        origin=opened.theatre.origin,
                        media=opened.first.description.media,
                        sounds=sounds,
                        recording=opened.recording,
                        spare=spare,
                    )

            return await in_thread(work, interrupt=known.stop)

        listed = await list_with({})
        teller.warn(listed.notices)
        plan = Plan(
            page=page_of(opened, options),
            picture=picture,
            output=output_of(opened, spec),
            environment=await in_thread(lambda: read_environment(settings)),
            chunks=(
                Chunk(index=0, start=opened.timing.range.start, stop=opened.timing.range.stop, cost=0.0),
            ),
            files=listed.files,
            recording=opened.recording,
            texts=texts_of(opened, options),
            subtitles=opened.subtitle_facts,
            digests=_NO_DIGESTS,
        )
        plan = sealed(
            await cut_plan(plan, opened, options, teller, slots=slots, opening=opening, recall=recall)
        )
        check_limits(plan, settings, travels=False)
        hearing = await stack.enter_async_context(Hearing(opened, options, spec.format, teller))
        crew = await stack.enter_async_context(
            Crew(
                opened.theatre,
                plan.picture,
                first=opened.first,
                alpha=plan.output.alpha,
                transfer=plan.output.transfer,
                on_fallback=teller.fall_back,
            )
        )
        project = opened.house.project
        root = None if isinstance(project, Site) else project.root
        bundle = Bundle(plan, root, opened.recorded.root)
        yield Planned(
            opened,
            plan,
            bundle,
            Studio(plan, opened.theatre, crew, settings.cache_folder),
            hearing,
            list_with,
        )


_NO_DIGESTS = Digests(video="0" * 64, plan="0" * 64)
