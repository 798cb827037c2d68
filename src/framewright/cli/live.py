"""One line that moves for the stage that runs, and one that stays for each stage that is done."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from framewright.cli import phrases
from framewright.cli.console import line
from framewright.cli.narration import PeopleNarrator
from framewright.model.events import ChunkState, Stage

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Self

    from rich.console import Console, RenderableType

    from framewright.model.events import ChunkTold, Progressed

_REFRESHES_A_SECOND = 8
_NAME_WIDTH = 10
# Figures of one width keep the bar from jumping.
_RATE_WIDTH = len("62 fps")
_LEFT_WIDTH = len("2 min 05 s left")
_LEAST_BAR = 8
_WIDEST_BAR = 40


class LiveNarrator(PeopleNarrator):
    """For a terminal. Decisions and warnings scroll up above the line that moves."""

    def __init__(self, console: Console, *, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(console)
        self._clock = clock
        self._stage: Stage | None = None
        self._began = 0.0
        self._progress: Progressed | None = None
        self._stopping = False
        self._running: set[tuple[int, str | None]] = set()
        self._spinner = Spinner("dots", style="cyan")
        self._live = Live(
            console=console,
            get_renderable=self.moving_line,
            refresh_per_second=_REFRESHES_A_SECOND,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the line away and give the cursor back."""
        self._live.stop()

    def stage_began(self, stage: Stage) -> None:
        """The line of the stage before stays, ticked off; a new one moves."""
        self._tick_off()
        self._stage, self._began, self._progress = stage, self._clock(), None

    def progressed(self, event: Progressed) -> None:
        """Seen at the next refresh. Before and after frames are drawn, how many there are says nothing of the stage."""
        if self._stage is Stage.RENDERING:
            self._progress = event

    def chunk_told(self, event: ChunkTold) -> None:
        """Chunks that run at a time are counted."""
        if event.state is ChunkState.RUNNING:
            self._running.add((event.start, event.worker))
        elif event.state in {ChunkState.DONE, ChunkState.FAILED}:
            self._running.discard((event.start, event.worker))

    def ended(self) -> None:
        """Tick off the last stage and stop moving."""
        self._tick_off()
        self._stage = None
        self._live.stop()
        line(self.console, "")

    def stopping(self) -> None:
        """The line says so until the render has ended."""
        self._stopping = True

    def moving_line(self) -> RenderableType:
        """The line as it stands now."""
        if self._stopping:
            return Text("  stopping; Ctrl-C again stops at once", style="yellow")
        if self._stage is None:
            return Text("")
        passed = phrases.seconds(self._clock() - self._began)
        name = Text(self._stage.value.ljust(_NAME_WIDTH))
        grid = Table.grid(padding=(0, 1))
        if self._progress is None:
            grid.add_row(self._spinner, name, Text(passed, style="dim"))
            return grid
        figures = progress_figures(self._progress, passed)
        if len(self._running) > 1:
            figures.append(f"  {len(self._running)} chunks at once", style="dim")
        # Spinner, name, figures and the spaces between them stand beside the bar; the ^C that a terminal echoes
        # must not wrap, or it would leave a torn line.
        room = self.console.width - 1 - _NAME_WIDTH - figures.cell_len - 4 - len("^C ")
        if room < _LEAST_BAR:
            grid.add_row(self._spinner, name, figures)
            return grid
        bar = ProgressBar(
            total=self._progress.total,
            completed=self._progress.frames,
            width=min(room, _WIDEST_BAR),
            complete_style="cyan",
            finished_style="green",
        )
        grid.add_row(self._spinner, name, bar, figures)
        return grid

    def _tick_off(self) -> None:
        if self._stage is None:
            return
        passed = self._clock() - self._began
        told = Text.assemble(("✓ ", "green"), self._stage.value.ljust(_NAME_WIDTH + 1))
        if self._progress is None:
            told.append(phrases.seconds(passed), style="dim")
        else:
            frames = phrases.count(self._progress.frames, "frame")
            told.append(f"{frames} in {phrases.seconds(passed)}", style="dim")
        line(self.console, told)


def progress_figures(progress: Progressed, passed: str) -> Text:
    """Frames, speed and time left; until these are known, the time that has passed."""
    total = str(progress.total)
    figures = Text(f"{str(progress.frames).rjust(len(total))}/{total}")
    if progress.rate is not None:
        figures.append(f"  {phrases.rate(progress.rate):>{_RATE_WIDTH}}", style="bold")
    left = passed if progress.seconds_left is None else f"{phrases.seconds(progress.seconds_left)} left"
    figures.append(f"  {left:<{_LEFT_WIDTH}}", style="dim")
    return figures
