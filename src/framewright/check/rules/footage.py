"""What becomes of the sources of videos and sounds: ended before their clip, trimmed away, never played."""

from __future__ import annotations

from typing import TYPE_CHECKING

from framewright.check.places import place_of_element
from framewright.check.report import Severity
from framewright.check.rule import Fault, rule
from framewright.model.sound import Unheard
from framewright.render.media_account import account_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from framewright.check.rule import Subject
    from framewright.render.media_account import MediaAccount


@rule(
    "MEDIA_TRIMMED_AWAY",
    Severity.WARNING,
    about="a trim that begins behind the end of its source: a video shows its last picture, an audio nothing",
    advice="Begin earlier in the source, or take another one.",
)
def media_trimmed_away(subject: Subject) -> Iterator[Fault]:
    """As the source itself says how long it is."""
    for account in _accounts(subject):
        facts = account.use.facts
        if account.trimmed_away and facts and facts.seconds is not None:
            message = f"It begins at {account.use.offset:g} s of a source of {round(facts.seconds, 3):g} s."
            yield _fault(subject, account, message, "data-media-start")


@rule(
    "MEDIA_ENDS_EARLY",
    Severity.INFO,
    about="a clip that lasts longer than its source, without `loop`: a video holds its last picture, an audio is silent",
    advice="Make the clip as long as its source, give it loop, or leave it, if that is meant.",
)
def media_ends_early(subject: Subject) -> Iterator[Fault]:
    """Only where a length is written: without one a clip ends with its source."""
    for account in _accounts(subject):
        if account.source_ends is None or not account.use.seen or account.use.duration is None:
            continue
        does = "holds its last picture" if account.use.kind == "video" else "is silent"
        message = f"Its source ends at {round(account.source_ends, 3):g} s, and it {does} until {round(account.stop, 3):g} s."
        yield _fault(subject, account, message, "data-duration")


@rule(
    "AUDIO_NEVER_PLAYED",
    Severity.WARNING,
    about="an audio without `data-start` and `autoplay` that nobody plays; not told where scripts run, which may",
    advice='Give it a data-start, such as data-start="0".',
)
def audio_never_played(subject: Subject) -> Iterator[Fault]:
    """Videos show their first picture."""
    if subject.page is None or subject.page.description.scripted:
        return
    for account in _accounts(subject):
        if account.use.kind == "audio" and account.use.unheard is Unheard.UNPLAYED:
            yield _fault(subject, account, "Nobody plays it: it will not be heard.", "src")


def _accounts(subject: Subject) -> tuple[MediaAccount, ...]:
    page = subject.page
    return account_of(page.description.media, page.seconds) if page else ()


def _fault(subject: Subject, account: MediaAccount, message: str, attribute: str) -> Fault:
    element = account.use.element
    return Fault(message, place_of_element(subject.sources, element, attribute), element)


RULES = (media_trimmed_away, media_ends_early, audio_never_played)
