"""What reaches an encoder of HDR, from pages with HDR footage: its own codes wherever it is seen, graphics at 203 cd/m²."""

from __future__ import annotations

import numpy as np
import pytest
import pytest_asyncio

from framewright.capture import BrightSource
from framewright.model.frames import FrameRange, FrameRate
from framewright.model.media import Transfer
from framewright.model.size import Size
from truth import footage, light
from truth.grids import thorough
from truth.stages import Stages, composed

pytestmark = pytest.mark.asyncio(loop_scope="module")
ROOT = 'data-duration="1" data-no-timeline'
RATE = FrameRate.parse(25)
HEAD = "<style>body { background: #808080 } video, div > div, i { position: absolute }</style>"
GREY, WHITE = light.graphics((128,) * 3, "pq")[0], light.graphics((255,) * 3, "pq")[0]
RIGHT = [light.of_ycc(patch) for patch in light.PATCHES]


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    """A source of each kind, by name; 320×180, 20 frames; the numbers of the second one begin at 100."""
    folder = tmp_path_factory.mktemp("clips")
    light.write_source(folder / "pq.mp4", "pq")
    light.write_source(folder / "other.mp4", "pq", first=100)
    light.write_source(folder / "hlg.mp4", "hlg")
    footage.write(folder / "sdr.mp4", fps=25, frames=20, size=(320, 180), first=50)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stages(tmp_path_factory, browser_files):
    async with Stages(tmp_path_factory.mktemp("pages")) as opened:
        yield opened


async def captured(stages, clips, body, frames=FrameRange(0, 3), transfer=Transfer.PQ):
    """Codes of each frame, or None for one that equals the one before."""
    page = await stages.open(composed(body, root=ROOT, head=HEAD), clips)
    await page.stage.brighten(transfer)
    source = BrightSource(page.page, page.stage, Size(640, 360), transfer)
    run = await source.capture(page.stage, frames, RATE)
    await page.close()
    return [None if picture is None else light.codes_in(picture) for picture in run.pictures]


def part(codes, left, top, width=320, height=180):
    return codes[top : top + height, left : left + width]


def video(name, style, **attributes):
    told = " ".join(f'{key}="{value}"' for key, value in ({"data-start": 0} | attributes).items())
    return f'<video src="{name}" {told} style="{style}"></video>'


def apart(found, right):
    return np.abs(np.asarray(found) - np.asarray(right)).max()


def check_patches(codes, numbers=range(5), right=RIGHT, within=2.0):
    for number in numbers:
        assert apart(light.patch(codes, number), right[number]) <= within, number


@pytest.mark.parametrize("name", ["pq", *thorough("hlg")])
async def test_footage_keeps_its_codes_and_graphics_get_theirs(stages, clips, name):
    graphics = [light.graphics((step,) * 3, name)[0] for step in range(0, 256, 51)]
    ramp = "".join(
        f'<i style="left:{330 + 50 * n}px; top:200px; width:50px; height:80px; background:rgb({51 * n} {51 * n} {51 * n})"></i>'
        for n in range(6)
    )
    frames = await captured(
        stages, clips, video(f"{name}.mp4", "left:0; top:0") + ramp, FrameRange(0, 10), Transfer(name)
    )  # fmt: skip
    for number, codes in enumerate(frames):
        shown = part(codes, 0, 0)
        assert light.number_in(shown[:90]) == number
        check_patches(shown)
        for step, right in enumerate(graphics):
            assert apart(part(codes, 340 + 50 * step, 210, 30, 60), right) <= 1.5


async def test_what_lies_over_footage_is_mixed_by_weight(stages, clips):
    over = """
    <i style="left:64px; top:90px; width:64px; height:90px; background:#fff; opacity:.5"></i>
    <i style="left:128px; top:90px; width:64px; height:90px; background:#fff"></i>
    <i style="left:192px; top:90px; width:64px; height:90px; background:#00f; mix-blend-mode:multiply"></i>"""
    (codes,) = await captured(stages, clips, video("pq.mp4", "left:0; top:0") + over, FrameRange(4, 5))
    shown = part(codes, 0, 0)
    check_patches(shown, (0, 4))
    assert apart(light.patch(shown, 1), (np.array(RIGHT[1]) + WHITE) / 2) <= 5
    assert apart(light.patch(shown, 2), WHITE) <= 2
    assert apart(light.patch(shown, 3), [0, 0, RIGHT[3][2]]) <= 3


async def test_shapes_of_footage(stages, clips):
    """A round corner, a clip, a fade of the video itself, a half turn, and half the size."""
    body = "".join([
        video("pq.mp4", "left:0; top:0; border-radius:60px"),
        video("pq.mp4", "left:320px; top:0; clip-path:inset(0 160px 0 0)"),
        video("pq.mp4", "left:0; top:180px; opacity:.25"),
        video("pq.mp4", "left:320px; top:180px; width:160px; height:90px"),
        video("pq.mp4", "left:480px; top:180px; width:160px; height:90px; transform:rotate(180deg)"),
    ])  # fmt: skip
    (codes,) = await captured(stages, clips, body, FrameRange(7, 8))
    corner = part(codes, 0, 0)
    check_patches(corner, (1, 2, 3))
    assert apart(corner[170:178, 2:10], GREY) <= 1.5
    assert apart(corner[130:140, 30:40], RIGHT[0]) <= 2
    clipped = part(codes, 320, 0)
    check_patches(clipped, (0, 1))
    assert apart(clipped[90:180, 162:], GREY) <= 1.5
    faded = part(codes, 0, 180)
    check_patches(faded, right=[(np.array(one) + 3 * GREY) / 4 for one in RIGHT], within=6)
    small = part(codes, 320, 180, 160, 90)
    assert light.number_in(small[:45]) == 7
    check_patches(small)
    check_patches(part(codes, 480, 180, 160, 90)[::-1, ::-1])


@pytest.mark.thorough
async def test_each_of_several_sources_is_itself(stages, clips):
    """Two of HDR, one of the other kind of HDR, and one in SDR, which is graphics; two of them overlap."""
    body = "".join([
        video("pq.mp4", "left:0; top:0"),
        video("other.mp4", "left:320px; top:0"),
        video("hlg.mp4", "left:0; top:180px"),
        video("sdr.mp4", "left:320px; top:180px"),
        video("other.mp4", "left:0; top:90px; width:64px; height:45px"),
    ])  # fmt: skip
    for number, codes in enumerate(await captured(stages, clips, body)):
        assert light.number_in(part(codes, 0, 0, 320, 90)) == number
        assert light.number_in(part(codes, 320, 0, 320, 90)) == 100 + number
        assert light.number_in(part(codes, 0, 90, 64, 22)) == 100 + number
        assert light.number_in(part(codes, 320, 180), WHITE) == 50 + number
        check_patches(part(codes, 0, 0), (1, 2, 3, 4))
        # HLG of 1000 cd/m² in PQ.
        assert apart(light.patch(part(codes, 0, 180), 1), 0) <= 1
        assert light.patch(part(codes, 0, 180), 0)[0] == pytest.approx(
            light.TOP * light.pq(hlg_nits(573)), abs=2
        )


def hlg_nits(code):
    """cd/m² of a grey in HLG."""
    e = (code - 64) / 876
    a = 0.17883277
    scene = e * e / 3 if e <= 0.5 else (np.exp((e - 0.55991073) / a) + 0.28466892) / 12
    return 1000 * scene**1.2


async def test_footage_comes_and_goes_on_its_frame(stages, clips):
    body = video("pq.mp4", "left:0; top:0", **{"data-start": 0.2, "data-duration": 0.2, "data-offset": 0})
    frames = await captured(stages, clips, body, FrameRange(3, 12))
    for number, codes in enumerate(frames, 3):
        if 5 <= number < 10:
            assert light.number_in(part(codes, 0, 0, 320, 90)) == number - 5
        elif codes is None:
            assert number not in {3, 10}  # a first picture, and one without the footage
        else:
            assert apart(part(codes, 0, 0), GREY) <= 1.5


@pytest.mark.thorough
async def test_what_holds_is_told_and_what_moves_over_footage_is_not_lost(stages, clips):
    """The video stands from its end on; the bar moves at two known frames."""
    body = video("pq.mp4", "left:0; top:0", **{"data-playback-rate": 4, "data-duration": 1}) + """
    <i id="bar" style="left:0; top:300px; width:40px; height:40px; background:#fff"></i><script>
    addEventListener('hf-seek', ({ detail }) => {
        bar.style.left = detail.time > .85 ? '160px' : detail.time > .5 ? '64px' : '0';
    });</script>"""  # fmt: skip
    frames = await captured(stages, clips, body, FrameRange(0, 25))
    shown = {number: codes for number, codes in enumerate(frames) if codes is not None}
    for number, codes in shown.items():
        assert light.number_in(part(codes, 0, 0, 320, 90)) == min(4 * number, 19)
        left = 160 if number / 25 > 0.85 else 64 if number / 25 > 0.5 else 0
        assert apart(part(codes, left + 4, 304, 30, 30), WHITE) <= 1.5
    assert sorted(shown) == [0, 1, 2, 3, 4, 5, 13, 22]


async def test_scripts_see_sdr_and_disturb_nothing(stages, clips):
    """A canvas of the page's own draws the video that is also shown."""
    body = video("pq.mp4", "left:0; top:0", id="seen") + """
    <canvas id="own" width="320" height="180" style="position:absolute; left:320px; top:0"></canvas><script>
    addEventListener('hf-seek', () => own.getContext('2d').drawImage(seen, 0, 0));</script>"""  # fmt: skip
    for number, codes in enumerate(await captured(stages, clips, body)):
        assert light.number_in(part(codes, 0, 0, 320, 90)) == number
        check_patches(part(codes, 0, 0))
        own = part(codes, 320, 0, 320, 90)
        assert light.number_in(own, WHITE) == number
        assert own.max() < WHITE + 3


@pytest.mark.thorough
async def test_a_frame_depends_on_itself_alone(stages, clips):
    body = video("pq.mp4", "left:0; top:0; opacity:.6") + '<i style="inset:40px; background:#f808"></i>'
    whole = await captured(stages, clips, body, FrameRange(0, 6))
    for number in (5, 2):
        (alone,) = await captured(stages, clips, body, FrameRange(number, number + 1))
        assert np.array_equal(alone, whole[number])
