"""Video and audio that will be silent, that nobody plays, or that ask for what is not done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from framewright.check.numbers import number
from framewright.check.report import Severity
from framewright.check.rule import Fault, fault_in, rule
from framewright.composition.sounds.automation import read_automation
from framewright.composition.sounds.effects import named, read_chain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from framewright.check.markup import Element
    from framewright.check.rule import Subject

MEDIA = frozenset({"video", "audio"})


@rule(
    "MEDIA_SILENT",
    Severity.WARNING,
    about="sound that was asked for and is muted or at volume 0: `data-has-audio` on a muted video, a muted audio",
    advice="Take muted away, or raise data-volume; where silence is meant, take the element or data-has-audio away.",
)
def media_silent(subject: Subject) -> Iterator[Fault]:
    """A volume that is automated may rise."""
    for element in subject.sources.elements():
        asked = element.tag == "audio" or (element.tag == "video" and _is_true(element.get("data-has-audio")))
        if not asked or element.has("data-automation"):
            continue
        if element.has("muted"):
            yield fault_in(element, "muted", "It is muted, and will not be heard.")
        elif element.has("data-volume") and number(element.get("data-volume")) == 0:
            yield fault_in(element, "data-volume", "Its volume is 0: it will not be heard.")


@rule(
    "MEDIA_AUTOPLAY",
    Severity.INFO,
    about="a video or audio with `autoplay` and without `data-start`, which plays from the beginning of the page on",
    advice='Give it a data-start, such as data-start="0", where it shall be cut, trimmed or shown for a time.',
)
def media_autoplay(subject: Subject) -> Iterator[Fault]:
    """With a data-start it does no harm."""
    for element in subject.sources.elements():
        if element.tag in MEDIA and element.has("autoplay") and not element.has("data-start"):
            yield fault_in(element, "autoplay", "It plays from the beginning on.")


@rule(
    "AUTOMATION_INVALID",
    Severity.WARNING,
    about="`data-automation` that cannot be read, or points of a lane that cannot be used",
    advice='Write {"version": 1, "lanes": [{"target": "volume", "points": [{"t": 0, "v": 1}]}]}.',
)
def automation_invalid(subject: Subject) -> Iterator[Fault]:
    """As it is read for the mix."""
    for element, written in _heard(subject, "data-automation"):
        for problem in read_automation(written).problems:
            yield fault_in(element, "data-automation", f"data-automation {problem}.")


@rule(
    "AUTOMATION_UNSUPPORTED",
    Severity.WARNING,
    about="a lane of `data-automation` over something else than the volume or a `gain` effect",
    advice="Automate the volume, or write the effect into the file.",
)
def automation_unsupported(subject: Subject) -> Iterator[Fault]:
    """Parameters of effects, which are not applied."""
    for element, written in _heard(subject, "data-automation"):
        moved = read_chain(element.get("data-fx-chain") or "{}").targets
        others = tuple(target for target in read_automation(written).effects if target not in moved)
        if others:
            yield fault_in(
                element, "data-automation", f"data-automation moves {named(others)}, which is not done."
            )


@rule(
    "EFFECT_UNSUPPORTED",
    Severity.WARNING,
    about="effects of `data-fx-chain` other than `gain`, which are not applied",
    advice="Write the effect into the file, or take it away.",
)
def effect_unsupported(subject: Subject) -> Iterator[Fault]:
    """Those that are switched off do not matter."""
    for element, written in _heard(subject, "data-fx-chain"):
        asked = read_chain(written).others
        if asked:
            yield fault_in(
                element, "data-fx-chain", f"data-fx-chain asks for {named(asked)}, which is not applied."
            )


@rule(
    "FADE_INVALID",
    Severity.WARNING,
    about="`data-fade-in` or `data-fade-out` (also of Helios) is no number of seconds from 0",
    advice="Write seconds as a plain number such as 0.5.",
)
def fade_invalid(subject: Subject) -> Iterator[Fault]:
    """Of video and audio."""
    for name in ("data-fade-in", "data-fade-out", "data-helios-fade-in", "data-helios-fade-out"):
        for element, written in _heard(subject, name):
            seconds = number(written)
            if element.tag in MEDIA and (seconds is None or seconds < 0):
                yield fault_in(element, name, f"{name} is '{written}', which lasts no time.")


@rule(
    "PAN_INVALID",
    Severity.WARNING,
    about="`data-pan` is no number from -1 (left) to 1 (right)",
    advice="Write a number from -1 to 1; 0 is the middle.",
)
def pan_invalid(subject: Subject) -> Iterator[Fault]:
    """Of video and audio."""
    for element, written in _heard(subject, "data-pan"):
        side = number(written)
        if element.tag in MEDIA and (side is None or not -1 <= side <= 1):
            yield fault_in(element, "data-pan", f"data-pan is '{written}', which is out of range.")


def _heard(subject: Subject, name: str) -> Iterator[tuple[Element, str]]:
    """Where this attribute is written, with its value. Those that a script fills in are left out."""
    for element in subject.sources.elements():
        written = element.get(name)
        if written and written.strip() and "{{" not in written and "${" not in written:
            yield element, written


def _is_true(written: str | None) -> bool:
    return written is not None and written.strip().lower() in {"", "true"}


RULES = (
    media_silent, media_autoplay, automation_invalid, automation_unsupported, effect_unsupported, fade_invalid, pan_invalid,
)  # fmt: skip
