"""What authors see of video and audio elements: the source as it stands at the frame's time, by sources that carry numbers."""

from __future__ import annotations

from fractions import Fraction

import pytest
import pytest_asyncio

from truth import footage
from truth.stages import Stages, composed

pytestmark = pytest.mark.asyncio(loop_scope="module")
NOTHING = "data-duration='8' data-no-timeline"
SIZE = (160, 90)
# The number that a video shows when it is drawn: the cells of truth.counter, by their middles; null: no whole number.
READ = """window.read = (picture, width = 160, height = 90) => {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [width, height];
    const context = canvas.getContext('2d');
    context.drawImage(picture, 0, 0, width, height);
    return readCanvas(context);
};
window.readCanvas = (context) => {
    const { width, height } = context.canvas;
    const cell = (column, row) => {
        const [x, y] = [Math.floor((column + 0.5) * width / 8), Math.floor((row + 0.5) * height / 2)];
        const value = context.getImageData(x, y, 1, 1).data[1];
        return value > 170 ? 1 : value < 85 ? 0 : null;
    };
    let number = 0;
    for (let bit = 0; bit < 8; bit += 1) {
        const [one, other] = [cell(bit, 0), cell(bit, 1)];
        if (one === null || one === other) return null;
        number += one << bit;
    }
    return number;
};"""


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    """Two seconds at 25 frames a second, with B-frames."""
    return footage.write(tmp_path_factory.mktemp("clips") / "clip.mp4", fps=25, frames=50, size=SIZE)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stages(tmp_path_factory, browser_files):
    async with Stages(tmp_path_factory.mktemp("pages")) as opened:
        yield opened


def page(body, script=""):
    return composed(body, root=NOTHING, head=f"<script>{READ}</script>") + f"<script>{script}</script>"


async def opened(stages, clip, body, script=""):
    return await stages.open(page(body, script), {"clip.mp4": clip.path.read_bytes()})


PLACED = {
    "start": ('data-start="1"', lambda t: t - 1),
    "trim": (
        'data-start="0.5" data-media-start="0.4"',
        lambda t: max(0, t - Fraction(1, 2)) + Fraction(2, 5),
    ),
    "double": ('data-start="0" data-playback-rate="2"', lambda t: 2 * t),
    "half": ('data-start="0" data-playback-rate="0.5"', lambda t: t / 2),
    "hold": ('data-start="0" data-duration="7"', lambda t: t),
    "loop": ('data-start="0" loop', lambda t: t % 2),
    "trimmed loop": (
        'data-start="0" data-duration="7" loop data-playback-start="1.2"',
        lambda t: Fraction(6, 5) + t % Fraction(4, 5),
    ),
}
# Forwards, backwards, and again: between source frames and on them, around loops and ends.
TIMES = [Fraction(n, 30) for n in (0, 1, 15, 16, 24, 30, 31, 45, 59, 60, 61, 75, 90, 120, 200)]


@pytest.mark.parametrize("name", PLACED)
async def test_a_drawn_video_is_the_frame_that_the_timestamps_say(stages, clip, name):
    attributes, source = PLACED[name]
    opened_page = await opened(
        stages, clip, f'<video id="v" src="clip.mp4" {attributes} style="opacity: 0"></video>'
    )
    await opened_page.ask("read(v)")
    for time in [*TIMES, *TIMES[::-3], *TIMES[4:9]]:
        await opened_page.at(time)
        drawn = await opened_page.ask("read(v)")
        assert drawn == clip.at(source(time)), (name, time)
    await opened_page.close()
