"""What people and machines are told of a batch, from scripted events; and where its videos go when nobody says."""

from __future__ import annotations

import io
import json

import pytest
from rich.console import Console

from framewright.cli.batch import usual_template
from framewright.cli.batch_narration import BatchNarrator, JsonBatchNarrator, PeopleBatchNarrator
from framewright.cli.probe import tell_variables
from framewright.model.batch import (
    BatchFinished,
    BatchReport,
    Failure,
    RowBegan,
    RowFailed,
    RowResult,
    RowTold,
)
from framewright.model.composition import Notice, Variable
from framewright.model.events import Decided, Finished, Progressed, Warned
from framewright.model.output import Format
from framewright.model.report import FileFacts, RenderReport, TimeSpent

FACTS = FileFacts(
    path="out/a.mp4", bytes=9, frames=30, seconds=1, width=8, height=8, fps="30", codec="h264", pixel_format="yuv420p"
)  # fmt: skip
REPORT = RenderReport(
    output=FACTS,
    frames=30,
    unchanged=0,
    workers=1,
    capture="stream",
    mode="seek",
    seconds=1.5,
    time=TimeSpent(opening=0.5, rendering=1, finishing=0, encoder_busy=0, waiting_for_pictures=1),
    retried_blocks=0,
    restarted_workers=0,
    slowest=None,
)
FAILURE = Failure(code="SCRIPT_ERROR", message="A script\x1b[2J failed.", exit_code=3, retryable=False)


def some_batch():
    yield Decided(subject="rows", choice=1, inputs={"rows": 2}, reason="1 of 2 rows at a time.")
    yield RowBegan(row=0, output="out/a.mp4")
    for row in (0, 0, 1):
        yield RowTold(row=row, told=Warned(notice=Notice(code="X", message="Twice the same.", element="#a")))
    yield RowTold(row=0, told=Progressed(frames=30, total=30, rate=None, seconds_left=None))
    yield RowTold(row=0, told=Finished(report=REPORT))
    yield RowBegan(row=1, output="out/b.mp4")
    yield RowFailed(row=1, output="out/b.mp4", failure=FAILURE)
    rows = (
        RowResult(row=0, output="out/a.mp4", report=REPORT),
        RowResult(row=1, output="out/b.mp4", failure=FAILURE),
    )
    yield BatchFinished(report=BatchReport(rows=rows, seconds=3, side_by_side=1, browsers=1))


def people(*, live):
    console = Console(file=io.StringIO(), width=100, highlight=False, markup=False, force_terminal=live)
    return PeopleBatchNarrator(console, live=live, clock=lambda: 0.0), console


@pytest.mark.parametrize("live", [False, True])
def test_people_get_a_line_a_row_and_an_account(live):
    narrator, console = people(live=live)
    with narrator:
        for event in some_batch():
            narrator.tell(event)
    told = console.file.getvalue()
    assert told.count("Twice the same.") == 1
    assert "out/a.mp4" in told and "30 frames in 1.5 s" in told
    assert "row 1: A script\ufffd[2J failed." in told
    assert "1 of 2 finished" in told and "1 started" in told


def test_the_moving_line_counts_rows_and_says_that_it_stops():
    narrator, _ = people(live=True)
    for event in list(some_batch())[:-1]:
        narrator.tell(event)
    assert narrator.moving_line().plain == "  2 of 2 rows, 1 failed  30 frames, 0.0 s"
    narrator.stopping()
    assert "stopping" in narrator.moving_line().plain


def test_people_are_told_what_a_cancelled_batch_leaves():
    narrator, console = people(live=False)
    for event in list(some_batch())[:7]:
        narrator.tell(event)
    narrator.stopping()
    narrator.cancelled()
    assert console.file.getvalue().splitlines()[-2:] == [
        "stopping",
        "1 of 2 rows finished, and left as they are",
    ]


def test_machines_get_one_line_an_event_with_the_number_of_its_row(capsys):
    narrator = JsonBatchNarrator()
    for event in some_batch():
        narrator.tell(event)
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(event["event"], event.get("row")) for event in events] == [
        ("decided", None), ("row", 0), ("warning", 0), ("warning", 0), ("warning", 1), ("progress", 0),
        ("finished", 0), ("row", 1), ("row_failed", 1), ("batch_finished", None),
    ]  # fmt: skip
    assert BatchReport.model_validate(events[-1]["report"]).failed[0].failure == FAILURE


def test_what_is_under_way_is_known_for_an_end_in_a_hurry():
    narrator = BatchNarrator()
    known = []
    for event in some_batch():
        narrator.tell(event)
        known.append(dict(narrator.under_way))
    assert known[1] == {0: "out/a.mp4"} and known[7] == {1: "out/b.mp4"} and known[-1] == {}


@pytest.mark.parametrize(
    ("composition", "container", "template"),
    [
        ("intro/index.html", Format.MP4, "intro-{index}.mp4"),
        ("a{b}.html", Format.WEBM, "a{{b}}-{index}.webm"),
        ("intro.html", Format.PNG_SEQUENCE, "intro-frames-{index}"),
    ],
)
def test_outputs_that_nobody_names(composition, container, template):
    assert usual_template(composition, container) == template


def test_probe_tells_variables_with_what_they_are_and_were():
    told = Console(file=io.StringIO(), width=100, highlight=False, markup=False)
    tell_variables(
        told,
        [
            Variable(id="title", type="string", label="Title", default="Hello", value="Hi"),
            Variable(id="plan", type="enum", label="plan", default="a", value="a", options=("a", 2)),
        ],
    )
    assert [line.split() for line in told.file.getvalue().splitlines()] == [
        ["variables"],
        ["title", '"Hi"', "string,", "Title,", "default", '"Hello"'],
        ["plan", '"a"', "enum,", '"a"', "|", "2"],
    ]
