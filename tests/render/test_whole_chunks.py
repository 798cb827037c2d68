"""One composition is one file, in however many pieces its frames are rendered and by however many browsers."""

from __future__ import annotations

import filecmp
from typing import TYPE_CHECKING

import pytest

from truth import counter, decoding, footage, pages, tones
from truth.grids import ordinary, thorough
from truth.pages import Film

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# At one frame a second encoders begin anew every two frames or some such: enough cells for seven chunks to choose from.
FILM = Film(frames=64, fps="1", width=128, height=72)
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
ADVANCING = (
    counter.SHOW
    + f"addEventListener('hf-seek', event => show(Math.floor(event.detail.time * {FILM.fps} + 0.25)));"
)
HOLDING = counter.SHOW + (
    f"addEventListener('hf-seek', event => show(Math.floor(Math.floor(event.detail.time * {FILM.fps} + 0.25) / 27)));"
)


def counted(folder: Path) -> Path:
    return pages.write(folder, pages.document(FILM, counter.CELLS, script=ADVANCING))


LATE = (
    ADVANCING
    + """
addEventListener('hf-seek', event => {
  if (event.detail.time > 20 && !late.src) late.src = 'late.svg';
});
"""
)


def held(folder: Path) -> Path:
    return pages.write(folder, pages.document(FILM, counter.CELLS, script=HOLDING))


def accumulating(folder: Path) -> Path:
    return pages.write(folder, pages.document(FILM, counter.CELLS, script=COUNTING))


def filmed(folder: Path) -> Path:
    page = pages.write(
        folder,
        pages.document(
            FILM,
            '<video id="clip" src="clip.mp4" data-start="0" data-duration="64" style="width:128px;height:72px"></video>'
            '<audio id="song" src="song.wav" data-start="1" data-duration="60"></audio>',
        ),
    )
    footage.write(folder / "clip.mp4", fps=1, frames=64)
    tones.write(folder / "song.wav", tones.tone(61.0, 440.0))
    return page


CASES: dict[str, tuple[Callable[[Path], Path], str, dict[str, object]]] = {
    "stream": (counted, "out.mp4", {"capture": "stream"}),
    "screenshot": (held, "out.mp4", {"capture": "screenshot", "quality": "draft"}),
    "footage and sound": (filmed, "out.mp4", {"codec": "h265", "quality": "draft"}),
    "run": (accumulating, "out.webm", {"mode": "run", "quality": "draft"}),
    "alpha": (counted, "out.webm", {"alpha": True, "quality": "draft"}),
    "prores": (held, "out.mov", {"alpha": True}),
    "av1": (counted, "out.mp4", {"codec": "av1", "quality": "draft"}),
    "gif": (held, "out.gif", {}),
    "images": (counted, "out", {"format": "png-sequence"}),
}
WAYS = ({"chunks": 1, "workers": 3}, {"chunks": 3, "workers": 1}, {"chunks": 7, "workers": 2})
# Whoever renders a piece knows nothing of the others, and codecs nothing of who renders: where one codec has gone every way,
# and footage and sound have gone to processes, the others only have to be cut.
CUTS = {"chunks": 7, "workers": 1}
FEW = dict.fromkeys(CASES, (CUTS,)) | {"stream": WAYS, "footage and sound": WAYS[-1:]}


@pytest.mark.thorough
@pytest.mark.parametrize("case", ordinary(CASES, "gif"))
def test_cuts_and_workers_leave_no_trace(render, tmp_path, case):
    check_ways(render, tmp_path, case, FEW[case])


@pytest.mark.long
@pytest.mark.parametrize("case", CASES)
def test_cuts_and_workers_leave_no_trace_by_every_way(render, tmp_path, case):
    check_ways(render, tmp_path, case, WAYS)


def check_ways(render, tmp_path, case, ways):
    write, name, wishes = CASES[case]
    page = write(tmp_path / "page")
    whole, report = render(page, f"whole-{name}", chunks=1, workers=1, fps=1, **wishes)
    assert (report.frames, report.chunks) == (FILM.frames, 1)
    check_numbers(whole, case)
    for way in ways:
        path, report = render(page, f"{way['chunks']}-{way['workers']}-{name}", fps=1, **way, **wishes)
        assert report.chunks == way["chunks"]
        assert same(whole, path), way


def check_numbers(path: Path, case: str) -> None:
    if case == "gif":
        return  # its readers count a picture that holds once
    found = decoding.numbers(path)
    if CASES[case][0] is held:
        assert found == [frame // 27 for frame in range(FILM.frames)]
    else:
        assert found == list(range(FILM.frames))


def same(one: Path, other: Path) -> bool:
    """Whether two outputs are equal, byte for byte."""
    if one.is_file():
        return filecmp.cmp(one, other, shallow=False)
    names = sorted(child.name for child in one.iterdir())
    match, wrong, broken = filecmp.cmpfiles(one, other, names, shallow=False)
    return sorted(child.name for child in other.iterdir()) == names and not wrong and not broken


@pytest.mark.parametrize("codec", ["h264", *thorough("vp9")])
def test_cuts_between_keyframes_lose_no_frame(render, tmp_path, codec):
    page = counted(tmp_path / "page")
    name = {"h264": "out.mp4", "vp9": "out.webm"}[codec]
    path, report = render(page, name, fps=1, codec=codec, chunk_frames=23, workers=2, quality="draft")
    assert report.chunks == 3
    assert decoding.numbers(path) == list(range(FILM.frames))


@pytest.mark.thorough
def test_a_part_in_chunks_has_the_frames_of_that_part(render, tmp_path):
    page = counted(tmp_path / "page")
    path, report = render(page, fps=1, start_frame=13, end_frame=58, chunks=3, workers=1, quality="draft")
    assert report.chunks == 3
    assert decoding.numbers(path) == list(range(13, 58))


@pytest.mark.thorough
def test_a_kept_piece_is_used_until_the_file_that_it_lacked_is_there(tmp_path, render, monkeypatch):
    monkeypatch.setenv("FRAMEWRIGHT_PIECE_CACHE_SIZE", "1G")
    page = pages.write(
        tmp_path / "page", pages.document(FILM, f'{counter.CELLS}<img id="late">', script=LATE)
    )

    def rendered(**wishes):
        told = []
        report = render(page, fps="1", end_frame=60, workers=1, on_event=told.append, **wishes).report
        reused = any(event.event == "chunk" and event.state == "reused" for event in told)
        return reused, [notice.message for notice in report.notices]

    missing = "late.svg answered 404."
    assert rendered(loudness=-16) == (
        False,
        ["--loudness -16 is not followed, since nothing is heard.", missing],
    )
    assert rendered(subtitles_mode="track") == (True, [missing]), "of pages, and of no other render's options"
    (page / "late.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>")
    assert rendered() == (False, [])
