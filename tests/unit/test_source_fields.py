"""Interlaced sources: whole frames come out, as many as before, the same whichever way they were reached."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np
import pytest
from av.video.frame import VideoFrame

from framewright.media.sources import SourceShelf
from truth import footage

BUDGET = 32 * 1024 * 1024
FRAMES = 40


@pytest.fixture(scope="module")
def combed(tmp_path_factory):
    """A bar that goes 8 pixels a frame, 4 a field."""
    path = tmp_path_factory.mktemp("fields") / "a.mov"
    with av.open(str(path), "w") as container:
        stream = container.add_stream(
            "mpeg2video", rate=25, options={"flags": "+ilme+ildct", "qscale": "2", "top": "1"}
        )
        stream.width, stream.height, stream.pix_fmt = 400, 96, "yuv420p"
        stream.bit_rate, stream.codec_context.gop_size, stream.codec_context.max_b_frames = 4_000_000, 12, 2
        for n in range(FRAMES):
            grey = np.zeros((96, 400), np.uint8)
            grey[0::2, 8 * n : 8 * n + 40] = 255
            grey[1::2, 8 * n + 4 : 8 * n + 44] = 255
            frame = VideoFrame.from_ndarray(np.repeat(grey[..., None], 3, axis=2), format="rgb24")
            frame = frame.reformat(format="yuv420p", dst_colorspace="ITU601", dst_color_range=1)
            frame.pts = n
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def combs(grey: np.ndarray) -> float:
    """How much each row differs from the mean of its neighbours."""
    return float(np.abs(grey[1:-1] - (grey[:-2] + grey[2:]) / 2).mean())


async def test_no_combs_are_left_and_every_frame_keeps_its_time(combed):
    with av.open(str(combed)) as container:
        before = [
            combs(frame.to_ndarray(format="gray").astype(np.float64)) for frame in container.decode(video=0)
        ]
    async with SourceShelf(BUDGET) as shelf:
        assert (await shelf.facts(combed)).video.interlaced
        for n in range(FRAMES):
            frame = await shelf.frame(combed, Fraction(n, 25))
            grey = footage.grey_of(frame)
            assert combs(grey) < before[n] / 3
            middle = (np.arange(400) * grey.mean(axis=0)).sum() / grey.mean(axis=0).sum()
            assert middle == pytest.approx(8 * n + 22, abs=3)
            assert float(frame.start) == pytest.approx(n / 25, abs=0.002)
        assert shelf.counters.decoded <= FRAMES + 3


async def test_a_frame_is_the_same_by_every_way(combed):
    async with SourceShelf(BUDGET) as shelf:
        straight = [(await shelf.frame(combed, Fraction(n, 25))).data for n in range(FRAMES)]
    for n in (0, 1, 11, 12, 13, 24, 25, 36, 39):
        async with SourceShelf(BUDGET) as shelf:
            await shelf.frame(combed, Fraction(39 if n < 30 else 0, 25))
            assert (await shelf.frame(combed, Fraction(n, 25))).data == straight[n]
