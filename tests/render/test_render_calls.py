"""The verbs as programs call them: awaited, blocking, inside a running loop, cancelled, and with listeners that fail."""

from __future__ import annotations

import asyncio
import threading

import pytest

import framewright
from framewright import CancelToken, CompositionError, RenderCancelledError, RenderOptions, UsageError
from truth import decoding, pages, remains
from truth.grids import thorough
from truth.runtimes import write_runtime

FILM = pages.Film(frames=30, width=320, height=180)
LONG = pages.Film(frames=30_000, width=320, height=180)


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    return write_runtime(tmp_path_factory.mktemp("short"), "css-animation", FILM)


@pytest.fixture(scope="module")
def endless(tmp_path_factory):
    """A page that is never done while a test runs."""
    body = '<div style="width:50px;height:50px;background:red;animation:turn 1s linear infinite"></div>'
    turn = "@keyframes turn{to{transform:rotate(1turn)}}"
    return pages.write(tmp_path_factory.mktemp("long"), pages.document(LONG, body, style=turn))


class Nothing:
    """Nothing stands in a folder, and no browser runs."""

    def __init__(self, folder, browser_files):
        self.folder, self.browser_files = folder, browser_files

    def check(self):
        assert remains.files(self.folder) == []
        remains.assert_gone(self.browser_files)


@pytest.fixture
def nothing(tmp_path, browser_files):
    folder = tmp_path / "out"
    folder.mkdir()
    return Nothing(folder, browser_files)


def once_at(frames, action):
    """A listener that acts when so many frames are done."""
    acted = []

    def listen(event):
        if event.event == "progress" and event.frames >= frames and not acted:
            acted.append(event)
            action()

    return listen


@pytest.mark.thorough
def test_a_render_tells_its_stages_choices_and_end(page, tmp_path):
    heard = []
    report = framewright.render(page, tmp_path / "out.mp4", quality="draft", workers=1, on_event=heard.append)
    assert decoding.numbers(tmp_path / "out.mp4") == list(range(FILM.frames))
    assert [event.stage.value for event in heard if event.event == "stage"] == [
        "opening",
        "rendering",
        "finishing",
    ]
    assert [event.subject for event in heard if event.event == "decided"] == [
        "size",
        "fps",
        "duration",
        "mode",
        "output",
        "capture",
        "chunks",
        "workers",
    ]
    progress = [event for event in heard if event.event == "progress"]
    assert (progress[-1].frames, progress[-1].total) == (FILM.frames, FILM.frames)
    fractions = [event.fraction for event in progress]
    assert (fractions == sorted(fractions), fractions[0] > 0, fractions[-1]) == (True, True, 1.0)
    states = [event.state.value for event in heard if event.event == "chunk"]
    # How often it is told that a chunk gets on depends on the machine.
    assert (states[0], states[-1], set(states[:-1])) == ("running", "done", {"running"})
    assert heard[-1].event == "finished"
    assert heard[-1].report == report
    assert (report.frames, report.output.frames, report.workers) == (FILM.frames, FILM.frames, 1)
    assert report.output.path == str(tmp_path / "out.mp4")


async def test_inside_a_running_loop_as_in_a_notebook(page, tmp_path):
    report = framewright.render(page, tmp_path / "out.mp4", quality="draft", end_frame=4, workers=1)
    assert report.frames == 4


def test_a_probe_is_what_a_render_would_give(page):
    found = framewright.probe(page, fps=25, scale=2, start_frame=3)
    assert (found.fps, found.frames, found.start_frame, found.end_frame) == ("25", 25, 3, 25)
    assert (found.width, found.height, found.output_width, found.output_height) == (320, 180, 640, 360)
    assert found.description.composition == "main"
    assert [choice.subject for choice in found.decisions] == ["size", "fps", "duration", "mode"]


@pytest.mark.thorough
async def test_two_renders_side_by_side_in_one_loop(page, tmp_path):
    names = [tmp_path / "a.mp4", tmp_path / "b.mp4"]
    await asyncio.gather(
        *(framewright.render_async(page, name, quality="draft", end_frame=8, workers=1) for name in names)
    )
    assert [decoding.numbers(name) for name in names] == [list(range(8))] * 2


@pytest.mark.thorough
def test_a_token_ends_the_render_from_another_thread(endless, nothing):
    token = CancelToken()
    hit = threading.Event()
    thread = threading.Thread(target=lambda: hit.wait(120) and token.cancel())
    thread.start()
    with pytest.raises(RenderCancelledError):
        framewright.render(endless, nothing.folder / "out.mp4", cancel=token, on_event=once_at(1, hit.set))
    thread.join()
    nothing.check()


async def test_cancelling_the_task_ends_the_render(endless, nothing):
    going = asyncio.Event()
    task = asyncio.create_task(
        framewright.render_async(
            endless, nothing.folder / "out.mp4", workers=2, on_event=once_at(1, going.set)
        )
    )
    await asyncio.wait_for(going.wait(), 120)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    nothing.check()


@pytest.mark.parametrize("stage", ["opening", *thorough("rendering")])
def test_a_token_that_is_cancelled_early_ends_it_early(endless, nothing, stage):
    token = CancelToken()

    def listen(event):
        if event.event == "stage" and event.stage.value == stage:
            token.cancel()

    with pytest.raises(RenderCancelledError):
        framewright.render(endless, nothing.folder / "out.mp4", cancel=token, on_event=listen)
    nothing.check()


class ListenerError(Exception):
    """Of a caller who failed."""


@pytest.mark.parametrize("event", ["stage", *thorough("decided"), *thorough("progress")])
def test_a_listener_that_raises_ends_the_render_with_its_error(endless, nothing, event):
    def listen(told):
        if told.event == event:
            raise ListenerError

    with pytest.raises(ListenerError):
        framewright.render(endless, nothing.folder / "out.mp4", on_event=listen)
    nothing.check()


@pytest.mark.thorough
def test_strict_refuses_a_page_that_is_not_ready(tmp_path, nothing):
    page = pages.write(tmp_path / "page", pages.document(FILM, '<img id="logo" src="missing.png">'))
    lenient = framewright.probe(page)
    assert "IMAGE_FAILED" in {notice.code for notice in lenient.notices}
    with pytest.raises(CompositionError) as refused:
        framewright.render(page, nothing.folder / "out.mp4", strict=True)
    assert refused.value.code == "STRICT"
    nothing.check()


def test_a_wish_that_the_page_overrules_is_a_warning_and_under_strict_an_error(page, tmp_path):
    report = framewright.render(
        page, tmp_path / "out.mp4", duration=9, width=100, end_frame=2, quality="draft"
    )
    assert [notice.code for notice in report.notices] == ["OPTION_IGNORED", "OPTION_IGNORED"]
    with pytest.raises(CompositionError):
        framewright.probe(page, duration=9, strict=True)


def test_options_come_as_one_value_or_as_keywords(page, tmp_path):
    with pytest.raises(UsageError) as refused:
        framewright.render(page, tmp_path / "out.mp4", RenderOptions(), fps=30)
    assert refused.value.code == "OPTIONS_TWICE"
    with pytest.raises(UsageError) as refused:
        framewright.render(page, tmp_path / "out.mov", capture="stream")
    assert refused.value.code == "CAPTURE_INVALID"
