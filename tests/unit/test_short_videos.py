"""The shortest videos: one frame, or two, have right times in every format, each time they are made."""

from __future__ import annotations

import av
import pytest

from framewright.media import open_encoder
from framewright.model.frames import FrameRate
from framewright.model.output import Codec, Format, Layout, OutputSpec, Quality
from framewright.model.picture import Picture
from framewright.model.size import Size
from truth.grids import ordinary

SIZE = Size(320, 180)
PICTURE = Picture(Layout.I420, SIZE, bytes([60]) * SIZE.area + bytes([128]) * (SIZE.area // 2))


@pytest.mark.parametrize("frames", ordinary([1, 2, 3], 1, 3))
@pytest.mark.parametrize(
    ("container", "codec"),
    [
        (Format.MP4, Codec.H264),
        pytest.param(Format.MOV, Codec.H265, marks=pytest.mark.thorough),
        (Format.MP4, Codec.H265),
        (Format.MP4, Codec.AV1),
        (Format.WEBM, Codec.VP9),
    ],
)
def test_times_of_short_videos(tmp_path, container, codec, frames):
    spec = OutputSpec(container, codec, Quality.DRAFT)
    # What an encoder leaves to chance shows in some of many files.
    for attempt in range(6):
        path = tmp_path / f"{attempt}.{container}"
        encoder = open_encoder(spec, SIZE, FrameRate.parse(25), path)
        encoder.write(PICTURE)
        for _ in range(frames - 1):
            encoder.repeat()
        encoder.finish()
        with av.open(str(path)) as file:
            packets = [packet for packet in file.demux(video=0) if packet.size]
            assert sorted(float(packet.pts * packet.time_base) for packet in packets) == pytest.approx(
                [n / 25 for n in range(frames)], abs=0.001
            )
            assert all(packet.pts - 0.12 / packet.time_base <= packet.dts <= packet.pts for packet in packets)
    assert len({path.read_bytes() for path in tmp_path.iterdir()}) == 1
