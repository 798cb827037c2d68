"""Who listens to a batch: nobody, machines, or people, for whom one line a row is enough."""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING

from rich.live import Live
from rich.text import Text

from framewright.cli import phrases
from framewright.cli.console import hanging, line, rows
from framewright.model.batch import BatchFinished, RowBegan, RowFailed, RowTold
from framewright.model.events import Decided, Finished, Progressed, Warned

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Self

    from rich.console import Console

    from framewright.model.batch import BatchEvent, BatchReport
    from framewright.model.composition import Notice
    from framewright.model.report import RenderReport

# A page warns of the same in every row, and a thousand rows of a thousand things.
_MOST_WARNINGS = 20
_REFRESHES_A_SECOND = 8


class BatchNarrator:
    """Tells a batch, event by event, between the entry and the exit of its context. This one is for --quiet.

    Attributes:
        under_way: rows that are being rendered, and their outputs.
    """

    def __init__(self) -> None:
        self.under_way: dict[int, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def tell(self, event: BatchEvent) -> None:
        """Tell one event."""
        match event:
            case RowBegan():
                self.under_way[event.row] = event.output
            case RowTold(told=Finished()):
                self.under_way.pop(event.row, None)
            case RowFailed():
                self.under_way.pop(event.row, None)
        self.say(event)

    def say(self, event: BatchEvent) -> None:
        """What there is to be said of it."""

    def stopping(self) -> None:
        """Say that the wish to stop has been heard."""

    def cancelled(self) -> None:
        """Say what is finished."""


class JsonBatchNarrator(BatchNarrator):
    """For machines: one JSON object a line on stdout; what a row tells carries its number as ``row``."""

    def say(self, event: BatchEvent) -> None:
        """Write the event.

        Raises:
            OSError: nobody reads stdout any more, or its disk is full.
        """
        found = event.model_dump(mode="json")
        if isinstance(event, RowTold):
            found = {"row": event.row, **event.told.model_dump(mode="json")}
        sys.stdout.write(f"{json.dumps(found, separators=(',', ':'))}\n")
        sys.stdout.flush()


class PeopleBatchNarrator(BatchNarrator):
    """One line a finished or failed row, each warning once, and on a terminal a line that moves."""

    def __init__(self, console: Console, *, live: bool, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self.console = console
        self._clock = clock
        self._began = clock()
        self._total = 0
        self._done = 0
        self._failed = 0
        self._frames: dict[int, int] = {}
        self._stopping = False
        self._warned: set[Notice] = set()
        self._live = (
            Live(
                console=console,
                get_renderable=self.moving_line,
                refresh_per_second=_REFRESHES_A_SECOND,
                transient=True,
                redirect_stdout=False,
                redirect_stderr=False,
            )
            if live
            else None
        )

    def __enter__(self) -> Self:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the line away and give the cursor back."""
        if self._live is not None:
            self._live.stop()

    def say(self, event: BatchEvent) -> None:
        """Print what stays."""
        match event:
            case Decided():
                self._total = int(str(event.inputs["rows"]))
                rows(self.console, [(event.subject, phrases.clean(event.reason))], style="dim")
            case RowTold(told=Progressed() as progress):
                self._frames[event.row] = progress.frames
            case RowTold(told=Warned(notice=notice)):
                self._warn(event.row, notice)
            case RowTold(told=Finished(report=report)):
                self._done += 1
                self._finished(event.row, report)
            case RowFailed():
                self._failed += 1
                told = Text(f"row {event.row}: {phrases.clean(event.failure.message)}")
                hanging(self.console, Text("✗", style="bold red"), told)
            case BatchFinished():
                self.__exit__(None, None, None)
                self._account(event.report)

    def stopping(self) -> None:
        """The line says so; without one, a line of its own does."""
        self._stopping = True
        if self._live is None:
            line(self.console, "stopping")

    def cancelled(self) -> None:
        """One line."""
        self.__exit__(None, None, None)
        line(
            self.console,
            f"{self._done} of {phrases.count(self._total, 'row')} finished, and left as they are",
        )

    def moving_line(self) -> Text:
        """The line as it stands now."""
        if self._stopping:
            return Text("  stopping; Ctrl-C again stops at once", style="yellow")
        failed = f", {self._failed} failed" if self._failed else ""
        told = Text(f"  {self._done + self._failed} of {phrases.count(self._total, 'row')}{failed}")
        frames = phrases.count(sum(self._frames.values()), "frame")
        told.append(f"  {frames}, {phrases.seconds(self._clock() - self._began)}", style="dim")
        return told

    def _finished(self, row: int, report: RenderReport) -> None:
        self._frames[row] = report.frames
        told = Text.assemble(
            (phrases.clean(report.output.path), "bold"),
            (f"  row {row}, {phrases.count(report.frames, 'frame')} in {phrases.seconds(report.seconds)}", "dim"),
        )  # fmt: skip
        hanging(self.console, Text("✓", style="bold green"), told)

    def _warn(self, row: int, notice: Notice) -> None:
        if notice in self._warned or len(self._warned) >= _MOST_WARNINGS:
            return
        self._warned.add(notice)
        where = f"{phrases.clean(notice.element)}: " if notice.element else ""
        told = Text.assemble(
            (f"row {row}: ", "dim"), (where, "bold"), phrases.clean(notice.message), (f" ({notice.code})", "dim")
        )  # fmt: skip
        hanging(self.console, Text("!", style="bold yellow"), told)

    def _account(self, report: BatchReport) -> None:
        done = len(report.rows) - len(report.failed)
        frames = sum(row.report.frames for row in report.rows if row.report is not None)
        found = [
            ("rows", f"{done} of {len(report.rows)} finished"),
            ("took", f"{phrases.seconds(report.seconds)}, {phrases.count(frames, 'frame')}"),
            ("browsers", f"{report.browsers} started, {report.side_by_side} rows at a time"),
        ]
        if report.failed:
            numbers = ", ".join(str(row.row) for row in report.failed[:_MOST_WARNINGS])
            more = len(report.failed) - _MOST_WARNINGS
            found.append(("failed", f"row {numbers}{f' and {more} more' if more > 0 else ''}"))
        line(self.console, "")
        rows(self.console, found)
