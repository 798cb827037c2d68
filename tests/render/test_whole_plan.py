"""A plan as people and programs make it: by the command and by the call, of whole compositions."""

from __future__ import annotations

import json
import os
import shutil

import pytest

import framewright
from framewright import CompositionError, OutputError, PlanTooLargeError, Settings, UsageError
from framewright.cli.entry import run
from framewright.render import opening
from truth import footage, tones


@pytest.fixture
def page(tmp_path):
    root = tmp_path / "here" / "title"
    root.mkdir(parents=True)
    footage.write(root / "film.mp4", frames=15, fps=30)
    tones.write(root / "song.wav", tones.tone(1.0, 440))
    (root / "later.txt").write_text("nobody asks for it yet")
    (root / "index.html").write_text("""<!doctype html><body style="margin:0">
        <div data-composition-id="main" data-width="320" data-height="180" data-duration="2" data-no-timeline>
        <video src="film.mp4" data-start="1" data-duration="0.5" muted></video>
        <audio src="song.wav" data-start="0.5" data-duration="1"></audio></div>""")
    return root


def test_two_plans_of_one_project_in_two_folders_are_one_plan(page, tmp_path, capsys):
    other = shutil.copytree(page, tmp_path / "elsewhere" / "another name")
    (other / "later.txt").write_text("spare files are part of no digest")
    first = framewright.plan(page, tmp_path / "plan", fps=30, chunk_frames=30, quality="draft")
    assert framewright.open_plan(tmp_path / "plan") == first
    # Into the project itself: a plan does not hold itself.
    wishes = ["--fps", "30", "--chunk-frames", "30", "--quality", "draft", "--json", "-o", str(other / "out")]
    assert run(["plan", str(other), *wishes]) == 0
    second = json.loads(capsys.readouterr().out)
    assert second == json.loads((other / "out" / "plan.json").read_bytes())
    assert second["digests"] == first.model_dump(mode="json")["digests"]
    assert {file["name"]: file["spare"] for file in second["files"]} == {
        "film.mp4": False,
        "index.html": False,
        "later.txt": True,
        "song.wav": False,
    }
    assert {file.name: (file.frames, file.sound) for file in first.files} == {
        "film.mp4": (((28, 47),), False),
        "index.html": (None, False),
        "later.txt": (None, False),
        "song.wav": ((), True),
    }
    assert [(chunk.start, chunk.stop) for chunk in first.chunks] == [(0, 30), (30, 60)]
    written = (tmp_path / "plan" / "plan.json").read_text()
    assert str(tmp_path) not in written
    assert "127.0.0.1" not in written
    moved = shutil.move(tmp_path / "plan", tmp_path / "moved")
    assert framewright.open_plan(moved) == first


def test_the_command_tells_people_what_they_planned(page, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run(["plan", str(page), "--chunk-frames", "20", "--format", "webm"]) == 0
    told = capsys.readouterr().out
    for words in (
        "320×180",
        "60 at 30 fps",
        "vp9 in webm",
        "one mix of 1 track",
        "3, of 20 frames",
        "plan  ",
    ):
        assert words in told
    assert set(os.listdir(tmp_path)) == {"here", "cache"}


def refuse(*_, **__):
    raise AssertionError("a browser was looked for")


def test_what_cannot_be_is_refused_before_a_browser_starts(page, tmp_path, monkeypatch):
    monkeypatch.setattr(opening, "find_browser", refuse)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.doc").write_text("x")
    with pytest.raises(OutputError, match=r"thesis\.doc"):
        framewright.plan(page, tmp_path / "full")
    with pytest.raises(UsageError, match="gif"):
        framewright.plan(page, tmp_path / "new", format="gif", audio_tracks=["a.wav"])
    with pytest.raises(UsageError, match="both"):
        framewright.plan(page, tmp_path / "new", chunks=2, chunk_frames=5)
    assert not (tmp_path / "new").exists()


def test_a_plan_that_is_too_large_is_refused_and_leaves_nothing(page, tmp_path):
    with pytest.raises(PlanTooLargeError, match=r"film\.mp4") as raised:
        framewright.plan(page, tmp_path / "new", settings=Settings(plan_size=1000))
    assert raised.value.code == "FILES_TOO_LARGE"
    assert set(os.listdir(tmp_path)) == {"here", "cache"}


def test_wishes_are_checked_without_a_page(tmp_path):
    assert framewright.check_options("a.webm", crf=30).crf == 30
    (tmp_path / "no.wav").write_text("no sound")
    for output, wishes, code in (
        ("a.mp4", {"codec": "vp9"}, "CODEC_INVALID"),
        ("a.mp4", {"alpha": True}, "ALPHA_INVALID"),
        ("a.gif", {"loudness": -16}, "AUDIO_UNSUPPORTED"),
        ("a.txt", {}, "FORMAT_UNKNOWN"),
        ("a.mp4", {"audio_tracks": [str(tmp_path / "gone.wav")]}, "AUDIO_TRACK_MISSING"),
        ("a.mp4", {"speed": 2}, "OPTION_UNKNOWN"),
    ):
        with pytest.raises(UsageError) as raised:
            framewright.check_options(output, **wishes)
        assert raised.value.code == code
    with pytest.raises(CompositionError):
        framewright.check_options("a.mp4", audio_tracks=[str(tmp_path / "no.wav")])
