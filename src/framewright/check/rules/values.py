"""Attributes whose value cannot be used: times, lengths, rates, volumes, sizes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from framewright.check.numbers import meant_seconds, number, pixels
from framewright.check.report import Severity
from framewright.check.rule import Fault, fault_in, rule
from framewright.model.errors import FramewrightError
from framewright.model.frames import FrameRate
from framewright.model.size import LARGEST_SIDE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from framewright.check.markup import Element
    from framewright.check.rule import Subject

_DURATIONS = ("data-duration", "data-composition-duration")
_OFFSETS = ("data-media-start", "data-playback-start")
_MEDIA = frozenset({"video", "audio"})
LOUDEST = 3.981
SLOWEST, FASTEST = 0.1, 5.0


def _written(subject: Subject, *names: str) -> Iterator[tuple[Element, str, str]]:
    """Where one of these attributes is written, with its value. Those that a script fills in are left out."""
    for element in subject.sources.elements():
        for name in names:
            value = element.get(name)
            if value is not None and "{{" not in value and "${" not in value:
                yield element, name, value


def _roots(subject: Subject) -> set[Element]:
    """The roots of all documents: what is wrong on the page's own forbids a render."""
    return {root for document in subject.sources.documents if (root := document.root)}


@rule(
    "START_INVALID",
    Severity.ERROR,
    about="`data-start` is below 0, or a number with a unit or a comma",
    advice="Write seconds as a plain number such as 1.5, or the id of the element after which it begins.",
)
def start_invalid(subject: Subject) -> Iterator[Fault]:
    """Ids that nobody has are told by the page, which also knows those that scripts make."""
    for element, name, value in _written(subject, "data-start"):
        seconds = number(value)
        meant = meant_seconds(value)
        if seconds is not None and seconds < 0:
            yield fault_in(element, name, f"data-start is '{value}', which is before the beginning.")
        elif seconds is None and meant is not None:
            yield fault_in(
                element, name, f"data-start is '{value}', which is no number.", advice=f"Write {meant:g}."
            )


@rule(
    "CLIP_DURATION_INVALID",
    Severity.ERROR,
    about="`data-duration` or `data-end` of a clip is no number of seconds above 0",
    advice="Write seconds above 0 as a plain number such as 2.5.",
)
def clip_duration_invalid(subject: Subject) -> Iterator[Fault]:
    """The clip would stay from its start on."""
    roots = _roots(subject)
    for element, name, value in _written(subject, *_DURATIONS):
        seconds = number(value)
        if element not in roots and (seconds is None or seconds <= 0):
            yield _no_length(element, name, value)
    for element, name, value in _written(subject, "data-end"):
        end, start = number(value), number(element.get("data-start")) or 0.0
        if element not in roots and not element.has(*_DURATIONS) and (end is None or end <= start):
            yield _no_length(element, name, value)


@rule(
    "DURATION_INVALID",
    Severity.ERROR,
    about="the root's `data-duration` is no number of seconds above 0; nothing can be rendered",
    advice="Write seconds above 0 as a plain number such as 10.",
)
def duration_invalid(subject: Subject) -> Iterator[Fault]:
    """Only of roots."""
    roots = _roots(subject)
    for element, name, value in _written(subject, *_DURATIONS):
        seconds = number(value)
        if element in roots and (seconds is None or seconds <= 0):
            yield _no_length(element, name, value)


def _no_length(element: Element, name: str, value: str) -> Fault:
    meant = meant_seconds(value)
    advice = f"Write {meant:g}." if meant else None
    return fault_in(element, name, f"{name} is '{value}', which is no length.", advice=advice)


@rule(
    "SIZE_INVALID",
    Severity.ERROR,
    about="`data-width` or `data-height` of a root is no whole number of pixels from 1 to 8192",
    advice="Write whole pixels such as 1920, at most 8192.",
)
def size_invalid(subject: Subject) -> Iterator[Fault]:
    """Hosts take any length that CSS does."""
    roots = _roots(subject)
    for element, name, value in _written(subject, "data-width", "data-height"):
        side = pixels(value)
        if element in roots and (side is None or side > LARGEST_SIDE):
            yield fault_in(element, name, f"{name} is '{value}', which is no size.")


@rule(
    "FPS_INVALID",
    Severity.ERROR,
    about="the root's `data-fps` is no frame rate",
    advice="Write a rate such as 30 or 30000/1001.",
)
def fps_invalid(subject: Subject) -> Iterator[Fault]:
    """Read by the same words as --fps."""
    roots = _roots(subject)
    for element, name, value in _written(subject, "data-fps"):
        if element not in roots:
            continue
        try:
            FrameRate.parse(value)
        except FramewrightError:
            yield fault_in(element, name, f"data-fps is '{value}', which is no frame rate.")


@rule(
    "RATE_INVALID",
    Severity.WARNING,
    about="`data-playback-rate` is no number from 0.1 to 5",
    advice="Write a number from 0.1 to 5: others are moved to the nearer end.",
)
def rate_invalid(subject: Subject) -> Iterator[Fault]:
    """As the runtime clamps it."""
    for element, name, value in _written(subject, "data-playback-rate"):
        rate = number(value)
        if rate is None or not SLOWEST <= rate <= FASTEST:
            yield fault_in(element, name, f"data-playback-rate is '{value}', which is out of range.")


@rule(
    "VOLUME_INVALID",
    Severity.WARNING,
    about="`data-volume` is no gain from 0 to 3.981 (+12 dB)",
    advice="Write a gain from 0 to 3.981, where 1 is as loud as the source.",
)
def volume_invalid(subject: Subject) -> Iterator[Fault]:
    """Of video and audio."""
    for element, name, value in _written(subject, "data-volume"):
        volume = number(value)
        if element.tag in _MEDIA and (volume is None or not 0 <= volume <= LOUDEST):
            yield fault_in(element, name, f"data-volume is '{value}', which is out of range.")


@rule(
    "MEDIA_START_INVALID",
    Severity.WARNING,
    about="`data-media-start` or `data-playback-start` is no number of seconds from 0",
    advice="Write the seconds to leave out at the beginning of the source, as a plain number.",
)
def media_start_invalid(subject: Subject) -> Iterator[Fault]:
    """Taken for 0."""
    for element, name, value in _written(subject, *_OFFSETS):
        seconds = number(value)
        if seconds is None or seconds < 0:
            yield fault_in(element, name, f"{name} is '{value}', which is no time in the source.")


@rule(
    "TRACK_INVALID",
    Severity.WARNING,
    about="`data-track-index` is no whole number",
    advice="Write a whole number such as 0; it is a lane for people and changes no picture.",
)
def track_invalid(subject: Subject) -> Iterator[Fault]:
    """Below 0 is fine."""
    for element, name, value in _written(subject, "data-track-index"):
        track = number(value)
        if track is None or track != int(track):
            yield fault_in(element, name, f"data-track-index is '{value}', which is no lane.")


@rule(
    "FLAG_INVALID",
    Severity.WARNING,
    about="`data-has-audio` is neither `true` nor `false`",
    advice="Write true or false.",
)
def flag_invalid(subject: Subject) -> Iterator[Fault]:
    """An attribute without a value counts as true."""
    for element, name, value in _written(subject, "data-has-audio"):
        if value.strip().lower() not in {"", "true", "false"}:
            yield fault_in(element, name, f"{name} is '{value}', which is neither yes nor no.")


RULES = (
    start_invalid, clip_duration_invalid, duration_invalid, size_invalid, fps_invalid, rate_invalid, volume_invalid,
    media_start_invalid, track_invalid, flag_invalid,
)  # fmt: skip
