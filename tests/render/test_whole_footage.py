"""Every frame of a whole render shows the frame of each source that the timestamps say, whoever draws it.

One page shows fifteen clips side by side, each of another kind; each carries its own frame numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from framewright.media import inspect
from truth import counter, decoding, footage

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_ACROSS, _WIDE, _HIGH = 5, 160, 90
_RATE = 30
_FRAMES = 102
_IRREGULAR = (0, 40, 80, 190, 200, 210, 360, 361, 362, 700, 733, 766, 800, 1500, 1520, 2000, 2700, 2720)


@dataclass(frozen=True)
class _Clip:
    """A source in a window of time, and what its element says."""

    source: footage.Footage
    attributes: str = ""
    offset: Fraction = Fraction(0)
    rate: Fraction = Fraction(1)
    loops: bool = False
    start: Fraction = Fraction(0)
    duration: Fraction | None = None

    def number(self, frame: int) -> int | None:
        """What is seen of it in a frame of the video; None: nothing."""
        time = Fraction(frame, _RATE)
        if time < self.start or (self.duration is not None and time >= self.start + self.duration):
            return None
        inside = (time - self.start) * self.rate
        if self.loops:
            inside %= self.source.end - self.offset
        return self.source.at(self.offset + inside)


def _clips(folder: Path) -> list[_Clip]:
    even = {
        name: footage.write(folder / f"{name}.mp4", fps=fps, frames=frames)
        for name, fps, frames in (
            ("24", 24, 90),
            ("25", 25, 90),
            ("29.97", "30000/1001", 110),
            ("30", 30, 110),
            ("50", 50, 180),
            ("60", 60, 220),
        )
    }
    irregular = [Fraction(moment, 1000) for moment in _IRREGULAR]
    changing = footage.write(folder / "changing.mp4", fps=30, moments=irregular)
    bare = footage.write(folder / "bare.mp4", fps=25, frames=90, b_frames=3, edit_list=False)
    cut = footage.cut_by_edit(footage.write(folder / "cut.mp4", fps=25, frames=100, gop=40), Fraction(12, 25))
    late = footage.write(
        folder / "late.mkv",
        fps=25,
        frames=60,
        moments=footage.even(25, 60, Fraction(1, 2)),
        sound=(Fraction(0), Fraction(3)),
    )
    short = footage.write(folder / "short.webm", codec="libvpx", fps=25, frames=30)
    half, twice = Fraction(1, 2), Fraction(2)
    held = Fraction(32, 10)
    return [
        *(_Clip(one) for one in even.values()),
        _Clip(changing, duration=changing.end),
        _Clip(bare),
        _Clip(cut),
        _Clip(late, 'data-duration="3.4"'),
        _Clip(even["30"], 'data-playback-rate="0.5"', rate=half),
        _Clip(even["25"], 'data-playback-rate="2" loop data-duration="10"', rate=twice, loops=True),
        _Clip(
            short,
            f'loop data-media-start="0.4" data-duration="{float(held)}"',
            offset=Fraction(2, 5),
            loops=True,
            duration=held,
        ),
        _Clip(
            even["24"],
            'data-media-start="1.3"',
            offset=Fraction(13, 10),
            duration=Fraction(90, 24) - Fraction(13, 10),
        ),
        _Clip(short, f'data-start="0.1" data-duration="{float(held)}"', start=Fraction(1, 10), duration=held),
    ]


def _page(clips: list[_Clip]) -> str:
    placed = "".join(
        f'<video src="{clip.source.path.name}" style="left:{n % _ACROSS * _WIDE}px;top:{n // _ACROSS * _HIGH}px"'
        f" muted {'' if 'data-start' in clip.attributes else 'data-start=0'} {clip.attributes}></video>"
        for n, clip in enumerate(clips)
    )
    rows = -(-len(clips) // _ACROSS)
    return f"""<!doctype html><style>body {{ margin: 0; background: #808080 }}
    video {{ position: absolute; width: {_WIDE}px; height: {_HIGH}px; object-fit: fill }}</style>
    <div data-composition-id="wall" data-width="{_ACROSS * _WIDE}" data-height="{rows * _HIGH}"
    data-duration="{_FRAMES / _RATE}" data-fps="{_RATE}" data-no-timeline>{placed}</div>"""


@pytest.fixture(scope="module")
def wall(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[_Clip]]:
    folder = tmp_path_factory.mktemp("wall")
    clips = _clips(folder)
    (folder / "index.html").write_text(_page(clips), encoding="utf-8")
    return folder, clips


def _seen(path: Path, clips: list[_Clip]) -> list[list[int | None]]:
    """By frame and clip the number that stands there; None where only the page's grey is seen."""
    frames = []
    for grey in decoding.greys(path):
        cells = []
        for n in range(len(clips)):
            top, left = n // _ACROSS * _HIGH, n % _ACROSS * _WIDE
            cell = grey[top : top + _HIGH, left : left + _WIDE]
            cells.append(None if abs(cell - 128).max() < 40 else counter.read(cell))
        frames.append(cells)
    return frames


@pytest.mark.thorough
@pytest.mark.parametrize("workers", [1, 3])
def test_every_clip_shows_the_frame_that_its_timestamps_say(
    render: Callable[..., object], wall: tuple[Path, list[_Clip]], workers: int
):
    folder, clips = wall

    done = render(folder, f"{workers}.mp4", workers=workers)

    assert done.report.workers == workers
    seen = _seen(done.path, clips)
    assert len(seen) == _FRAMES
    for frame, numbers in enumerate(seen):
        assert numbers == [clip.number(frame) for clip in clips], f"frame {frame}"


@pytest.mark.thorough
def test_part_of_a_video_at_another_rate_shows_the_same_times(
    render: Callable[..., object], wall: tuple[Path, list[_Clip]]
):
    folder, clips = wall

    done = render(folder, "part.mp4", workers=2, fps=15, start_frame=20, end_frame=51)

    expected = [[clip.number(frame * 2) for clip in clips] for frame in range(20, 51)]
    assert _seen(done.path, clips) == expected
    assert inspect(done.path).frames == 31
