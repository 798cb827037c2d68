"""What a job's page shows, folded from what was told of it: a value, so that every desk shows the same of the same story."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict

from framewright.model.composition import Notice  # noqa: TC001 -- pydantic reads it at run time
from framewright.model.events import (
    ChunkTold,
    Decided,
    FellBack,
    Progressed,
    SoundTold,
    Stage,
    StageBegan,
    Warned,
)
from framewright.model.job import (
    CancelledTold,
    Done,
    Failed,
    JobChunk,
    JobPlan,
    JobProgress,
    Planned,
    Queued,
    Started,
)
from framewright.service.jobs import strip
from framewright.service.jobs.bounds import bounds_of
from framewright.service.jobs.log_lines import MOST_LINES, line_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from framewright.model.job import Job, JobEvent, JobLine, Told

MOST_TOLD = 200
"""Decisions, warnings and fallbacks that are shown, of each the first ones."""

_Told = TypeVar("_Told")


class Board(BaseModel):
    """The changing part of a job. Each attempt begins a new one, but for the log.

    Attributes:
        began: when the job last began to run; None before. All times of chunks count from there.
        position: see :class:`~framewright.model.job.Job`, and so all the others.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    began: AwareDatetime | None = None
    position: int | None = None
    progress: JobProgress = JobProgress()
    plan: JobPlan | None = None
    decisions: tuple[Decided, ...] = ()
    chunks: tuple[JobChunk, ...] = ()
    sound: float | None = None
    warnings: tuple[Notice, ...] = ()
    fallbacks: tuple[FellBack, ...] = ()
    log: tuple[str, ...] = ()

    def after(self, event: JobEvent, at: datetime) -> Board:
        """The board once this was told, too."""
        begun = Board(began=at, log=self.log) if isinstance(event, Started) else self
        seconds = 0.0 if begun.began is None else max(0.0, (at - begun.began).total_seconds())
        changes = _changes(begun, event, seconds)
        line = line_of(event, seconds)
        if line is not None and not _goes_on(begun, event):
            changes["log"] = (*begun.log, line)[-MOST_LINES:]
        return begun.model_copy(update=changes)

    def after_all(self, story: Iterable[Told]) -> Board:
        """The board once all of this was told."""
        board = self
        for one in story:
            board = board.after(one.told, one.at)
        return board

    def shown(self, job: Job) -> Job:
        """The job with what is on the board."""
        names = set(Board.model_fields) - {"began"}
        return job.model_copy(update={name: getattr(self, name) for name in names})

    def shown_in_line(self, line: JobLine) -> JobLine:
        """The line of a list with what is on the board."""
        return line.model_copy(update={"progress": self.progress, "position": self.position})


def _changes(board: Board, event: JobEvent, seconds: float) -> dict[str, object]:
    match event:
        case Queued(position=position):
            return {"position": position}
        case Planned(plan=plan):
            return {"plan": plan, **_progress(board, total=board.progress.total or plan.frames)}
        case StageBegan(stage=stage):
            return _progress(board, stage=stage)
        case Decided():
            bounds = () if board.chunks else bounds_of(event)
            chunks = strip.cut(bounds, seconds) if bounds else board.chunks
            return {"decisions": _added(board.decisions, event), "chunks": chunks}
        case Progressed():
            return _progress(
                board,
                frames=max(event.frames, board.progress.frames),
                total=event.total or board.progress.total,
                rate=event.rate,
                seconds_left=event.seconds_left,
                fraction=max(event.fraction, board.progress.fraction),
            )
        case ChunkTold():
            return {"chunks": strip.told(board.chunks, event, seconds)}
        case SoundTold(fraction=fraction):
            return {"sound": max(board.sound or 0.0, fraction)}
        case Warned(notice=notice):
            return {"warnings": _added(board.warnings, notice)}
        case FellBack(code=code):
            # Whoever comes in the place of a runner begins its chunks anew.
            alone = code.startswith("RUNNER_")
            chunks = strip.left(board.chunks) if alone else board.chunks
            return {"fallbacks": _added(board.fallbacks, event), "chunks": chunks}
        case Done(report=report):
            whole = {"frames": report.frames, "total": report.frames, "seconds_left": 0.0, "fraction": 1.0}
            return {"position": None, **_progress(board, stage=Stage.FINISHING, **whole)}
        case Failed() | CancelledTold():
            over = _progress(board, rate=None, seconds_left=None)
            return {"position": None, "chunks": strip.left(board.chunks), **over}
        case _:
            return {}


def _goes_on(board: Board, event: JobEvent) -> bool:
    """Whether a chunk only lives: while its browsers open, that is told every second."""
    return isinstance(event, ChunkTold) and any(
        (one.state, one.start, one.stop, one.worker, one.attempt)
        == (event.state.value, event.start, event.stop, event.worker, event.attempt)
        for one in board.chunks
    )


def _progress(board: Board, **changes: object) -> dict[str, object]:
    return {"progress": board.progress.model_copy(update=changes)}


def _added(all_of: tuple[_Told, ...], one: _Told) -> tuple[_Told, ...]:
    return all_of if len(all_of) >= MOST_TOLD or one in all_of else (*all_of, one)
