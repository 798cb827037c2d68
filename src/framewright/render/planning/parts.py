"""The parts of a plan, each from what the page was found to be and what the caller wishes."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from urllib.parse import quote

from framewright.composition import Site
from framewright.media.codec_settings import check, settings_for
from framewright.media.pieces import is_packed, segment_of
from framewright.model.plan import OutputPlan, PagePlan, PicturePlan, TextPlan
from framewright.model.subtitles import SubtitlesMode
from framewright.render.options import CaptureWish

if TYPE_CHECKING:
    from framewright.capture import CaptureKind
    from framewright.model.output import OutputSpec
    from framewright.render.opening import Opened
    from framewright.render.options import RenderOptions


def page_of(opened: Opened, options: RenderOptions) -> PagePlan:
    """The page, and what it is told."""
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


def picture_of(opened: Opened, options: RenderOptions, capture: CaptureKind) -> PicturePlan:
    """How pictures are made."""
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


def output_of(opened: Opened, spec: OutputSpec) -> OutputPlan:
    """How pictures are written.

    Raises:
        UsageError: ``SIZE_UNSUPPORTED``, ``FPS_UNSUPPORTED``.
    """
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


def texts_of(opened: Opened, options: RenderOptions) -> tuple[TextPlan, ...]:
    """The tracks of text."""
    if options.subtitles_mode is not SubtitlesMode.TRACK:
        return ()
    return tuple(
        TextPlan(cues=one.subtitles.cues, language=one.file.language, label=one.file.label)
        for one in opened.subtitles
    )
