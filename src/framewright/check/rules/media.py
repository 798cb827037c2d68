"""Video and audio that will be silent, or that follow nobody's clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from framewright.check.numbers import number
from framewright.check.report import Severity
from framewright.check.rule import Fault, fault_in, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from framewright.check.rule import Subject


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
    Severity.WARNING,
    about="a video or audio with `autoplay` and without `data-start`",
    advice='Give it a data-start, such as data-start="0", and take autoplay away: media follow the clock of the render.',
)
def media_autoplay(subject: Subject) -> Iterator[Fault]:
    """With a data-start it does no harm."""
    for element in subject.sources.elements():
        if element.tag in {"video", "audio"} and element.has("autoplay") and not element.has("data-start"):
            yield fault_in(
                element, "autoplay", "It plays by itself, and belongs to no time of the composition."
            )


def _is_true(written: str | None) -> bool:
    return written is not None and written.strip().lower() in {"", "true"}


RULES = (media_silent, media_autoplay)
