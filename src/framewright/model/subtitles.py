"""Subtitles as values: cues with their times, text in runs of one style, and where a cue wants to stand."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path  # noqa: TC003 -- a field's type

from pydantic import BaseModel, ConfigDict


class SubtitlesMode(StrEnum):
    """What becomes of subtitles: drawn into the picture, or a track of text that players may show."""

    BURN = "burn"
    TRACK = "track"


@dataclass(frozen=True, slots=True)
class SubtitleFile:
    """A file of subtitles that a caller names.

    Attributes:
        language: a tag such as ``de`` or ``pt-BR``; None: nobody said, and the name of the file tells none.
        label: what players list it as; None: nothing.
    """

    path: Path
    language: str | None = None
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """How a piece of text looks.

    Attributes:
        color: a CSS colour that the file gives it; None: the usual one.
        classes: of WebVTT, outermost first.
        voice: who speaks it.
    """

    bold: bool = False
    italic: bool = False
    underline: bool = False
    color: str | None = None
    classes: tuple[str, ...] = ()
    voice: str | None = None


PLAIN = Look()


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a cue's text in one look.

    Attributes:
        text: may hold line breaks, nothing else that means anything.
        ruby: what is written above it, small.
    """

    text: str
    look: Look = PLAIN
    ruby: str | None = None


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a cue wants to stand, in the terms of WebVTT; each is left to us where it is None.

    Attributes:
        vertical: ``rl`` or ``lr``: columns, from right to left or the other way.
        line: the number of a line, counted from the bottom below 0; with ``percent`` a share of the height.
        line_align: which edge of the cue ``line`` means: ``start``, ``center``, ``end``.
        position: per cent of the width.
        position_align: which edge of the cue ``position`` means: ``line-left``, ``center``, ``line-right``.
        size: per cent of the width that the cue may fill.
        align: of its lines: ``start``, ``center``, ``end``, ``left``, ``right``.
    """

    vertical: str | None = None
    line: float | None = None
    percent: bool = False
    line_align: str = "start"
    position: float | None = None
    position_align: str | None = None
    size: float = 100.0
    align: str = "center"


@dataclass(frozen=True, slots=True)
class Cue:
    """A text with its time.

    Attributes:
        start, stop: milliseconds on the clock of the composition; shown at ``start``, no longer at ``stop``.
        name: the cue's identifier in its file, or nothing.
        placement: None: at the bottom, in the middle.
    """

    start: int
    stop: int
    runs: tuple[Run, ...]
    name: str = ""
    placement: Placement | None = None

    @property
    def text(self) -> str:
        """What is read, without any style."""
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True, slots=True)
class Style:
    """A rule of a file's own, from a STYLE block.

    Attributes:
        selector: what follows ``::cue``, between its brackets; empty: every cue.
        declarations: property and value, only such as change how text looks.
    """

    selector: str
    declarations: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Complaint:
    """Something in a file that cannot be read and is left out.

    Attributes:
        line: counted from 1.
        reason: the rest of a sentence that begins with file and line.
    """

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Subtitles:
    """What one file holds.

    Attributes:
        cues: by their start; of two with one start the first in the file comes first.
        styles: rules of its own, in their order.
        complaints: what of it is left out.
    """

    cues: tuple[Cue, ...]
    styles: tuple[Style, ...] = ()
    complaints: tuple[Complaint, ...] = ()


class SubtitleFacts(BaseModel):
    """One file of subtitles, as a render uses it.

    Attributes:
        path: as it was named.
        mode: ``burn`` or ``track``.
        language: a tag such as ``de``; None: unknown.
        cues: all that the file holds.
        shown: those that are seen in the rendered frames.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: str
    mode: SubtitlesMode
    language: str | None
    cues: int
    shown: int
