"""What becomes of each video and sound of a composition: shown and heard how long, held, cut, repeated, left out and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from framewright.model.media import MediaUse  # noqa: TC001 -- pydantic reads it at run time

if TYPE_CHECKING:
    from collections.abc import Iterable

# Shorter than a frame at 60 a second: containers tell lengths that their frames miss by less.
_NEARLY = 1 / 60


class MediaAccount(BaseModel):
    """One video or sound, for one time in which it plays. All times are seconds.

    Attributes:
        use: where it stands, and what its source holds.
        stop: when it ends on the clock of the composition.
        source_ends: when its source has come to its end before that, on the same clock: a video then holds its last
            picture, a sound is over. None: never.
        rounds: how often a loop plays what is left of its source; None: it does not come to its beginning again.
        unused: seconds of the source that are left when it ends; None: none, or nobody knows.
        missed: seconds of it that lie behind the end of the composition; 0 for one that has no end of its own.
        trimmed_away: its offset lies behind the end of its source: a video shows its last picture, a sound nothing.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    use: MediaUse
    stop: float
    source_ends: float | None = None
    rounds: float | None = None
    unused: float | None = None
    missed: float = 0.0
    trimmed_away: bool = False


def account_of(media: Iterable[MediaUse], seconds: float) -> tuple[MediaAccount, ...]:
    """An account of all of them.

    Args:
        media: in the order of the page.
        seconds: the length of the composition.
    """
    return tuple(_account(use, seconds) for use in media)


def _account(use: MediaUse, seconds: float) -> MediaAccount:
    own = seconds if use.duration is None else use.start + use.duration
    stop = max(use.start, min(own, seconds))
    account = MediaAccount(use=use, stop=stop, missed=round(max(0.0, own - seconds), 6))
    length = use.facts.seconds if use.facts else None
    if length is None or not use.plays or not (use.facts and _moves(use)):
        return account
    if use.offset >= length - 1e-9:
        return account.model_copy(update={"trimmed_away": True})
    return account.model_copy(update=_against_source(use, stop - use.start, length))


def _moves(use: MediaUse) -> bool:
    facts = use.facts
    return facts is not None and (facts.audio is not None or (facts.video is not None and facts.video.moving))


def _against_source(use: MediaUse, lasts: float, length: float) -> dict[str, float]:
    """How its length compares with what is left of its source."""
    way = use.skip + lasts * use.rate
    left = length - use.offset
    if way > left + _NEARLY * use.rate:
        if use.loop:
            return {"rounds": round(way / left, 3)}
        return {"source_ends": use.start + left / use.rate}
    return {"unused": round(left - way, 6)} if way < left - _NEARLY * use.rate else {}
