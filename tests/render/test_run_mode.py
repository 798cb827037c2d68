"""--mode run: a page whose state grows from frame to frame looks as in one go, whoever renders which frame."""

from __future__ import annotations

import json
import os
import signal

import pytest

from framewright.cli.entry import run
from truth import counter, decoding, pages, remains
from truth.grids import thorough
from truth.pages import Film

FILM = Film(frames=80)
# One more in every animation frame after the first picture: nothing that a seek could reach.
COUNTING = (
    counter.SHOW
    + """
let steps = 0;
(function step() {
  if (performance.now() > 0) steps += 1;
  show(steps);
  requestAnimationFrame(step);
})();
"""
)


def counting(folder, film=FILM):
    return pages.write(folder, pages.document(film, counter.CELLS, script=COUNTING))


@pytest.mark.parametrize(
    ("name", "wishes", "frames"),
    [
        *thorough(("out.mp4", {"workers": 3}, range(80))),
        ("out.mp4", {"workers": 2, "start_frame": 50, "end_frame": 78}, range(50, 78)),
        *thorough(("out.mov", {"workers": 2, "codec": "prores", "fps": 15, "end_frame": 30}, range(30))),
    ],
)
def test_every_frame_is_what_one_run_shows(render, tmp_path, name, wishes, frames):
    path, report = render(counting(tmp_path / "page"), name, mode="run", quality="draft", **wishes)
    assert decoding.numbers(path) == list(frames)
    assert (report.mode, report.frames) == ("run", len(frames))


@pytest.mark.thorough
def test_a_killed_browser_begins_again_from_zero(render, tmp_path, browser_files):
    killed = []

    def strike(event):
        if event.event == "progress" and not killed:
            killed.extend(remains.browser_mains(browser_files))
            for process in killed:
                os.kill(process, signal.SIGKILL)

    film = Film(frames=240)
    page = counting(tmp_path / "page", film)
    path, report = render(page, mode="run", workers=2, quality="draft", on_event=strike)
    assert killed
    assert decoding.numbers(path) == list(range(film.frames))
    assert report.restarted_workers >= 1


# Counts in ten frames, sleeps for one and a half seconds, and goes on from where it was.
RESTING = (
    counter.SHOW
    + """
let steps = 0, awake = 0;
const step = () => {
  show(++steps);
  if (++awake < 10) requestAnimationFrame(step);
  else setTimeout(() => { awake = 0; requestAnimationFrame(step); }, 1500);
};
show(0);
setTimeout(() => requestAnimationFrame(step), 500);
"""
)


@pytest.mark.thorough
def test_holds_leave_out_no_step(render, tmp_path):
    film = Film(frames=170)
    page = pages.write(tmp_path / "page", pages.document(film, counter.CELLS, script=RESTING))
    path, report = render(page, mode="run", workers=2, quality="draft")
    # Steps in frames 15 to 24, asleep until the time of frame 69, and so on.
    rests = [0] * 15 + [*range(1, 11)] + [10] * 44 + [*range(11, 21)] + [20] * 44 + [*range(21, 31)]
    expected = (rests + [30] * film.frames)[: film.frames]
    assert decoding.numbers(path) == expected
    assert report.unchanged == sum(a == b for a, b in zip(expected, expected[1:], strict=False))


# A page that scrolls by itself and counts what comes into view: that is only known once it is drawn.
REVEALING = (
    counter.SHOW
    + """
let seen = 0;
const observer = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    if (!entry.isIntersecting) continue;
    observer.unobserve(entry.target);
    seen += 1;
    shownAt.push(Math.round(performance.now() / frame));
  }
});
const frame = 1000 / 30, shownAt = [];
for (let n = 0; n < 60; n++) {
  const row = document.createElement("p");
  row.style.cssText = "position:static;height:60px;margin:0";
  scroller.append(row);
  observer.observe(row);
}
(function step() {
  scroller.scrollTop = performance.now() / frame * 20;
  // The eighth step after something came into view it is counted: the order of frames matters.
  show(shownAt.filter((at) => performance.now() / frame - at > 7).length);
  requestAnimationFrame(step);
})();
"""
)
SCROLLER = (
    f'{counter.CELLS}<div id="scroller" style="position:absolute;inset:0;overflow:hidden;opacity:0"></div>'
)


@pytest.mark.thorough
def test_a_page_that_hears_when_it_is_drawn_is_drawn_on_the_way(render, tmp_path):
    page = pages.write(tmp_path / "page", pages.document(FILM, SCROLLER, script=REVEALING))
    whole, _ = render(page, "whole.mp4", mode="run", workers=1, quality="draft")
    part, _ = render(page, "part.mp4", mode="run", workers=1, quality="draft", start_frame=48)
    numbers = decoding.numbers(whole)
    assert len(set(numbers)) > 20
    assert decoding.numbers(part) == numbers[48:]


def test_what_the_command_line_says(tmp_path, capsys):
    page = counting(tmp_path / "page", Film(frames=3))
    assert run(["probe", str(page), "--json", "--mode", "run"]) == 0
    assert json.loads(capsys.readouterr().out)["mode"] == "run"
    assert run(["probe", str(page), "--json", "--mode", "walk"]) == 2
    assert "use seek, run, auto" in capsys.readouterr().out


LEAVING = (
    counter.SHOW
    + """
let left = 0;
new IntersectionObserver((entries) => {
  for (const entry of entries) left += !entry.isIntersecting;
}).observe(seen);
(function step(at) { seen.style.left = at > 1500 ? "-99px" : "9px"; show(left); requestAnimationFrame(step); })(0);
"""
)


@pytest.mark.thorough
def test_nothing_leaves_the_view_where_two_runs_of_frames_meet(render, tmp_path):
    body = (
        f'{counter.CELLS}<b id="seen" style="position:absolute;top:9px;width:9px;height:9px;opacity:0"></b>'
    )
    page = pages.write(tmp_path / "page", pages.document(FILM, body, script=LEAVING))
    path, _ = render(page, workers=1, quality="draft")
    numbers = decoding.numbers(path)
    assert numbers[:46] == [0] * 46
    assert set(numbers[48:]) == {1}
