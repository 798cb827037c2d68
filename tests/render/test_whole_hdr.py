"""Whole renders in HDR: every frame of the footage in its own codes, graphics at their white, the same bytes by any workers."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest

from truth import decoding, light

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FRAMES, SHOWN, RATE = 40, 30, 25
LEVELS = (
    "master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(12000000,50):max-cll=1100,250"
)
# The footage on the left, over its second half a veil; a graphic that moves on the right.
PAGE = """<!doctype html><html><head><style>
body {{ margin: 0; background: #404040 }} #root > * {{ position: absolute }}
#veil {{ left: 0; top: 90px; width: 64px; height: 90px; background: #fff8; animation: none }}
#bar {{ left: 340px; top: 20px; width: 60px; height: 60px; background: #fff; animation: down 1.6s -.01s steps(4) both }}
@keyframes down {{ to {{ top: 140px }} }}
</style></head><body><div id="root" data-composition-id="main" data-width="480" data-height="270" data-duration="{seconds}" data-fps="25" data-no-timeline>
<video src="clip.mp4" data-start="0" data-duration="1.2" style="left: 0; top: 0; width: 320px; height: 180px"></video>
<div id="veil"></div><div id="bar"></div></div></body></html>"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A composition with a source of this kind: 1.2 s of footage, then graphics alone."""

    @cache
    def written(transfer: str) -> Path:
        folder = tmp_path_factory.mktemp(transfer)
        levels = {"pq": LEVELS, "hlg": ""}[transfer]
        light.write_source(folder / "clip.mp4", transfer, frames=SHOWN, levels=levels)
        (folder / "index.html").write_text(PAGE.format(seconds=FRAMES / RATE))
        return folder

    return written


def check(path: Path, transfer: str, *, veil: float = 6) -> None:
    """Every frame. The patch under the veil may be off by so many codes."""
    white, ground = (light.graphics((grey,) * 3, transfer)[0] for grey in (255, 64))
    right = [light.of_ycc(patch) for patch in light.PATCHES]
    count = 0
    for number, codes in enumerate(light.codes(path)):
        count += 1
        at = 20 + 30 * (number // 10)
        assert np.abs(codes[at + 8 : at + 52, 350:390].mean(axis=(0, 1)) - white).max() <= 2, number
        assert np.abs(codes[190:260, 10:300].mean(axis=(0, 1)) - ground).max() <= 2, number
        shown = codes[:180, :320]
        if number >= SHOWN:
            assert np.abs(shown[10:80].mean(axis=(0, 1)) - ground).max() <= 2, number
            continue
        assert light.number_in(shown[:90]) == number
        for patch in (1, 2, 3, 4):
            assert np.abs(light.patch(shown, patch) - right[patch]).max() <= 3, (number, patch)
        veiled = np.array(right[0]) * (1 - 136 / 255) + white * 136 / 255
        assert np.abs(light.patch(shown, 0) - veiled).max() <= veil, number
    assert count == FRAMES


@pytest.mark.thorough
def test_h265_follows_its_source_by_any_workers_and_in_any_mode(
    render: Callable, page: Callable[[str], Path]
) -> None:
    told = []
    one = render(page("pq"), codec="h265", crf=6, workers=1, on_event=told.append)
    check(one.path, "pq")
    assert decoding.tags(one.path) == decoding.Tags(matrix=9, range=1, primaries=9, transfer=16)
    (chosen,) = [event for event in told if getattr(event, "subject", None) == "hdr"]
    assert (chosen.choice, chosen.inputs["sources"]) == ("pq", 1)
    assert one.report.capture == "screenshot"
    two = render(page("pq"), "two.mp4", codec="h265", crf=6, workers=2, mode="run")
    assert two.path.read_bytes() == one.path.read_bytes()


@pytest.mark.thorough
def test_av1_in_hlg(render: Callable, page: Callable[[str], Path]) -> None:
    made = render(page("hlg"), "out.webm", codec="av1", quality="draft", crf=8)
    # SVT-AV1 lets flat cells jump in single frames, in SDR too, by up to 12 of 255.
    check(made.path, "hlg", veil=30)
    assert decoding.tags(made.path) == decoding.Tags(matrix=9, range=1, primaries=9, transfer=18)


def test_h264_stays_sdr(render: Callable, page: Callable[[str], Path]) -> None:
    made = render(page("pq"), end_frame=3, workers=1)
    assert decoding.tags(made.path) == decoding.Tags(matrix=1, range=1, primaries=1, transfer=1)
    for number, codes in enumerate(light.codes(made.path)):
        assert light.number_in(codes[:90, :320]) == number


@pytest.mark.thorough
def test_chunks_make_the_same_file(render: Callable, page: Callable[[str], Path], tmp_path: Path) -> None:
    """At 5 frames a second encoders begin anew every 20 frames; the footage is seen on both sides of that."""
    folder = tmp_path / "page"
    folder.mkdir()
    (folder / "clip.mp4").write_bytes((page("pq") / "clip.mp4").read_bytes())
    page = (
        PAGE.format(seconds=5)
        .replace('data-fps="25"', 'data-fps="5"')
        .replace('data-start="0"', 'data-start="3"')
    )
    (folder / "index.html").write_text(page)
    one = render(folder, codec="h265", crf=6, chunks=1)
    two = render(folder, "two.mp4", codec="h265", crf=6, chunk_frames=20)
    assert two.path.read_bytes() == one.path.read_bytes()
    frames = [codes[:90, :320] for codes in light.codes(two.path)]
    assert [light.number_in(frame) for frame in frames[15:21]] == list(range(0, SHOWN, 5))
    grey = light.graphics((64,) * 3, "pq")[0]
    assert all(np.abs(frame.mean() - grey) <= 2 for frame in (*frames[:15], *frames[21:]))
    assert len(frames) == 25
