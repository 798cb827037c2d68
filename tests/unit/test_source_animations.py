"""Animated GIF, APNG and WebP: every picture at its time, as it was drawn."""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageSequence

from framewright.media.sources import SourceError, SourceShelf

BUDGET = 32 * 1024 * 1024
DELAYS = [100, 50, 200, 70, 40, 100, 30, 110]


def drawn(alpha: bool) -> list[Image.Image]:
    """A shape that moves over nothing, or over a colour."""
    images = []
    for n in range(len(DELAYS)):
        image = Image.new("RGBA", (65, 47), (0, 0, 0, 0) if alpha else (30, 200, 90, 255))
        ImageDraw.Draw(image).rectangle([4 + 6 * n, 8, 20 + 6 * n, 30], (255 - 30 * n, 10, 30 * n, 255))
        images.append(image)
    return images


def write(path, alpha: bool, **settings):
    first, *rest = drawn(alpha)
    first.save(path, save_all=True, append_images=rest, duration=DELAYS, loop=0, **settings)
    return path


WAYS = {
    "gif": ("a.gif", {"disposal": 2}),
    "gif-kept": ("a.gif", {"disposal": 1}),
    "gif-back": ("a.gif", {"disposal": [1, 3, 3, 3, 3, 3, 3, 3]}),
    "apng": ("a.png", {"disposal": 0}),
    "apng-clear": ("a.png", {"disposal": 1}),
    "webp": ("a.webp", {"lossless": True, "exact": True}),
    "webp-keys": ("a.webp", {"lossless": True, "exact": True, "kmin": 1, "kmax": 2}),
    "webp-lossy": ("a.webp", {"quality": 95}),
}


@pytest.mark.parametrize("alpha", [False, True], ids=["opaque", "alpha"])
@pytest.mark.parametrize("way", WAYS)
async def test_every_picture_at_its_time(tmp_path, way, alpha):
    name, settings = WAYS[way]
    path = write(tmp_path / name, alpha, **settings)
    # Pillow reads its own APNG and WebP of these kinds wrongly; its GIF, which cannot always keep what was drawn, it
    # reads well.
    images = ImageSequence.Iterator(Image.open(path)) if "gif" in way else drawn(alpha)
    truth = [np.asarray(image.convert("RGBA"), float) for image in images]
    starts = [Fraction(sum(DELAYS[:n]), 1000) for n in range(len(DELAYS))]
    order = list(range(len(truth)))
    async with SourceShelf(BUDGET) as shelf:
        video = (await shelf.facts(path)).video
        assert (video.width, video.height, video.moving, video.alpha) == (65, 47, True, True)
        assert video.seconds == pytest.approx(sum(DELAYS) / 1000, abs=0.011)
        for n in [*order, *random.Random(3).sample(order, 5)]:
            for seconds in (starts[n], starts[n] + Fraction(DELAYS[n] - 5, 1000)):
                frame = await shelf.frame(path, seconds)
                pixels = np.frombuffer(frame.data, np.uint8).reshape(47, 65, 4).astype(float)
                shown = np.abs(pixels[..., 3] - truth[n][..., 3])
                colour = np.abs(pixels - truth[n])[..., :3].max(axis=2) * (truth[n][..., 3] > 250)
                assert shown.max() <= 2
                assert np.percentile(colour, 90) <= 12 if "lossy" in way else colour.max() <= 1
        assert (await shelf.frame(path, 100)).stop is None


async def test_short_delays_are_slow_as_in_browsers(tmp_path):
    images = drawn(alpha=False)[:3]
    for name in ("a.gif", "a.webp"):
        images[0].save(tmp_path / name, save_all=True, append_images=images[1:], duration=[0, 10, 100])
        async with SourceShelf(BUDGET) as shelf:
            frame = await shelf.frame(tmp_path / name, Fraction(5, 100))
            assert float(frame.stop) == pytest.approx(0.1, abs=0.002)


async def test_still_pictures(tmp_path):
    image = drawn(alpha=True)[0]
    for name in ("a.png", "a.webp", "a.gif", "a.bmp", "a.tiff"):
        image.save(tmp_path / name)
        async with SourceShelf(BUDGET) as shelf:
            facts = await shelf.facts(tmp_path / name)
            assert not facts.video.moving and facts.video.seconds is None
            for seconds in (0, 5, -1):
                frame = await shelf.frame(tmp_path / name, seconds)
                assert (frame.size.width, frame.size.height) == (65, 47) and frame.stop is None


async def test_damaged_webp_is_an_error(tmp_path):
    data = write(tmp_path / "a.webp", alpha=True, lossless=True).read_bytes()
    for cut in (30, 60, len(data) // 2):
        path = tmp_path / f"{cut}.webp"
        path.write_bytes(data[:cut])
        async with SourceShelf(BUDGET) as shelf:
            try:
                await shelf.frame(path, 0)
            except SourceError as error:
                assert error.code in {"SOURCE_CORRUPT", "SOURCE_INVALID"}
            else:
                assert cut > 60, "nothing of a picture was there"
