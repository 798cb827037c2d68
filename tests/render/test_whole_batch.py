"""A batch: each row its own video, the same as alone, with browsers that stay open; failures, refusals, and Ctrl-C."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import framewright
from framewright import (
    BatchFinished,
    CancelToken,
    RenderCancelledError,
    RowBegan,
    RowFailed,
    RowTold,
    UsageError,
)
from framewright.cli.entry import run
from truth import decoding, remains
from truth.grids import thorough
from truth.pages import Film, document, write

FILM = Film(frames=10)
TINTS = ("#c81e1e", "#1ec81e", "#1e1ec8", "#c8c81e")

# What a page before has left behind shows: it would paint over the colour.
CARD = """
const { tint = '#000000', fail = false } = __hyperframes.getVariables();
if (fail) throw new Error('row ' + fail);
const left = [localStorage.length, document.cookie.length, sessionStorage.length];
localStorage.setItem('a', 1); sessionStorage.setItem('a', 1); document.cookie = 'a=1; max-age=600';
document.querySelector('.root').style.background = left.some(Boolean) ? '#ffffff' : tint;
"""


@pytest.fixture
def card(tmp_path):
    return write(tmp_path / "card", document(FILM, script=CARD))


@pytest.fixture
def out(tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def colours(path):
    """The middle of each frame."""
    return [tuple(picture[90, 160, :3].astype(int)) for picture in decoding.pictures(path)]


def is_tint(colour, tint):
    wanted = [int(tint[at : at + 2], 16) for at in (1, 3, 5)]
    return all(abs(a - b) <= 6 for a, b in zip(colour, wanted, strict=True))


@pytest.mark.thorough
@pytest.mark.parametrize("workers", [*thorough(1), 2])
def test_each_row_is_a_video_of_its_own_and_browsers_serve_them_all(card, out, workers, browser_files):
    events = []
    rows = [{"tint": tint, "name": f"n{place}"} for place, tint in enumerate(TINTS)]
    report = framewright.render_batch(
        card, rows, f"{out}/{{name}}-{{index:02}}.mp4", workers=workers, strict=True, on_event=events.append
    )
    assert report.failed == () and report.exit_code == 0
    assert (report.browsers, report.side_by_side) == (workers, workers)
    assert remains.files(out) == [f"n{place}-0{place}.mp4" for place in range(4)]
    for row, tint in zip(report.rows, TINTS, strict=True):
        found = colours(Path(row.output))
        assert len(found) == FILM.frames and all(is_tint(colour, tint) for colour in found)
        assert row.report.output.frames == FILM.frames
    alone = out / "alone.mp4"
    framewright.render(card, alone, variables={"tint": TINTS[3]})
    assert alone.read_bytes() == (out / "n3-03.mp4").read_bytes()
    assert [event.row for event in events if isinstance(event, RowBegan)] == [0, 1, 2, 3]
    finished = {
        event.row for event in events if isinstance(event, RowTold) and event.told.event == "finished"
    }
    assert finished == {0, 1, 2, 3}
    assert isinstance(events[-1], BatchFinished) and events[-1].report == report
    remains.assert_gone(browser_files)


@pytest.mark.thorough
def test_a_row_that_fails_costs_no_other(card, out):
    rows = [{"tint": TINTS[0]}, {"fail": "here"}, {"tint": TINTS[1]}]
    events = []
    report = framewright.render_batch(
        card, rows, f"{out}/{{index}}.mp4", workers=1, variables={"tint": TINTS[2]}, on_event=events.append
    )
    (failed,) = report.failed
    assert (failed.row, failed.failure.code, report.exit_code) == (1, "SCRIPT_ERROR", 3)
    assert "row here" in failed.failure.message
    assert [event.row for event in events if isinstance(event, RowFailed)] == [1]
    assert remains.files(out) == ["0.mp4", "2.mp4"]
    assert is_tint(colours(out / "2.mp4")[0], TINTS[1])


@pytest.mark.thorough
def test_a_page_that_hangs_in_one_row_takes_its_browser_along(tmp_path, out):
    hang = "if (framewright.variables().hang) addEventListener('hf-seek', ({ detail }) => { while (detail.time > 0.1); });"
    page = write(tmp_path / "page", document(FILM, script=hang))
    settings = framewright.Settings(page_timeout=4)
    report = framewright.render_batch(
        page, [{"hang": True}, {}], f"{out}/{{index}}.mp4", workers=1, settings=settings
    )
    assert [row.failure and row.failure.code for row in report.rows] == ["PAGE_HANGS", None]
    assert report.browsers == 2


@pytest.mark.parametrize(
    ("rows", "template", "wishes", "code"),
    [
        ([{}, {}], "a.mp4", {}, "OUTPUTS_COLLIDE"),
        ([{"n": "a"}, {}], "{n}.mp4", {}, "FIELD_MISSING"),
        ([{}], "{index}", {}, "FORMAT_UNKNOWN"),
        ([{}], "{index}.mp4", {"codec": "vp9"}, "CODEC_INVALID"),
        ([], "{index}.mp4", {}, "BATCH_INVALID"),
        ([{}], "missing/{index}.mp4", {}, "OUTPUT_FOLDER_MISSING"),
    ],
)
def test_what_cannot_be_named_is_refused_before_anything_renders(card, out, rows, template, wishes, code):
    began = []
    with pytest.raises(framewright.FramewrightError) as refused:
        framewright.render_batch(card, rows, f"{out}/{template}", on_event=began.append, **wishes)
    assert refused.value.code == code
    assert began == [] and remains.files(out) == []


def test_a_composition_that_is_not_there_is_no_matter_of_rows(tmp_path, out):
    with pytest.raises(UsageError) as refused:
        framewright.render_batch(tmp_path / "nowhere", [{}], f"{out}/{{index}}.mp4")
    assert refused.value.code == "NOT_FOUND"


@pytest.mark.thorough
def test_cancelling_leaves_what_is_finished(card, out, browser_files):
    token = CancelToken()

    def listen(event):
        if isinstance(event, RowBegan) and event.row == 1:
            token.cancel()

    with pytest.raises(RenderCancelledError):
        framewright.render_batch(
            card, [{}] * 3, f"{out}/{{index}}.mp4", workers=1, cancel=token, on_event=listen
        )
    assert remains.files(out) == ["0.mp4"]
    remains.assert_gone(browser_files)


def test_what_a_listener_raises_ends_the_batch(card, out, browser_files):
    class Mine(Exception):
        pass

    def listen(event):
        if isinstance(event, RowTold):
            raise Mine

    with pytest.raises(Mine):
        framewright.render_batch(card, [{}] * 3, f"{out}/{{index}}.mp4", on_event=listen)
    assert remains.files(out) == []
    remains.assert_gone(browser_files)


def command(*arguments):
    return [sys.executable, "-c", "from framewright.cli import main; main()", *map(str, arguments)]


def test_the_command_tells_rows_by_number_and_ends_with_the_worst_status(card, out, tmp_path, capsys):
    rows = tmp_path / "rows.csv"
    rows.write_text(f"name,tint,fail\nfirst,{TINTS[0]},\nsecond,,yes\n")
    arguments = ("render", card, "--batch", rows, "-o", f"{out}/{{name}}.mp4", "--json", "--workers", 1)
    assert run([str(word) for word in arguments]) == 3
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {event.get("row") for event in events if event["event"] == "stage"} == {0, 1}
    assert [event["row"] for event in events if event["event"] == "row_failed"] == [1]
    assert events[-1]["event"] == "batch_finished"
    assert remains.files(out) == ["first.mp4"]


@pytest.mark.thorough
def test_ctrl_c_keeps_what_is_finished_and_nothing_half_done(card, out, tmp_path, browser_files):
    rows = tmp_path / "rows.json"
    rows.write_text(json.dumps([{}] * 40))
    process = subprocess.Popen(
        command("render", card, "--batch", rows, "-o", f"{out}/{{index}}.mp4", "--json", "--workers", 1),
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    finished = []
    with process:
        for line in process.stdout:
            event = json.loads(line)
            if event["event"] == "finished":
                finished.append(event["row"])
                process.send_signal(signal.SIGINT)
                break
        finished += [json.loads(line)["row"] for line in process.stdout if '"finished"' in line]
        assert process.wait(timeout=60) == 5
    assert finished[0] == 0 and len(finished) < 40
    assert remains.files(out) == sorted(f"{row}.mp4" for row in finished)
    remains.assert_gone(browser_files)
