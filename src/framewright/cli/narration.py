"""Who listens to a render: nobody, machines, or people, for whom the live and the plain narrator add to these."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from rich.text import Text

from framewright.cli import phrases
from framewright.cli.account import tell_account
from framewright.cli.console import hanging, rows
from framewright.model.events import (
    ChunkState,
    ChunkTold,
    Decided,
    FellBack,
    Finished,
    Progressed,
    StageBegan,
    Warned,
)

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from rich.console import Console

    from framewright.model.composition import Notice
    from framewright.model.events import RenderEvent, Stage

# A page with a thousand broken images says so six times; the account counts the rest.
_TOLD_OF_EACH_CODE = 6


class Narrator:
    """Tells a render, event by event, between the entry and the exit of its context. This one is for --quiet."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def tell(self, event: RenderEvent) -> None:
        """Tell one event."""

    def stopping(self) -> None:
        """Say that the wish to stop has been heard."""


class JsonNarrator(Narrator):
    """For machines: one JSON object a line on stdout, at once."""

    def tell(self, event: RenderEvent) -> None:
        """Write the event.

        Raises:
            OSError: nobody reads stdout any more, or its disk is full.
        """
        sys.stdout.write(f"{event.model_dump_json()}\n")
        sys.stdout.flush()


class PeopleNarrator(Narrator):
    """What people get of decisions, warnings and the account, live or plain."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._known: set[Notice] = set()
        self._told_of_code: dict[str, int] = {}
        self._untold = 0
        self._reused = 0

    def tell(self, event: RenderEvent) -> None:
        """Print one event, or pass it to the stage's line."""
        if self._reused and not isinstance(event, Progressed | Warned):
            self._tell_reused(event)
        match event:
            case ChunkTold():
                self._chunk_told(event)
            case StageBegan():
                self.stage_began(event.stage)
            case Progressed():
                self.progressed(event)
            case Decided():
                rows(self.console, [(event.subject, phrases.clean(event.reason))], style="dim")
            case Warned():
                self._warned(event.notice)
            case FellBack():
                hanging(self.console, Text("↻", style="yellow"), Text(phrases.clean(event.message)))
            case Finished():
                self.ended()
                tell_account(self.console, event.report, untold=self._untold)

    def _chunk_told(self, event: ChunkTold) -> None:
        if event.state is ChunkState.REUSED:
            self._reused += event.frames
        elif event.state is ChunkState.FAILED:
            text = f"Frames {event.start} to {event.stop - 1} failed: {phrases.clean(event.message or '')}"
            hanging(self.console, Text("↻", style="yellow"), Text(text))
        self.chunk_told(event)

    def _tell_reused(self, event: RenderEvent) -> None:
        """One line for all pieces that were there: what comes next says that they have been counted."""
        if isinstance(event, ChunkTold) and event.state is ChunkState.REUSED:
            return
        told = f"{phrases.count(self._reused, 'frame')} of an earlier render"
        rows(self.console, [("reused", told)], style="dim")
        self._reused = 0

    def chunk_told(self, event: ChunkTold) -> None:
        """A chunk has begun, got on or ended."""

    def stage_began(self, stage: Stage) -> None:
        """A stage begins, and the one before has ended."""

    def progressed(self, event: Progressed) -> None:
        """Frames are done."""

    def ended(self) -> None:
        """The last stage has ended well."""

    def _warned(self, notice: Notice) -> None:
        if notice in self._known:
            return
        self._known.add(notice)
        told = self._told_of_code.get(notice.code, 0)
        if told >= _TOLD_OF_EACH_CODE:
            self._untold += 1
            return
        self._told_of_code[notice.code] = told + 1
        text = Text()
        if notice.element:
            text.append(f"{phrases.clean(notice.element)}: ", style="bold")
        text.append(phrases.clean(notice.message))
        text.append(f" ({notice.code})", style="dim")
        hanging(self.console, Text("!", style="bold yellow"), text)
