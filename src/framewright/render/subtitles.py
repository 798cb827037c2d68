"""Subtitles of a render: read, counted, and what is said of them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from framewright.media.subtitles import read_subtitles
from framewright.model.composition import Notice
from framewright.model.subtitles import SubtitleFacts, SubtitlesMode
from framewright.render.choice import Choice

if TYPE_CHECKING:
    from framewright.model.frames import FrameRange, FrameRate
    from framewright.model.subtitles import Cue, SubtitleFile, Subtitles
    from framewright.render.options import RenderOptions

_MOST_NOTICES = 20


@dataclass(frozen=True, slots=True)
class SubtitleSource:
    """A file of subtitles, read."""

    file: SubtitleFile
    subtitles: Subtitles


def read_sources(options: RenderOptions) -> tuple[SubtitleSource, ...]:
    """The files of a render, read in full. Takes seconds for hundreds of thousands of cues.

    Raises:
        UsageError: as :func:`~framewright.media.subtitles.read_subtitles`.
    """
    return tuple(SubtitleSource(file, read_subtitles(file.path)) for file in options.subtitles)


def facts_of(
    sources: tuple[SubtitleSource, ...], mode: SubtitlesMode, frames: FrameRange, rate: FrameRate
) -> tuple[SubtitleFacts, ...]:
    """What the account says of each file."""
    return tuple(
        SubtitleFacts(
            path=_told(source),
            mode=mode,
            language=source.file.language,
            cues=len(source.subtitles.cues),
            shown=sum(is_seen(cue, frames, rate) for cue in source.subtitles.cues),
        )
        for source in sources
    )


def is_seen(cue: Cue, frames: FrameRange, rate: FrameRate) -> bool:
    """Whether a cue is there at the time of any of these frames."""
    per, second = rate.value.numerator, 1000 * rate.value.denominator
    first = max(frames.start, -(-cue.start * per // second))
    return first < frames.stop and first * second < cue.stop * per


def notices_of(sources: tuple[SubtitleSource, ...], facts: tuple[SubtitleFacts, ...]) -> tuple[Notice, ...]:
    """What was left out of each file, and files of which nothing is seen."""
    found: list[Notice] = []
    for source, told in zip(sources, facts, strict=True):
        complaints = source.subtitles.complaints
        found += [
            Notice(
                code="SUBTITLES_LEFT_OUT",
                message=f"{told.path}, line {complaint.line}: {complaint.reason}; it is left out.",
            )
            for complaint in complaints[:_MOST_NOTICES]
        ]
        if len(complaints) > _MOST_NOTICES:
            more = f"{told.path}: {len(complaints) - _MOST_NOTICES} more things like these are left out."
            found.append(Notice(code="SUBTITLES_LEFT_OUT", message=more))
        if told.shown == 0:
            message = f"No subtitle of {told.path} is seen in the rendered frames: look at its times."
            found.append(Notice(code="SUBTITLES_UNSEEN", message=message))
    return tuple(found)


def choices_of(facts: tuple[SubtitleFacts, ...]) -> tuple[Choice, ...]:
    """What becomes of each file."""
    return tuple(
        Choice(
            subject="subtitles",
            choice={"path": told.path, "mode": told.mode.value, "language": told.language},
            inputs={"cues": told.cues, "shown": told.shown},
            reason=f"{told.shown} of {told.cues} cues of {told.path} "
            + (
                "are drawn into the picture."
                if told.mode is SubtitlesMode.BURN
                else "become a track of text."
            ),
        )
        for told in facts
    )


def _told(source: SubtitleSource) -> str:
    # A name that is no UTF-8 cannot stand in JSON as it is.
    return os.fsencode(source.file.path).decode("utf-8", "backslashreplace")
