"""Which frames an audit looks at, and how it tells pictures apart."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from framewright.media.likeness import compare
from framewright.model.frames import FrameRange
from framewright.model.output import Layout
from framewright.model.picture import Picture
from framewright.model.size import Size
from framewright.render.sampling import sample_frames, shuffled


@given(st.integers(0, 1000), st.integers(1, 5000), st.integers(1, 20))
def test_samples_lie_evenly_from_the_first_to_the_last(start, length, count):
    frames = FrameRange(start, start + length)
    found = sample_frames(frames, count)
    assert len(found) == min(count, length)
    assert list(found) == sorted(set(found))
    assert found[0] == start
    assert found[-1] == (start if count == 1 else frames.stop - 1)
    gaps = np.diff(found)
    assert len(gaps) == 0 or gaps.max() - gaps.min() <= 1


@given(st.integers(2, 40))
def test_shuffled_frames_begin_elsewhere_and_go_back(count):
    found = shuffled(range(count))
    assert sorted(found) == list(range(count))
    assert found[0] != 0
    assert any(later < earlier for earlier, later in zip(found, found[1:], strict=False))


def test_one_frame_has_one_order():
    assert shuffled((7,)) == (7,)


def picture(pixels):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "png")
    return Picture(Layout.PNG, Size(pixels.shape[1], pixels.shape[0]), file.getvalue())


def test_likeness_counts_pixels_and_their_largest_step():
    plain = np.full((10, 20, 3), 100, np.uint8)
    assert compare(picture(plain), picture(plain.copy())).alike
    noisy = plain.copy()
    noisy[:, :, 1] += 2
    assert compare(picture(plain), picture(noisy)).alike
    assert compare(picture(plain), picture(noisy)).largest == 2
    spotted = plain.copy()
    spotted[3, 4] = (100, 100, 30)
    found = compare(picture(spotted), picture(plain))
    assert (found.alike, found.largest, found.share) == (False, 70, 1 / 200)


def test_transparency_counts():
    clear = np.zeros((4, 4, 4), np.uint8)
    opaque = clear.copy()
    opaque[..., 3] = 255
    assert compare(picture(clear), picture(opaque)).share == 1
    with pytest.raises(ValueError, match="cannot be compared"):
        compare(picture(clear), picture(np.zeros((4, 5, 4), np.uint8)))
