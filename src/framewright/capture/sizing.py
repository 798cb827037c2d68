"""How many workers, how long a block, how wide a window: pure arithmetic on what the machine grants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from framewright.model.output import Layout

if TYPE_CHECKING:
    from framewright.model.size import Size

FRAMES_A_WORKER = 30
"""Opening a browser costs about as much as this many light frames: fewer are not worth another one."""

WINDOW_BYTES = 160 * 2**20
"""Memory that pictures may take while they wait for their turn, besides those in the encoder's queue."""

BROWSER_BYTES = 380 * 2**20
FOOTAGE_BYTES = 450 * 2**20
"""What a browser takes besides once it draws source video, within some 200 frames; it grows no further."""

_BYTES_A_PIXEL = 48
"""A browser with an empty page, and what a page's tiles, copies and pictures add (peak, proportional set size)."""


@dataclass(frozen=True, slots=True)
class Sizing:
    """The number of workers, and which of the limits set it."""

    workers: int
    limit: str
    inputs: dict[str, float | int | str]


def choose_workers(
    *,
    requested: int | None,
    cores: float,
    memory: int,
    frames: int,
    size: Size,
    footage: bool = False,
) -> Sizing:
    """The smallest of what was asked for (or the cores), what fits in memory, and what the frames are worth.

    Args:
        requested: workers that the caller wants; None: as many as there are cores.
        cores: processors that the control group grants; fractions count.
        memory: bytes that may be used.
        frames: pictures to be captured.
        size: of one picture in device pixels.
        footage: the page shows source video.
    """
    footprint = BROWSER_BYTES + size.area * _BYTES_A_PIXEL + (FOOTAGE_BYTES if footage else 0)
    limits = {
        "requested" if requested else "cores": requested or max(1, round(cores)),
        "memory": max(1, int(memory * 0.8) // footprint),
        "frames": max(1, -(-frames // FRAMES_A_WORKER)),
    }
    limit = min(limits, key=lambda name: limits[name])
    inputs: dict[str, float | int | str] = {
        "requested": requested or "auto",
        "cores": cores,
        "memory": memory,
        "footprint": footprint,
        "frames": frames,
    }
    return Sizing(limits[limit], limit, inputs)


def block_length(size: Size) -> int:
    """Frames that one worker captures in a run.

    Depends on nothing but the size, so that every render of a composition cuts its runs at the same frames, whatever
    the number of its workers. Long enough that the sync frame at each seam costs little, short enough that the
    window of :data:`WINDOW_BYTES` holds a block for every worker.
    """
    if size.area <= 1920 * 1088:
        return 24
    return 8 if size.area <= 4096 * 2304 else 4


def window_length(size: Size, layout: Layout, *, workers: int, block: int) -> int:
    """Distinct pictures that may be on their way or wait for their turn: the byte budget, but a block a worker at least."""
    # A PNG of a busy picture is about as large as its planes; its size is known only afterwards.
    picture = {Layout.I420: size.area * 3 // 2, Layout.I010: size.area * 3}.get(layout, size.area * 2)
    return max(WINDOW_BYTES // max(1, picture), workers * block)
