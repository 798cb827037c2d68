"""Memory while pictures are encoded: frames that are used again, and what each run of a codec gives back."""

import numpy as np
import pytest

from framewright.media import codec_run
from framewright.media.codec_settings import settings_for
from framewright.media.colour import Converter, as_it_came
from framewright.media.filters import FilterChain, source
from framewright.media.h264 import SHORTEST_HOLD, H264Encoder
from framewright.model.frames import FrameRate
from framewright.model.output import Codec, Format, Layout, OutputSpec, Quality
from framewright.model.size import Size
from truth import drawings

SIZE = Size(64, 48)


def picture(number, size=SIZE):
    return drawings.as_picture(drawings.counted(number * 37, size), Layout.I420)


def seen(frame):
    """What its planes show, as bytes that nobody changes any more."""
    return [
        np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)[: plane.height, : plane.width].tobytes()
        for plane in frame.planes
    ]


@pytest.mark.parametrize("step", [("null", ""), ("format", "yuv420p"), ("crop", "32:32:0:0:exact=1")])
def test_what_a_filter_hands_on_unchanged_is_not_written_again(step):
    chain = FilterChain(source("yuv420p", SIZE, matrix="bt470bg", full_range=False), [step])
    given, held = None, []
    for number in range(6):
        given = as_it_came(picture(number), into=given)
        given.pts = 0
        chain.push(given)
        frame = chain.pull()
        held.append((frame, seen(frame)))
        assert [seen(frame) for frame, _ in held] == [shown for _, shown in held]
    assert len({tuple(shown) for _, shown in held}) == 6


@pytest.mark.parametrize("coded", [Size(33, 17), Size(34, 18)], ids=str)
def test_a_frame_shows_its_picture_whatever_was_converted_before_and_after(coded):
    size = Size(33, 17)
    rows = [drawings.patches(size), 255 - drawings.patches(size), np.flipud(drawings.patches(size))]
    pictures = [drawings.as_picture(pixels, Layout.I420) for pixels in rows]
    alone = [seen(Converter(size, coded, "yuv420p").convert(one)) for one in pictures]
    together = Converter(size, coded, "yuv420p")
    frames = [together.convert(one) for one in pictures]
    assert [seen(frame) for frame in frames] == alone
    assert len(set(map(tuple, alone))) == 3


@pytest.mark.parametrize(
    ("runs", "given_back"),
    [([(1, SHORTEST_HOLD + 1)] * 6, 0), ([(4, SHORTEST_HOLD + 1)] * 2, 2)],
    ids=["slides", "motion and holds"],
)
def test_memory_is_given_back_after_runs_that_took_some(runs, given_back, monkeypatch, tmp_path):
    times = []
    monkeypatch.setattr(codec_run, "give_back_freed_memory", lambda: times.append(1))
    rate = FrameRate.parse(60)  # no segment ends within these frames
    settings = settings_for(OutputSpec(Format.MP4, Codec.H264, Quality.DRAFT), SIZE, rate)
    encoder = H264Encoder(settings, SIZE, rate, tmp_path / "film.mp4")
    for moving, repeats in runs:
        for number in range(moving):
            encoder.write(picture(number))
        for _ in range(repeats):
            encoder.repeat()
    encoder.finish()
    assert len(times) == given_back
