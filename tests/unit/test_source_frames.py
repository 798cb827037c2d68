"""Every frame that the shelf delivers, by the number that it carries."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest

from framewright.media.sources import SourceShelf
from truth import footage
from truth.grids import ordinary

BUDGET = 64 * 1024 * 1024

SOURCES = {
    "24": ("a.mp4", {"fps": 24, "frames": 48}),
    "25": ("a.mp4", {"fps": 25, "frames": 50}),
    "29.97": ("a.mp4", {"fps": "30000/1001"}),
    "30": ("a.mp4", {"fps": 30}),
    "50": ("a.mp4", {"fps": 50, "frames": 100}),
    "60": ("a.mp4", {"fps": 60, "frames": 120}),
    "vfr": ("a.mp4", {"moments": [Fraction(n * n + 10 * n, 1000) for n in range(45)]}),
    "vfr-webm": (
        "a.webm",
        {"moments": [Fraction(n * n + 10 * n, 1000) for n in range(45)], "codec": "libvpx-vp9"},
    ),
    "no-edit-list": ("a.mp4", {"edit_list": False}),
    "late": ("a.mp4", {"moments": footage.even(30, 30, Fraction(1, 2)), "sound": (Fraction(0), Fraction(2))}),
    "one-gop": ("a.mp4", {"gop": 250}),
    "hevc": ("a.mp4", {"codec": "libx265"}),
    "vp8": ("a.webm", {"codec": "libvpx"}),
    "av1": ("a.mp4", {"codec": "libsvtav1", "frames": 30}),
    "prores": ("a.mov", {"codec": "prores_ks", "pixel_format": "yuv422p10le", "frames": 30}),
    "mkv": ("a.mkv", {}),
    "ts": ("a.ts", {}),
    "mpeg4-avi": ("a.avi", {"codec": "mpeg4"}),
    "mpeg2": ("a.mov", {"codec": "mpeg2video"}),
    "flv": ("a.flv", {}),
    "raw": ("a.h264", {}),
    "open-gop": ("a.mp4", {"options": {"x264-params": "open-gop=1"}}),
    "open-gop-ts": ("a.ts", {"options": {"x264-params": "open-gop=1"}}),
    "refreshed": ("a.mp4", {"options": {"x264-params": "intra-refresh=1"}, "b_frames": 0, "gop": 20}),
    "fragmented": ("a.mp4", {"container_options": {"movflags": "frag_keyframe+empty_moov"}}),
    "live": ("a.webm", {"codec": "libvpx", "container_options": {"live": "1"}}),
    "gif": ("a.gif", {"codec": "gif", "pixel_format": "rgb8", "fps": 25, "frames": 50}),
    "apng": ("a.apng", {"codec": "apng", "pixel_format": "rgb24", "frames": 30}),
    "vp9-alpha": ("a.webm", {"codec": "libvpx-vp9", "pixel_format": "yuva420p", "alpha": True, "frames": 30}),
    "prores-alpha": (
        "a.mov",
        {"codec": "prores_ks", "pixel_format": "yuva444p10le", "alpha": True, "frames": 30},
    ),
}


@pytest.fixture(scope="session")
def sources(tmp_path_factory):
    """Writes a source once a session."""
    written = {}

    def source(name: str) -> footage.Footage:
        if name not in written:
            file, settings = SOURCES[name]
            folder = tmp_path_factory.mktemp(f"footage-{name}")
            written[name] = footage.write(folder / file, **settings)
        return written[name]

    return source


@pytest.mark.parametrize(
    "name",
    ordinary(SOURCES, *(SOURCES.keys() - {"24", "25", "50", "60", "refreshed", "vfr", "open-gop", "mkv"})),
)
async def test_every_frame_forwards_backwards_and_at_random(sources, name):
    made = sources(name)
    moments = [*made.moments, made.end, made.end + 5, Fraction(-1)]
    between = [(a + b) / 2 for a, b in zip(made.moments, [*made.moments[1:], made.end], strict=True)]
    scattered = random.Random(name).sample(moments + between, 12)
    async with SourceShelf(BUDGET) as shelf:
        for moment in [*moments, *between[::-1]]:
            frame = await shelf.frame(made.path, moment)
            assert footage.number_of(frame) == made.at(moment)
            assert (frame.start <= moment or moment < made.moments[0]) and (
                frame.stop is None or moment < frame.stop
            )
        assert shelf.counters.decoded <= 3 * len(made.moments)
    async with SourceShelf(200_000) as shelf:
        for moment in scattered:
            assert footage.number_of(await shelf.frame(made.path, float(moment))) == made.at(moment)


async def test_the_edit_list_cuts(tmp_path):
    made = footage.cut_by_edit(footage.write(tmp_path / "a.mp4"), Fraction(17, 30))
    async with SourceShelf(BUDGET) as shelf:
        for moment in made.moments:
            assert footage.number_of(await shelf.frame(made.path, moment)) == made.at(moment)
