"""A render of a plan by workers that are only reckoned: how long it takes, against how long it must take."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

from framewright.model.frames import FrameRange
from framewright.schedule.events import (
    ChunkDone,
    ChunkFailed,
    Failure,
    NotShrunk,
    Progress,
    SchedulerEvent,
    Shrunk,
    SlotFree,
    SlotGone,
    Tick,
)
from framewright.schedule.instructions import Assemble, Cancel, Fail, Instruction, Split, Start
from framewright.schedule.machine import Scheduler

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from framewright.model.plan import Chunk
    from framewright.schedule.costs import CostCurve

_STOPPED = Failure("CANCELLED", "It was told to stop.")
# Ticks in a whole render, and the seconds that may lie between two; a real executor ticks each second.
_LOOKS = 100
_SHORTEST_LOOK = 0.25
_LONGEST_LOOK = 10.0


@dataclass(frozen=True, slots=True)
class Bench:
    """The workers of a simulation.

    Attributes:
        speeds: of each, in seconds of cost per second.
        opening: seconds before the first frame of a worker.
        warm: seconds before the first frame of each later run of it.
        ahead: frames after the finished ones that are in work already and cannot be given away.
        crashes: numbers of runs that end with their worker, each with the share of its time after which it does.
        stuck: numbers of runs from which nothing is heard after their start.
        restart: seconds after which a new worker takes the place of one that has crashed.
    """

    speeds: Sequence[float]
    opening: float = 1.0
    warm: float = 0.0
    ahead: int = 48
    crashes: Mapping[int, float] = field(default_factory=dict)
    stuck: frozenset[int] = frozenset()
    restart: float = 2.0


@dataclass(frozen=True, slots=True)
class Simulated:
    """What came of it.

    Attributes:
        seconds: from the start to the last piece.
        pieces: that were committed, with their chunks; empty when the render failed.
        ends: when each of them was committed, by their first frames.
        runs: that were started; ``splits``: tails that were given away.
        busy: seconds of workers that were at work.
        failure: why the render failed; None: it did not.
    """

    seconds: float
    pieces: tuple[tuple[int, FrameRange], ...]
    ends: Mapping[int, float]
    runs: int
    splits: int
    busy: float
    failure: Failure | None = None


def lower_bound(curve: CostCurve, frames: FrameRange, bench: Bench, *, grid: int) -> float:
    """Seconds that no schedule can beat: all work shared evenly, or the dearest frames that cannot be shared."""
    dearest = max(curve.of(cell) for cell in frames.blocks(max(1, grid)))
    shared = curve.of(frames) / sum(bench.speeds)
    return bench.opening + max(shared, dearest / max(bench.speeds))


def simulate(
    chunks: Sequence[Chunk], curve: CostCurve, bench: Bench, *, grid: int, believed: CostCurve | None = None
) -> Simulated:
    """Render chunks with the real scheduler and reckoned workers.

    Args:
        curve: what frames cost in truth.
        believed: what the scheduler takes them to cost; None: the truth.
    """
    return _Simulation(chunks, curve, bench, grid, believed or curve).run()


@dataclass(slots=True)
class _Busy:
    """A run on a worker: from when to when, and at what speed."""

    start: Start
    frames: FrameRange
    began: float
    ready: float
    speed: float


class _Simulation:
    def __init__(
        self, chunks: Sequence[Chunk], curve: CostCurve, bench: Bench, grid: int, believed: CostCurve
    ) -> None:
        self._curve = curve
        self._bench = bench
        self._scheduler = Scheduler(chunks, believed, grid=grid, opening=bench.opening)
        self._speeds = {f"worker-{index}": speed for index, speed in enumerate(bench.speeds)}
        self._used: set[str] = set()
        self._runs: dict[int, _Busy] = {}
        self._now = 0.0
        self._queue: list[tuple[float, int, SchedulerEvent | None]] = []
        self._order = count()
        self._ends: dict[int, float] = {}
        self._started = 0
        self._splits = 0
        self._spent = 0.0
        self._end: Assemble | Fail | None = None
        whole = FrameRange(chunks[0].start, chunks[-1].stop)
        shared = curve.of(whole) / sum(bench.speeds)
        self._look = min(_LONGEST_LOOK, max(_SHORTEST_LOOK, (shared + bench.opening) / _LOOKS))

    def run(self) -> Simulated:
        self._tell(Tick(0.0))
        for name in self._speeds:
            self._tell(SlotFree(name))
        self._later(self._look, None)
        while self._end is None:
            self._now, _, event = heapq.heappop(self._queue)
            if event is None:
                self._look_round()
            elif self._still_true(event):
                self._tell(event)
        failure = self._end.failure if isinstance(self._end, Fail) else None
        pieces = self._end.pieces if isinstance(self._end, Assemble) else ()
        return Simulated(
            self._now, pieces, self._ends, self._started, self._splits, self._spent, failure=failure
        )

    def _later(self, seconds: float, event: SchedulerEvent | None) -> None:
        heapq.heappush(self._queue, (self._now + seconds, next(self._order), event))

    def _look_round(self) -> None:
        for number, busy in self._runs.items():
            if number not in self._bench.stuck:
                self._scheduler.handle(Progress(number, self._done(busy)))
        self._tell(Tick(self._now))
        self._later(self._look, None)

    def _done(self, busy: _Busy) -> int:
        worked = (self._now - busy.ready) * busy.speed
        if worked <= 0:
            return 0
        reached = self._curve.frame_at(self._curve.before(busy.frames.start) + worked)
        return min(reached, busy.frames.stop) - busy.frames.start

    def _still_true(self, event: SchedulerEvent) -> bool:
        """Whether what was foreseen happens: runs may have been cut short or stopped meanwhile."""
        if isinstance(event, ChunkDone):
            busy = self._runs.get(event.run)
            return busy is not None and busy.frames == event.frames
        if isinstance(event, ChunkFailed):
            return event.run in self._runs
        return True

    def _tell(self, event: SchedulerEvent) -> None:
        if isinstance(event, (ChunkDone, ChunkFailed)):
            busy = self._runs.pop(event.run)
            self._spent += self._now - busy.began
            if isinstance(event, ChunkDone):
                self._ends[event.frames.start] = self._now
            elif event.run in self._bench.crashes:
                # The worker dies; what is told of the run is that its worker is gone.
                self._later(self._bench.restart, SlotFree(busy.start.slot))
                self._used.discard(busy.start.slot)
                event = SlotGone(busy.start.slot)
        for instruction in self._scheduler.handle(event):
            self._follow(instruction)

    def _follow(self, instruction: Instruction) -> None:
        match instruction:
            case Start():
                self._start(instruction)
            case Cancel(run):
                self._later(0.0, ChunkFailed(run, _STOPPED))
            case Split(run, _, stop):
                self._shrink(run, stop)
            case Assemble() | Fail():
                self._end = instruction

    def _start(self, start: Start) -> None:
        self._started += 1
        opening = self._bench.warm if start.slot in self._used else self._bench.opening
        self._used.add(start.slot)
        speed = self._speeds[start.slot]
        busy = _Busy(start, start.frames, self._now, self._now + opening, speed)
        self._runs[start.run] = busy
        seconds = opening + self._curve.of(start.frames) / speed
        if start.run in self._bench.crashes:
            crash = Failure("BROWSER_DIED", "It crashed.", retryable=True)
            self._later(seconds * self._bench.crashes[start.run], ChunkFailed(start.run, crash))
        elif start.run not in self._bench.stuck:
            self._later(seconds, ChunkDone(start.run, start.frames))

    def _shrink(self, number: int, stop: int) -> None:
        busy = self._runs.get(number)
        if busy is None:
            return
        if number in self._bench.stuck or stop <= busy.frames.start + self._done(busy) + self._bench.ahead:
            self._later(0.0, NotShrunk(number, stop))
            return
        self._splits += 1
        busy.frames = FrameRange(busy.frames.start, stop)
        left = busy.ready + self._curve.of(busy.frames) / busy.speed - self._now
        if number not in self._bench.crashes:
            self._later(left, ChunkDone(number, busy.frames))
        self._later(0.0, Shrunk(number, stop))
