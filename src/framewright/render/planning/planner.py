"""From a composition to a plan: open the page, settle everything that follows from it, and freeze that."""

from __future__ import annotations

import os
import time
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import quote

from framewright.capture import CaptureKind
from framewright.composition import Site
from framewright.media.codec_settings import check, settings_for
from framewright.media.pieces import is_packed, segment_of
from framewright.model.plan import (
    Chunk,
    Digests,
    Estimate,
    OutputPlan,
    PagePlan,
    PicturePlan,
    Plan,
    SoundPiecePlan,
    TextPlan,
)
from framewright.model.subtitles import SubtitlesMode
from framewright.render.bundle import Bundle
from framewright.render.capture_choice import choose_capture, is_secure
from framewright.render.choice import Choice
from framewright.render.crew import Crew
from framewright.render.hdr_choice import choose_hdr
from framewright.render.opening import open_composition
from framewright.render.options import CaptureWish
from framewright.render.output_choice import choose_output
from framewright.render.planning.costs import may_be_cut, measure_costs
from framewright.render.planning.digests import sealed
from framewright.render.planning.environment import read_environment
from framewright.render.planning.files import list_files
from framewright.render.planning.hearing import Hearing
from framewright.render.studio import Studio
from framewright.render.threads import in_thread
from framewright.schedule.costs import CostCurve
from framewright.schedule.cutting import cut
from framewright.stores.known_digests import KnownDigests

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping
    from pathlib import Path

    from framewright.model.frames import FrameRange
    from framewright.model.output import OutputSpec
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
    list_with: Callable[[Mapping[str, Path]], Listed]

    async def settle(self) -> Bundle:
        """The whole plan with its files. May run beside the chunks, and once.

        Raises:
            CompositionError, BrowserError: what is heard could not be found out, or a source cannot be read.
        """
        heard = await self.hearing.settle()
        if heard is None:
            return self.bundle
        listed = await in_thread(lambda: self.list_with(heard.files))
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
        picture = _picture_of(opened, options, capture)

        def list_with(sounds: Mapping[str, Path]) -> Listed:
            with KnownDigests(settings.cache_folder) as known:
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

        listed = await in_thread(lambda: list_with({}))
        teller.warn(listed.notices)
        plan = Plan(
            page=_page_of(opened, options),
            picture=picture,
            output=_output_of(opened, spec),
            environment=await in_thread(lambda: read_environment(settings)),
            chunks=(
                Chunk(index=0, start=opened.timing.range.start, stop=opened.timing.range.stop, cost=0.0),
            ),
            files=listed.files,
            recording=opened.recording,
            texts=_texts_of(opened, options),
            subtitles=opened.subtitle_facts,
            digests=_NO_DIGESTS,
        )
        plan = sealed(await _cut(plan, opened, options, teller, slots=slots, opening=opening, recall=recall))
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
        yield Planned(opened, plan, bundle, Studio(plan, opened.theatre, crew), hearing, list_with)


_NO_DIGESTS = Digests(video="0" * 64, plan="0" * 64)


async def _cut(
    plan: Plan,
    opened: Opened,
    options: RenderOptions,
    teller: Teller,
    *,
    slots: int,
    opening: float,
    recall: Callable[[str], tuple[FrameRange, ...] | None],
) -> Plan:
    """The plan in chunks: as it was cut before where that is known and nothing else is asked for, else by cost."""
    frames = opened.timing.range
    asked = {"chunks": options.chunks, "chunk_frames": options.chunk_frames}
    curve = CostCurve.flat(usual_cost(plan))
    # One at a time takes as long however it is cut.
    if slots > 1 and may_be_cut(frames, **asked):
        measured = await measure_costs(opened, CaptureKind(plan.picture.capture))
        curve, opening = measured.curve, measured.opening
    found = cut(
        curve,
        frames,
        grid=plan.output.segment,
        chunks=options.chunks,
        chunk_frames=options.chunk_frames,
        slots=slots,
        opening=opening,
    )
    chunks = found.chunks
    before = recall(sealed(plan).digests.video)
    if before is not None and options.chunks is None and options.chunk_frames is None:
        chunks = tuple(
            Chunk(index=index, start=part.start, stop=part.stop, cost=curve.of(part))
            for index, part in enumerate(before)
        )
    teller.decide(Choice(subject="chunks", choice=len(chunks), inputs=found.inputs, reason=found.reason))
    estimate = Estimate(knots=curve.knots, opening=opening, seconds=curve.of(frames))
    return plan.model_copy(update={"chunks": chunks, "estimate": estimate})


def usual_cost(plan: Plan) -> float:
    """Seconds of one browser for a frame that moves, where nobody has measured: 30 ms for 1080p by the stream, 150 by screenshots."""
    area = plan.picture.drawn.area / (1920 * 1080)
    return (0.03 if plan.picture.capture == "stream" else 0.15) * max(0.1, area)


def _page_of(opened: Opened, options: RenderOptions) -> PagePlan:
    project, wishes = opened.house.project, opened.house.wishes
    site = project.url if isinstance(project, Site) else None
    return PagePlan(
        entry=None if isinstance(project, Site) else quote(os.fsencode(project.entry)),
        site=site,
        width=options.width,
        height=options.height,
        seed=wishes.seed,
        font_faces=wishes.font_faces,
        variables=dict(wishes.variables),
        spare_variables=wishes.spare_variables,
        written_variables=wishes.written_variables,
        subtitles=wishes.subtitles,
    )


def _picture_of(opened: Opened, options: RenderOptions, capture: CaptureKind) -> PicturePlan:
    timing = opened.timing
    return PicturePlan(
        width=opened.size.width,
        height=opened.size.height,
        scale=options.scale,
        rate=str(timing.rate),
        frames=timing.frames,
        start=timing.range.start,
        stop=timing.range.stop,
        mode=opened.mode.value,
        capture=capture.value,
        must_stream=options.capture is CaptureWish.STREAM,
        strict=options.strict,
    )


def _output_of(opened: Opened, spec: OutputSpec) -> OutputPlan:
    rate = opened.timing.rate
    check(spec, opened.drawn, rate)
    if is_packed(spec):
        encoder, pixel_format, options = spec.codec.value, "rgba" if spec.alpha else "rgb24", {}
    else:
        settings = settings_for(spec, opened.drawn, rate)
        encoder, pixel_format, options = settings.encoder, settings.pixel_format, dict(settings.options)
    return OutputPlan(
        format=spec.format,
        codec=spec.codec,
        quality=spec.quality,
        alpha=spec.alpha,
        crf=spec.crf,
        bitrate=spec.bitrate,
        encoder=encoder,
        pixel_format=pixel_format,
        options=options,
        segment=segment_of(spec, rate),
        transfer=spec.transfer,
        levels=spec.levels,
    )


def _texts_of(opened: Opened, options: RenderOptions) -> tuple[TextPlan, ...]:
    if options.subtitles_mode is not SubtitlesMode.TRACK:
        return ()
    return tuple(
        TextPlan(cues=one.subtitles.cues, language=one.file.language, label=one.file.label)
        for one in opened.subtitles
    )
