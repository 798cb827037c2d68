"""The promised figures, measured shorter and with wider bounds than benchmarks/figures.py does.

A neighbour on the machine can spoil one measurement, but not make us fast: a bound that holds once in three tries holds.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

import batch
import figures
import many_clips

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.timeout(600)
speed = pytest.mark.measure


def first_within(measure: Callable[[], dict[str, Any]], holds: Callable[[dict[str, Any]], bool]) -> None:
    tried = []
    for _ in range(3):
        tried.append(measure())
        if holds(tried[-1]):
            return
    pytest.fail(f"out of bounds three times: {[figure['value'] for figure in tried]}; the last: {tried[-1]}")


@speed
def test_the_stream_outruns_jpeg_screenshots():
    first_within(lambda: figures.light(frames=180, pairs=1), lambda figure: figure["value"] >= 1.3)


@speed
def test_a_whole_render_costs_little_more_than_its_parts():
    first_within(lambda: figures.whole(frames=180), lambda figure: figure["value"] <= 1.4)


@speed
def test_slides_that_hold_are_much_faster_than_slides_that_move():
    first_within(
        lambda: figures.slides(frames=300, pairs=1, workers=(1,)), lambda figure: figure["value"] >= 2.5
    )


@speed
def test_a_batch_costs_clearly_less_than_a_command_a_row():
    first_within(lambda: batch.batch(rows=6, pairs=1), lambda figure: figure["value"] <= 0.75)


@speed
def test_many_clips_are_ready_soon_and_cost_little_a_frame(tmp_path, browser_files):
    many_clips.write_project(tmp_path)

    def measure():
        measured = asyncio.run(many_clips.measure(tmp_path))
        return measured | {"value": (measured["ready_seconds"], measured["script_ms_a_frame"])}

    def holds(figure):
        return figure["clips"] == 200 and figure["ready_seconds"] < 3 and figure["script_ms_a_frame"] < 4

    first_within(measure, holds)


@pytest.mark.thorough
def test_memory_is_bounded_and_does_not_grow():
    first_within(
        # The shorter one fills the window of pictures; one picture kept for each frame more would be 200 MiB.
        lambda: figures.memory(short=64, long=136, page="light"),
        lambda figure: figure["value"] < 1536 and figure["growth"] < 1.15,
    )
