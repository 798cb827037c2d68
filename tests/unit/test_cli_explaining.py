"""``--explain``: where the time went, the slowest frames, the pieces, and why."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from framewright.cli.explaining import tell_explanation
from framewright.cli.render import Telling
from framewright.model.errors import UsageError
from framewright.model.report import ChunkAccount, Decision, FileFacts, RenderReport, SlowRange, TimeSpent
from framewright.render.reporting import slow_ranges

FILE = FileFacts(
    path="a.mp4",
    bytes=1,
    frames=60,
    seconds=2.0,
    width=2,
    height=2,
    fps="30",
    codec="h264",
    pixel_format="yuv420p",
)


def report(**changes: object) -> RenderReport:
    values: dict[str, object] = {
        "output": FILE,
        "frames": 60,
        "unchanged": 10,
        "workers": 2,
        "capture": "stream",
        "mode": "seek",
        "seconds": 10.0,
        "time": TimeSpent(
            opening=1.0, rendering=8.0, finishing=1.0, encoder_busy=2.0, waiting_for_pictures=6.0
        ),
        "retried_blocks": 0,
        "restarted_workers": 0,
        "slowest": None,
        "slow_ranges": (SlowRange(start=24, stop=48, seconds=2.4),),
        "pieces": (
            ChunkAccount(
                start=0, stop=40, reused=True, workers=1, unchanged=0, seconds=4.0, encoder_busy=1.0
            ),
            ChunkAccount(
                start=40, stop=60, reused=False, workers=2, unchanged=5, seconds=8.0, encoder_busy=2.0
            ),
        ),
        "decisions": (Decision(subject="workers", choice=2, inputs={}, reason="2 side by side."),),
    }
    return RenderReport.model_validate(values | changes)


def told(of: RenderReport) -> str:
    console = Console(file=io.StringIO(), width=120)
    tell_explanation(console, of)
    return console.file.getvalue()


def test_it_tells_where_the_time_went_and_why():
    text = told(report())
    assert "15 pictures for 20 frames" in text
    assert "40 frames were there from an earlier render" in text
    assert "drawing: more --workers would help" in text
    assert "24…47" in text
    assert "100 ms a frame" in text
    assert "kept from an earlier render" in text
    assert "2 side by side." in text


def test_a_busy_encoder_is_named():
    time = TimeSpent(opening=1.0, rendering=8.0, finishing=1.0, encoder_busy=7.9, waiting_for_pictures=0.1)
    assert "the encoder: a quicker --quality" in told(report(time=time))


def test_where_all_was_kept_nothing_is_said_of_a_limit():
    piece = ChunkAccount(start=0, stop=60, reused=True, workers=1, unchanged=0, seconds=4.0, encoder_busy=1.0)
    text = told(report(pieces=(piece,)))
    assert "limit" not in text
    assert "60 frames were there" in text


def test_the_slowest_are_those_with_the_dearest_frames():
    short, long, quick = (
        SlowRange(start=0, stop=2, seconds=1.0),
        SlowRange(start=2, stop=26, seconds=6.0),
        SlowRange(start=26, stop=50, seconds=0.1),
    )
    assert slow_ranges([quick, long, short]) == (short, long, quick)
    assert slow_ranges([long]) == ()
    assert len(slow_ranges([quick] * 9)) == 5


@pytest.mark.parametrize("other", ["as_json", "quiet"])
def test_it_is_for_people(other):
    wishes = {"as_json": False, "quiet": False, "debug": False, "explain": True} | {other: True}
    with pytest.raises(UsageError, match="--explain is for people"):
        Telling(**wishes)
