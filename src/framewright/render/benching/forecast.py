"""How long a composition will take, by one worker or a thousand: reckoned from what some of its frames took."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from framewright.capture import block_length
from framewright.media.pieces import is_packed, open_piece, segment_of
from framewright.model.frames import FrameRange
from framewright.render.benching.crews import crew_for, unheard
from framewright.render.benching.result import CompositionBench, Row
from framewright.render.cancel import Stoppable
from framewright.render.capture_choice import choose_capture, is_secure
from framewright.render.mode_choice import Mode
from framewright.render.opening import open_composition
from framewright.render.output_choice import choose_kind, choose_output
from framewright.render.planning.costs import measure_costs
from framewright.render.telling import Teller
from framewright.render.threads import in_thread
from framewright.schedule.costs import CostCurve
from framewright.schedule.cutting import cut
from framewright.schedule.simulation import Bench, simulate

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from framewright.model.output import OutputSpec
    from framewright.model.picture import Picture
    from framewright.model.settings import Settings
    from framewright.render.cancel import CancelToken
    from framewright.render.crew import Crew
    from framewright.render.opening import Opened
    from framewright.render.options import RenderOptions

WORKERS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1000)
# Seconds that sampling may take here: it is all that is done.
_BUDGET = 8.0
_QUICK = 2.0


async def bench_composition(
    composition: str,
    options: RenderOptions,
    settings: Settings,
    *,
    quick: bool = False,
    cancel: CancelToken | None = None,
) -> CompositionBench:
    """Measure some frames of a composition, render one block of it, and simulate the render by 1 to 1000 workers.

    Args:
        options: of the render that is meant.
        cancel: ends it from any thread.

    Raises:
        FramewrightError: as :func:`framewright.render`.
    """
    async with Stoppable(cancel):
        kind = choose_kind(Path("bench.mp4") if options.format is None else Path("bench"), options)
        async with open_composition(composition, options, settings, Teller(None)) as opened:
            spec, _ = choose_output(kind, options, transparent=opened.first.description.transparent)
            capture, _ = choose_capture(
                options.capture,
                spec,
                opened.drawn,
                frame_control=opened.house.frame_control,
                secure=is_secure(opened.first.page.address),
            )
            measured = await measure_costs(opened, capture, budget=_QUICK if quick else _BUDGET)
            crew = crew_for(opened, capture, alpha=spec.alpha)
            curve = await _with_all_the_rest(opened, crew, spec, measured.curve, settings)
        frames, rate = opened.timing.range, opened.timing.rate
        opening = measured.opening
        grid = segment_of(spec, rate)
        rows = await in_thread(
            lambda: reckon(curve, frames, grid=grid, opening=opening, prices=settings.prices)
        )
        return CompositionBench(
            frames=len(frames),
            fps=str(rate),
            size=(opened.drawn.width, opened.drawn.height),
            source=measured.source,
            samples=measured.samples,
            opening=opening,
            seconds=curve.of(frames),
            knots=curve.knots,
            rows=rows,
        )
    raise AssertionError("unreachable")


def reckon(
    curve: CostCurve,
    frames: FrameRange,
    *,
    grid: int,
    opening: float,
    prices: Mapping[str, float],
    workers: Iterable[int] = WORKERS,
) -> tuple[Row, ...]:
    """The render by each number of workers."""
    alone = curve.of(frames) + opening
    rows: list[Row] = []
    for number in workers:
        made = cut(curve, frames, grid=grid, slots=number, opening=opening)
        bench = Bench([1.0] * number, opening=opening, ahead=0)
        got = simulate(made.chunks, curve, bench, grid=grid if made.aligned else 0)
        used = min(number, got.runs)
        rows.append(
            Row(
                workers=number,
                used=used,
                chunks=len(made.chunks),
                aligned=made.aligned,
                seconds=got.seconds,
                efficiency=alone / (used * got.seconds),
                prices={name: used * got.seconds / 3600 * price for name, price in prices.items()},
            )
        )
    return tuple(rows)


async def _with_all_the_rest(
    opened: Opened, crew: Crew, spec: OutputSpec, curve: CostCurve, settings: Settings
) -> CostCurve:
    """The curve with what drawing does not tell: bringing pictures out and encoding them, by one block in the middle."""
    frames, runs = opened.timing.range, opened.mode is Mode.RUN
    length = min(len(frames), block_length(opened.drawn))
    # In run mode all frames before would have to be gone through.
    start = frames.start if runs else frames.start + (len(frames) - length) // 2
    block = FrameRange(start, start + length)
    worker = await crew.open_worker(0, None)
    try:
        if not runs:
            await worker.capture(FrameRange(block.start, block.start + 1), unheard)
        began = time.monotonic()
        pictures = await worker.capture(block, unheard)
        drawn = time.monotonic() - began
    finally:
        await worker.close()
    with tempfile.TemporaryDirectory(prefix="framewright-bench-", dir=settings.tmpdir) as folder:
        encoded = await in_thread(lambda: _encode(opened, spec, block, pictures, Path(folder)))
    more = max(0.0, drawn + encoded - curve.of(block)) / length
    return CostCurve(tuple((frame, cost + more) for frame, cost in curve.knots))


def _encode(
    opened: Opened, spec: OutputSpec, block: FrameRange, pictures: tuple[Picture | None, ...], folder: Path
) -> float:
    path = folder / ("block.zip" if is_packed(spec) else f"block.{spec.format.value}")
    began = time.monotonic()
    encoder = open_piece(spec, opened.drawn, opened.timing.rate, block, path)
    try:
        for picture in pictures:
            if picture is None:
                encoder.repeat()
            else:
                encoder.write(picture)
        encoder.finish()
    except BaseException:
        encoder.abort()
        raise
    return time.monotonic() - began
