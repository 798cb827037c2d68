"""When clips show: outside of the composition, over each other, or always where a window was meant."""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from typing import TYPE_CHECKING

from framewright.check.places import place_of_element
from framewright.check.report import Severity
from framewright.check.rule import Fault, fault_in, rule
from framewright.model.composition import ClipKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from framewright.check.report import Place
    from framewright.check.rule import Subject
    from framewright.model.composition import Clip

# A frame at 60 fps: clips that abut within it are not said to overlap, nor to stick out.
_NEARLY = 1 / 60


@rule(
    "DURATION_WITHOUT_START",
    Severity.WARNING,
    about="an element with `data-duration` and without `data-start`: it is always shown",
    advice='Give it a data-start, such as data-start="0", or take its data-duration away.',
)
def duration_without_start(subject: Subject) -> Iterator[Fault]:
    """Not where the page's own scripts speak of it: the attribute is then theirs."""
    found = [
        element
        for element in subject.sources.elements()
        if element.has("data-duration")
        and not element.has("data-start", "data-composition-id", "data-composition-src", "data-root")
        and not any(one.tag == "svg" for one in element.above())
    ]
    if not found or subject.sources.mentions("data-duration") or subject.sources.mentions("dataset.duration"):
        return
    for element in found:
        yield fault_in(element, "data-duration", "It has a data-duration and no data-start.")


@rule(
    "CLIP_NEVER_SEEN",
    Severity.WARNING,
    about="a clip that begins when the composition has ended",
    advice="Let it begin earlier, or make the composition longer.",
)
def clip_never_seen(subject: Subject) -> Iterator[Fault]:
    """Hidden ones are meant to be."""
    for clip, end in _clips(subject):
        if clip.start >= end - 1e-6:
            message = f"It begins at {clip.start:g} s, and the composition ends at {end:g} s."
            yield Fault(message, _place(subject, clip), clip.element)


@rule(
    "CLIP_CUT",
    Severity.INFO,
    about="a clip that would last longer than the composition",
    advice="Make it shorter, or the composition longer, unless the cut is meant.",
)
def clip_cut(subject: Subject) -> Iterator[Fault]:
    """By more than a frame."""
    for clip, end in _clips(subject):
        stop = clip.start + (clip.duration or 0.0)
        if clip.start < end and stop > end + _NEARLY:
            message = f"It ends at {round(stop, 3):g} s, and the composition at {end:g} s."
            yield Fault(message, _place(subject, clip), clip.element)


@rule(
    "TRACK_OVERLAP",
    Severity.INFO,
    about="two clips of one `data-track-index` that show at the same time",
    advice="Give one of them another data-track-index; it is a lane for people, and changes no picture.",
)
def track_overlap(subject: Subject) -> Iterator[Fault]:
    """Sound may lie over pictures."""
    lanes: dict[tuple[int, bool], list[Clip]] = defaultdict(list)
    for clip, _ in _clips(subject):
        if clip.track is not None:
            lanes[clip.track, clip.kind is ClipKind.AUDIO].append(clip)
    for (track, _), clips in lanes.items():
        clips.sort(key=lambda clip: clip.start)
        for before, after in itertools.pairwise(clips):
            stop = math.inf if before.duration is None else before.start + before.duration
            if after.start < stop - _NEARLY:
                message = (
                    f"On track {track} it begins at {after.start:g} s, before {before.element} has ended."
                )
                yield Fault(message, _place(subject, after), after.element)


def _clips(subject: Subject) -> Iterator[tuple[Clip, float]]:
    if subject.page is not None:
        for clip in subject.page.description.clips:
            if not clip.hidden:
                yield clip, subject.page.seconds


def _place(subject: Subject, clip: Clip) -> Place | None:
    return place_of_element(subject.sources, clip.element, "data-start")


RULES = (duration_without_start, clip_never_seen, clip_cut, track_overlap)
