"""No quality is so quick that it shows another frame's picture: large cells that turn from black to white at once."""

from __future__ import annotations

import numpy as np
import pytest

from framewright.media import open_encoder
from framewright.model.frames import FrameRate
from framewright.model.output import Codec, Format, Layout, OutputSpec, Quality
from framewright.model.picture import Picture
from framewright.model.size import Size
from truth import counter, decoding
from truth.grids import thorough

# Encoders choose their tools by size; this is the smallest at which one of them was seen to fail.
SIZE = Size(1280, 720)
FRAMES = 18


def drawn(number):
    """A frame number as the planes of a picture."""
    cells = np.array(counter.bits_of(number)).reshape(2, 8) * 219 + 16
    rows, columns = np.arange(SIZE.height) * 2 // SIZE.height, np.arange(SIZE.width) * 8 // SIZE.width
    luma = cells[np.ix_(rows, columns)].astype(np.uint8)
    return Picture(Layout.I420, SIZE, luma.tobytes() + bytes([128]) * (SIZE.area // 2))


@pytest.mark.parametrize(
    "quality", [Quality.DRAFT, pytest.param(Quality.STANDARD, marks=pytest.mark.thorough)]
)
@pytest.mark.parametrize(
    ("container", "codec"),
    [
        (Format.MP4, Codec.H264),
        *thorough((Format.MP4, Codec.H265)),
        (Format.MP4, Codec.AV1),
        (Format.WEBM, Codec.VP9),
    ],
)
def test_every_frame_shows_its_own_picture(tmp_path, container, codec, quality):
    path = tmp_path / f"a.{container}"
    encoder = open_encoder(OutputSpec(container, codec, quality), SIZE, FrameRate.parse(30), path)
    for number in range(FRAMES):
        encoder.write(drawn(number))
    encoder.finish()
    assert decoding.numbers(path) == list(range(FRAMES))
