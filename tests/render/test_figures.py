"""The promised figures, measured shorter and with wider bounds than benchmarks/figures.py does. They run alone."""

import pytest

import figures

pytestmark = pytest.mark.measure


def test_the_stream_outruns_jpeg_screenshots():
    figure = figures.light(frames=240, pairs=2)
    assert figure["value"] >= 1.3, figure


def test_a_whole_render_costs_little_more_than_its_parts():
    figure = figures.whole(frames=240)
    assert figure["value"] <= 1.4, figure


def test_slides_that_hold_are_much_faster_than_slides_that_move():
    figure = figures.slides(frames=300)
    assert figure["value"] >= 2.5, figure


def test_memory_is_bounded_and_does_not_grow():
    figure = figures.memory(short=150, long=900, page="light")
    assert figure["value"] < 1536, figure
    assert figure["growth"] < 1.15, figure
