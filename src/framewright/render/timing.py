"""How many frames, how fast, how large: what the page declares, then what the caller wishes, then the usual."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from framewright.model.composition import DurationSource, Notice
from framewright.model.errors import CompositionError, UsageError
from framewright.model.frames import FrameRange, FrameRate
from framewright.model.size import Size
from framewright.render.choice import Choice

if TYPE_CHECKING:
    from framewright.model.composition import Description
    from framewright.render.options import RenderOptions

USUAL_RATE = 30
USUAL_SIZE = (1920, 1080)
# A page that states its length is believed. A length found in its animations is a guess, and a wish beats it.
_STATED = {DurationSource.DECLARED, DurationSource.PAGE}


@dataclass(frozen=True, slots=True)
class Timing:
    """The frames of a render.

    Attributes:
        seconds: the length of the whole composition, as declared, wished or found.
        frames: how many that makes.
        range: those that are rendered.
        choices: how ``rate`` and ``seconds`` came about.
        notices: wishes that were not followed.
    """

    rate: FrameRate
    seconds: float
    source: DurationSource
    frames: int
    range: FrameRange
    choices: tuple[Choice, ...]
    notices: tuple[Notice, ...]


def choose_timing(page: Description, options: RenderOptions) -> Timing:
    """Settle rate, length and range.

    ``--fps`` beats ``data-fps``, which beats 30. A length that the page declares beats ``--duration``, and the
    notice ``OPTION_IGNORED`` says so; ``--duration`` beats a length that was only found in animations or clips.

    Raises:
        CompositionError: ``DURATION_MISSING`` when nobody gives a length; ``DURATION_INVALID``; ``FPS_INVALID`` when
            the page's ``data-fps`` is none.
        UsageError: ``FRAMES_INVALID`` when the wished range holds no frame.
    """
    rate, rate_choice = _rate(page, options)
    seconds, source, notices = _length(page, options)
    frames = rate.frames_in(seconds)
    length_choice = Choice(
        subject="duration",
        choice=seconds,
        inputs={
            "page": page.duration,
            "page_source": page.duration_source,
            "wished": options.duration,
            "frames": frames,
        },
        reason=f"{frames} frames: the length of {seconds:g} s comes from {_SPOKEN_SOURCE[source]}.",
    )
    return Timing(
        rate=rate,
        seconds=seconds,
        source=source,
        frames=frames,
        range=FrameRange(0, frames).clamp(options.start_frame, options.end_frame),
        choices=(rate_choice, length_choice),
        notices=notices,
    )


_SPOKEN_SOURCE = {
    DurationSource.DECLARED: "data-duration",
    DurationSource.TIMELINE: "the registered timeline",
    DurationSource.ANIMATIONS: "the page's animations",
    DurationSource.CLIPS: "the page's clips",
    DurationSource.PAGE: "the page's script",
    DurationSource.OPTION: "--duration",
}


def _rate(page: Description, options: RenderOptions) -> tuple[FrameRate, Choice]:
    if options.fps is not None:
        rate, reason = options.fps, "asked for by --fps"
    elif page.fps is not None:
        rate, reason = _declared_rate(page.fps), "the page declares it"
    else:
        rate, reason = FrameRate.parse(USUAL_RATE), "the usual rate; the page declares none"
    inputs = {"wished": None if options.fps is None else str(options.fps), "page": page.fps}
    return rate, Choice(
        subject="fps", choice=str(rate), inputs=dict(inputs), reason=f"{rate} frames a second: {reason}."
    )


def _declared_rate(written: str) -> FrameRate:
    try:
        return FrameRate.parse(written)
    except UsageError as error:
        raise CompositionError(
            f"The frame rate that the page declares cannot be used: {error.message}", code="FPS_INVALID"
        ) from error


def _length(page: Description, options: RenderOptions) -> tuple[float, DurationSource, tuple[Notice, ...]]:
    if page.duration is not None and page.duration_source in _STATED:
        assert page.duration_source is not None
        return page.duration, page.duration_source, _ignored("--duration", options.duration, page.duration)
    if options.duration is not None:
        return options.duration, DurationSource.OPTION, ()
    if page.duration is None or page.duration_source is None:
        raise CompositionError(
            "Nothing in the page says how long the video is: give its root a data-duration, or use --duration.",
            code="DURATION_MISSING",
        )
    return page.duration, page.duration_source, ()


def choose_size(page: Description, options: RenderOptions) -> tuple[Size, Choice, tuple[Notice, ...]]:
    """The page's size in CSS pixels: as it declares, else as wished, else 1920×1080.

    Raises:
        CompositionError: ``SIZE_INVALID`` for a size that cannot be rendered, also once it is scaled.
    """
    declared = page.width is not None and page.height is not None
    if declared:
        assert page.width is not None
        assert page.height is not None
        size = Size(page.width, page.height)
        notices = _ignored("--width", options.width, size.width) + _ignored(
            "--height", options.height, size.height
        )
        reason = "the page declares it"
    else:
        size = Size(
            page.width or options.width or USUAL_SIZE[0],
            page.height or options.height or USUAL_SIZE[1],
        )
        notices = ()
        asked = options.width is not None or options.height is not None
        reason = "asked for; the page declares none" if asked else "the usual size; the page declares none"
    drawn = size.scaled(options.scale)
    choice = Choice(
        subject="size",
        choice={"width": drawn.width, "height": drawn.height},
        inputs={
            "page_width": page.width,
            "page_height": page.height,
            "wished_width": options.width,
            "wished_height": options.height,
            "scale": options.scale,
        },
        reason=f"{drawn} pixels: {reason}.",
    )
    return size, choice, notices


def _ignored(option: str, wished: float | None, declared: float) -> tuple[Notice, ...]:
    if wished is None or wished == declared:
        return ()
    return (
        Notice(
            code="OPTION_IGNORED",
            message=f"{option} {wished:g} is not followed, since the page declares {declared:g}.",
        ),
    )
