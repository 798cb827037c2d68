"""What waits, what runs, and on which workers: the moves that leave these three at one with each other."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

from framewright.schedule.instructions import Cancel, Start
from framewright.schedule.states import Piece, Run, Slot

if TYPE_CHECKING:
    from collections.abc import Iterable

    from framewright.schedule.costs import CostCurve
    from framewright.schedule.instructions import Instruction


class Board:
    """Pieces, runs and workers.

    Attributes:
        now: seconds.
        slots: workers, by their names.
        runs: those that have not ended, by their numbers.
        unfinished: how many pieces are not committed.
    """

    def __init__(self, curve: CostCurve, pieces: Iterable[Piece], *, in_order: bool = False) -> None:
        self._curve = curve
        self._in_order = in_order
        self._waiting: list[tuple[float, int, Piece]] = []
        self._next_run = 1
        self.now = 0.0
        self.slots: dict[str, Slot] = {}
        self.runs: dict[int, Run] = {}
        self.unfinished = 0
        for piece in pieces:
            self.add(piece)

    @property
    def waiting(self) -> list[Piece]:
        """Pieces that nobody renders."""
        return [piece for _, _, piece in self._waiting]

    def at_work(self) -> list[Run]:
        """Runs whose results are wanted."""
        return [run for run in self.runs.values() if not run.unwanted]

    def add(self, piece: Piece) -> None:
        """A new piece."""
        self.unfinished += 1
        self.wait(piece)

    def wait(self, piece: Piece) -> None:
        """Costliest first, or in order; no two pieces begin at the same frame."""
        piece.waits = True
        cost = 0.0 if self._in_order else self._curve.of(piece.frames)
        heapq.heappush(self._waiting, (-cost, piece.frames.start, piece))

    def finish(self, piece: Piece) -> None:
        """A piece is committed, by whomever."""
        piece.done = True
        self.unfinished -= 1
        if piece.waits:  # a run that was given up has committed it all the same
            self._waiting = [entry for entry in self._waiting if entry[2] is not piece]
            heapq.heapify(self._waiting)

    def end(self, number: int) -> Run | None:
        """A run is over, and its worker free; None where it was over already, or never was."""
        run = self.runs.pop(number, None)
        if run is None:
            return None
        run.slot.run = None
        if run in run.piece.runs:
            run.piece.runs.remove(run)
        return run

    def cancel(self, run: Run, out: list[Instruction]) -> None:
        """A run is told to stop; its worker stays busy until it has."""
        if run in run.piece.runs:
            run.piece.runs.remove(run)
        if not run.unwanted:
            run.unwanted_since = self.now
            out.append(Cancel(run.number, run.slot.name))

    def start(self, piece: Piece, slot: Slot, out: list[Instruction]) -> None:
        """A run begins."""
        piece.waits = False
        piece.begun += 1
        run = Run(self._next_run, piece, slot, began=self.now, heard=self.now)
        self._next_run += 1
        self.runs[run.number] = run
        piece.runs.append(run)
        slot.run = run
        out.append(Start(run.number, piece.chunk, piece.frames, slot.name, piece.begun))

    def start_waiting(self, out: list[Instruction]) -> None:
        """Pieces begin on free workers that suit them, the costliest first."""
        if not self._waiting:
            return
        idle = self.idle()
        aside: list[tuple[float, int, Piece]] = []
        while idle and self._waiting:
            entry = heapq.heappop(self._waiting)
            slot = self.suitable(entry[2], idle) if entry[2].not_before <= self.now else None
            if slot is None:
                aside.append(entry)
            else:
                idle.remove(slot)
                self.start(entry[2], slot, out)
        for entry in aside:
            heapq.heappush(self._waiting, entry)

    def idle(self) -> list[Slot]:
        """Free workers that need no rest, the most reliable ones first."""
        free = [slot for slot in self.slots.values() if slot.run is None and slot.rests_until <= self.now]
        return sorted(free, key=lambda slot: slot.failures)

    def suitable(self, piece: Piece, idle: list[Slot]) -> Slot | None:
        """The first worker on which a piece may run.

        It never goes back to the one where it failed last, also not while all others are busy: one bad worker would else
        use up the tries of every piece in a minute. Only the last worker of all gets it again.
        """
        for slot in idle:
            failed = slot.name == piece.failed_last_on and len(self.slots) > 1
            if not failed and slot.name not in piece.barred:
                return slot
        return None
