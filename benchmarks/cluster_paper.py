"""A cluster on paper: pieces of three lengths by ten to a thousand workers, with what was measured added to each chunk."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from framewright.executors.temporal.values import Limits
from framewright.model.frames import FrameRange
from framewright.schedule.costs import CostCurve
from framewright.schedule.cutting import CHUNKS_A_SLOT, cut
from framewright.schedule.simulation import Bench, lower_bound, simulate

WORKERS = (10, 30, 100, 300, 1000)
PIECES = {"30 s": 30, "10 min": 600, "3 h": 3 * 3600}
_FPS = 30
# Two seconds, where the encoder begins anew.
_GRID = 2 * _FPS
_LOST_AT_MOST = 60.0
# Seconds that the planner takes an opening for, where it knows no better.
_BELIEVED = 1.0


@dataclass(frozen=True, slots=True)
class Costs:
    """What one render costs, in seconds and bytes.

    Attributes:
        frame: of one browser for a frame.
        opening: until a browser is ready for its first frame.
        before: of the client: planning, and the workflow's start.
        chunk: of a worker for each chunk besides its frames: handed out, fetched for, sent and told.
        files: bytes of the plan's files, which each worker fetches once.
        frame_bytes: of pieces and of the finished file, for each frame.
        join: of the last step, for each GB, besides what travels.
        link: bytes a second between a worker and the store.
        store: bytes a second that the store gives and takes in all.
        rate: chunks a second that one workflow hands out at most.
        events: of the history for each chunk.
    """

    frame: float
    opening: float
    before: float
    chunk: float
    files: float
    frame_bytes: float
    join: float
    rate: float
    events: float
    link: float = 125e6
    store: float = 1.25e9


def reckon(costs: Costs) -> dict[str, Any]:
    """All pieces by all numbers of workers."""
    rows = [
        reckon_one(name, seconds, number, costs) for name, seconds in PIECES.items() for number in WORKERS
    ]
    return {"costs": asdict(costs), "rows": rows}


def at_once(chunks: int) -> int:
    """Chunks that workflows have in flight, by the window of each of them."""
    limits = Limits()
    return limits.window * (1 if chunks <= limits.whole else -(-chunks // limits.part))


def reckon_one(name: str, seconds: int, workers: int, costs: Costs) -> dict[str, Any]:
    """One piece by so many workers of one browser each."""
    frames = FrameRange(0, seconds * _FPS)
    curve = CostCurve.flat(costs.frame)
    alone = curve.of(frames)
    # As the planner cuts: no chunk is worth much more than a minute.
    slots = max(workers, round(alone / (min(CHUNKS_A_SLOT) * _LOST_AT_MOST)))
    made = cut(curve, frames, grid=_GRID, slots=slots, opening=_BELIEVED)
    bytes_ = costs.frame_bytes * len(frames)
    used = min(workers, len(made.chunks), at_once(len(made.chunks)))
    # All fetch at once what they share; then each sends its pieces.
    fetching = max(costs.files / costs.link, used * costs.files / costs.store)
    sending = bytes_ / len(made.chunks) / min(costs.link, costs.store / used)
    bench = Bench(
        [1.0] * workers, opening=costs.opening + costs.chunk + fetching + sending, warm=costs.chunk + sending
    )
    # Temporal's workflow never splits a chunk that runs.
    got = simulate(made.chunks, curve, bench, grid=0)
    rendering = max(got.seconds, len(made.chunks) / costs.rate)
    joining = 2 * bytes_ / costs.link + costs.join * bytes_ / 1e9
    fetched = bytes_ / costs.link
    whole = costs.before + rendering + joining + fetched
    return {
        "piece": name,
        "workers": workers,
        "used": used,
        "chunks": len(made.chunks),
        "seconds": round(whole, 1),
        "before": round(costs.before, 1),
        "rendering": round(rendering, 1),
        "at best": round(
            lower_bound(curve, frames, Bench([1.0] * workers, opening=costs.opening), grid=_GRID), 1
        ),
        "joining": round(joining, 1),
        "fetching the file": round(fetched, 1),
        "efficiency": round(alone / (used * whole), 3),
        "events": round(costs.events * len(made.chunks)),
        "waiting for the server": round(len(made.chunks) / costs.rate, 1),
    }
