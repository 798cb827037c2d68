"""Who renders what when: events in, instructions out. The same events always give the same instructions."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from framewright.schedule.board import Board
from framewright.schedule.events import (
    CancelRequested,
    ChunkDone,
    ChunkFailed,
    Failure,
    NotShrunk,
    Progress,
    Shrunk,
    SlotFree,
    SlotGone,
    Tick,
)
from framewright.schedule.forecast import Forecast
from framewright.schedule.instructions import Assemble, Fail, Split
from framewright.schedule.splitting import tail_start
from framewright.schedule.states import Run, Slot, pause_after, pieces_left

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from framewright.model.frames import FrameRange
    from framewright.model.plan import Chunk
    from framewright.schedule.costs import CostCurve
    from framewright.schedule.events import SchedulerEvent
    from framewright.schedule.instructions import Instruction

RETRIES = 5
"""Of one piece, parts that were split off included: then its last failure is that of the render."""
LEAST_PATIENCE = 20.0
"""Seconds of silence after which a run may get a twin; more where its frames are dear."""
GIVEN_UP_AFTER = 15
"""Times its patience: then a silent run is taken for lost, and its worker with it until it is heard of again."""
GRACE = 30.0
"""Seconds that a run has to end in once it was told to stop."""
NOBODY = 600.0
"""Seconds in which no worker could take what waits, after which there is no hope for one."""

CANCELLED = Failure("CANCELLED", "The render was cancelled.")


class Phase(StrEnum):
    """How far a render is."""

    RUNNING = "running"
    STOPPING = "stopping"
    OVER = "over"


class Scheduler:
    """All pieces of one render, and who renders them.

    Costliest pieces first. A piece that failed is tried again after a pause, on another worker if there is one. Idle
    workers get the tails of long pieces, and twins of runs from which nothing is heard. Nothing starts before the first
    tick; splits and twins are looked for at ticks: send one each second or so.

    Args:
        chunks: of the plan, in order.
        curve: what frames cost.
        grid: tails are split off at its multiples only; 0: never.
        opening: seconds until a worker's first frame.
        run_up: seconds for each frame before the first one of a piece; 0 where the clock can be set.
        speed: seconds of cost that a worker is expected to work off in a second.
        committed: pieces that are there already, each with its chunk: all of it or parts.
        in_order: pieces start by their frames, not by their costs: a single worker has nothing to balance, and where frames
            are gone through one after the other it need not go back.
        least_patience: see :data:`LEAST_PATIENCE`.

    Raises:
        ValueError: what is committed does not fit the chunks.
    """

    def __init__(
        self,
        chunks: Sequence[Chunk],
        curve: CostCurve,
        *,
        grid: int,
        opening: float = 1.0,
        run_up: float = 0.0,
        speed: float = 1.0,
        committed: Iterable[tuple[int, FrameRange]] = (),
        in_order: bool = False,
        least_patience: float = LEAST_PATIENCE,
    ) -> None:
        self._curve = curve
        self._grid = grid
        self._forecast = Forecast(curve, opening=opening, run_up=run_up, speed=speed)
        self._least_patience = least_patience
        self._committed = {frames: chunk for chunk, frames in committed}
        self._board = Board(curve, pieces_left(chunks, self._committed), in_order=in_order)
        self._phase = Phase.RUNNING
        self._ticked = False
        self._busy_at = 0.0
        self._failure: Failure | None = None
        self._stop_by = 0.0

    @property
    def phase(self) -> Phase:
        """Running; stopping, while runs are waited for; or over: the last instruction was given."""
        return self._phase

    def handle(self, event: SchedulerEvent) -> tuple[Instruction, ...]:
        """Take note of an event; what follows from it is to be done in this order."""
        if self._phase is Phase.OVER:
            return ()
        out: list[Instruction] = []
        match event:
            case Tick(now):
                self._tick(now, out)
            case SlotFree(name):
                self._welcome(name)
            case SlotGone(name):
                self._lose(name, out)
            case Progress(number, frames):
                self._get_on(number, frames)
                return ()
            case ChunkDone(number, frames):
                self._revive(number)
                self._commit(number, frames, out)
            case ChunkFailed(number, failure):
                self._revive(number)
                self._end_badly(number, failure, out)
            case Shrunk(number, stop):
                self._split(number, stop)
            case NotShrunk(number, stop):
                self._keep_whole(number, stop)
            case CancelRequested():
                self._stop(CANCELLED, out)
        self._go_on(out)
        if isinstance(event, Tick) and self._phase is Phase.RUNNING:
            self._use_idle(out)
        return tuple(out)

    # What was told

    def _tick(self, now: float, out: list[Instruction]) -> None:
        board = self._board
        board.now = max(board.now, now)
        if not self._ticked or board.at_work():
            self._ticked, self._busy_at = True, board.now
        if self._phase is not Phase.RUNNING:
            return
        if board.now - self._busy_at > NOBODY:
            message = f"No worker could take what is left to render for {NOBODY:.0f} s: start one that fits."
            self._stop(Failure("NO_WORKERS", message, retryable=True), out)
        for run in tuple(board.runs.values()):
            if run.unwanted_since is not None:
                if board.now - run.unwanted_since > GRACE:
                    self._forget_worker(run)
            elif self._silent(run, GIVEN_UP_AFTER):
                silent = f"{board.now - run.heard:.0f} s"
                message = f"Nothing was heard of frames {run.piece.frames} on {run.slot.name} for {silent}."
                board.cancel(run, out)
                self._forget_worker(run)
                self._try_again(run, Failure("WORKER_SILENT", message, retryable=True), out)

    def _get_on(self, number: int, frames: int) -> None:
        run = self._board.runs.get(number)
        if run is None or frames <= run.done:
            return
        run.done = min(frames, len(run.piece.frames))
        run.heard = self._board.now
        if run.first is None:
            run.first = (run.heard, run.done)
        if run.asked is not None and run.piece.frames.start + run.done >= run.asked:
            run.asked = None

    def _commit(self, number: int, frames: FrameRange, out: list[Instruction]) -> None:
        run = self._board.end(number)
        if run is None or run.piece.done or self._phase is not Phase.RUNNING:
            return
        piece = run.piece
        run.slot.failures = 0
        if frames.start != piece.frames.start or not frames.start < frames.stop <= piece.frames.stop:
            # It holds frames that were promised to another piece: they would be there twice.
            if not run.unwanted:
                message = f"A piece of the frames {frames} came in place of {piece.frames}."
                self._try_again(run, Failure("PIECE_UNWANTED", message, retryable=True), out)
            return
        if frames.stop < piece.frames.stop:
            self._board.add(piece.tail(frames.stop))
        self._forecast.learn(run, frames, self._board.now)
        self._committed[frames] = piece.chunk
        self._board.finish(piece)
        for twin in tuple(piece.runs):
            self._board.cancel(twin, out)

    def _end_badly(self, number: int, failure: Failure, out: list[Instruction]) -> None:
        run = self._board.end(number)
        if run is not None and not run.unwanted and self._phase is Phase.RUNNING:
            self._try_again(run, failure, out)

    def _welcome(self, name: str) -> None:
        if name in self._board.slots:
            return
        # One that was given up is free again: whatever it ran is over.
        for run in tuple(self._board.runs.values()):
            if run.slot.name == name:
                self._board.end(run.number)
        self._board.slots[name] = Slot(name)

    def _lose(self, name: str, out: list[Instruction]) -> None:
        self._board.slots.pop(name, None)
        lost = Failure("WORKER_LOST", f"The worker {name} is gone, with what it rendered.", retryable=True)
        for run in tuple(self._board.runs.values()):
            if run.slot.name == name:
                self._end_badly(run.number, lost, out)

    def _split(self, number: int, stop: int) -> None:
        run = self._board.runs.get(number)
        if run is None or run.asked != stop:
            return
        run.asked = None
        if not run.unwanted and run.piece.frames.start < stop < run.piece.frames.stop:
            self._board.add(run.piece.tail(stop))

    def _keep_whole(self, number: int, stop: int) -> None:
        run = self._board.runs.get(number)
        if run is not None and run.asked == stop:
            run.asked, run.refused = None, max(run.refused, stop)

    # What follows

    def _silent(self, run: Run, times: int) -> bool:
        """Whether nothing was heard of it for so many times what is usual."""
        silent = self._board.now - run.heard
        # The least comes first: it spares the arithmetic in nearly all cases.
        least = self._least_patience
        return silent > times * least and silent > times * self._forecast.patience(run, least)

    def _forget_worker(self, run: Run) -> None:
        """Nothing is given to it until it is heard of: see :meth:`_revive`."""
        if self._board.slots.get(run.slot.name) is run.slot:
            del self._board.slots[run.slot.name]

    def _revive(self, number: int) -> None:
        run = self._board.runs.get(number)
        if run is not None:
            self._board.slots.setdefault(run.slot.name, run.slot)

    def _try_again(self, run: Run, failure: Failure, out: list[Instruction]) -> None:
        piece, slot, now = run.piece, run.slot, self._board.now
        slot.failures += 1
        # One failure may be the piece's; of more the worker itself is suspected.
        slot.rests_until = now + (pause_after(slot.failures) if slot.failures > 1 else 0.0)
        piece.failures += 1
        piece.failed_last_on = slot.name
        piece.not_before = now + pause_after(piece.failures)
        if failure.elsewhere:
            piece.barred.add(slot.name)
        hopeless = failure.elsewhere and piece.barred.issuperset(self._board.slots)
        if not failure.retryable or piece.failures > RETRIES or hopeless:
            self._stop(failure, out)
        elif not piece.runs:
            self._board.wait(piece)

    def _stop(self, failure: Failure, out: list[Instruction]) -> None:
        if self._phase is not Phase.RUNNING:
            return
        self._phase = Phase.STOPPING
        self._failure = failure
        self._stop_by = self._board.now + GRACE
        for run in tuple(self._board.runs.values()):
            self._board.cancel(run, out)

    def _go_on(self, out: list[Instruction]) -> None:
        if self._phase is Phase.RUNNING and not self._board.unfinished:
            self._phase = Phase.OVER
            pieces = sorted(self._committed.items(), key=lambda item: item[0].start)
            out.append(Assemble(tuple((chunk, frames) for frames, chunk in pieces)))
        elif self._phase is Phase.RUNNING and self._ticked:
            self._board.start_waiting(out)
        elif self._phase is Phase.STOPPING and (not self._board.runs or self._board.now >= self._stop_by):
            self._phase = Phase.OVER
            assert self._failure is not None
            out.append(Fail(self._failure))

    def _use_idle(self, out: list[Instruction]) -> None:
        """Workers that are free and for whom nothing waits: twins for what is stuck, then tails of what takes longest."""
        idle = self._board.idle()
        alone = [run for run in self._board.at_work() if len(run.piece.runs) == 1]
        for run in alone if idle else ():
            if self._silent(run, 1):
                slot = self._board.suitable(run.piece, [slot for slot in idle if slot.name != run.slot.name])
                if slot is not None:
                    idle.remove(slot)
                    # Shrunk now it would leave the twin with more frames than the piece has.
                    run.asked = None
                    self._board.start(run.piece, slot, out)
        room = len(idle) - len(self._board.waiting) - sum(run.asked is not None for run in alone)
        if room <= 0:
            return
        now = self._board.now
        longest = [run for run in alone if run.asked is None and len(run.piece.runs) == 1]
        longest.sort(key=lambda run: (-self._forecast.seconds_left(run, now), run.number))
        for run in longest:
            start = tail_start(run, self._forecast, grid=self._grid, now=now)
            if start is None:
                continue
            run.asked = start
            out.append(Split(run.number, run.slot.name, start))
            room -= 1
            if not room:
                return
