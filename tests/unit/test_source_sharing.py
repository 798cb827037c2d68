"""One shelf for many askers: what is decoded once, what is kept, and what is never touched."""

from __future__ import annotations

import asyncio
import dataclasses
import os
import random
import shutil
import time
from fractions import Fraction
from itertools import product

import pytest

from framewright.media.sources import SourceError, SourceShelf, cursor
from framewright.model.size import Size
from truth import footage
from truth.grids import ordinary_rows

BUDGET = 64 * 1024 * 1024
FRAMES = 120


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    """The same frames with a key frame at the start only, every 12 frames, and at each."""
    folder = tmp_path_factory.mktemp("sharing")
    return {
        gop: footage.write(folder / f"{gop}.mp4", frames=FRAMES, gop=gop, b_frames=0 if gop == 1 else 2)
        for gop in (1, 12, 250)
    }


async def ask(shelf, made, n, **settings):
    frame = await shelf.frame(made.path, Fraction(n, 30), **settings)
    assert footage.number_of(frame) == made.at(Fraction(n, 30))
    return frame


@pytest.mark.parametrize(
    ("gop", "workers", "block"),
    ordinary_rows(
        product((1, 12, 250), (1, 2, 3), (8, 32)),
        (12, 1, 8),
        (12, 3, 32),
        (250, 3, 8),
        (250, 2, 32),
    ),
)
async def test_workers_in_blocks_decode_little_twice(sources, gop, workers, block):
    blocks = [range(at, min(at + block, FRAMES)) for at in range(0, FRAMES, block)]

    async def worker(shelf):
        while blocks:
            for n in blocks.pop(0):
                await ask(shelf, sources[gop], n)
                await asyncio.sleep(random.uniform(0, 0.002))

    async with SourceShelf(BUDGET) as shelf:
        await asyncio.gather(*(worker(shelf) for _ in range(workers)))
        assert shelf.counters.delivered == FRAMES
        assert shelf.counters.decoded <= (1.1 if workers == 1 else 2) * FRAMES
        assert shelf.counters.opened <= 4


async def test_equal_requests_are_one(sources):
    async with SourceShelf(BUDGET) as shelf:
        frames = await asyncio.gather(*(ask(shelf, sources[12], 30, box=Size(40, 20)) for _ in range(20)))
        assert all(frame is frames[0] for frame in frames)
        assert shelf.counters.converted == 1
        assert shelf.counters.decoded <= 12 + 12


async def test_a_loop_is_decoded_once_while_it_fits(sources):
    async with SourceShelf(BUDGET) as shelf:
        for _ in range(5):
            for n in range(30, 60):
                await ask(shelf, sources[12], n)
        assert shelf.counters.decoded <= 30 + 12 + 8


async def test_clips_of_one_file_share(sources):
    """The same video twice, in two sizes, and a third clip of it half a second behind."""
    async with SourceShelf(BUDGET) as shelf:
        for n in range(60):
            await asyncio.gather(
                ask(shelf, sources[250], n),
                ask(shelf, sources[250], n, box=Size(40, 20)),
                ask(shelf, sources[250], max(0, n - 15)),
            )
        assert shelf.counters.decoded <= 60 + 12


async def test_nothing_is_decoded_behind_the_last_frame_wanted(sources):
    async with SourceShelf(BUDGET) as shelf:
        for n in range(24, 30):
            await ask(shelf, sources[12], n)
        await asyncio.sleep(0.05)
        # 24 to 29, the look-ahead, what the decoder holds back for B-frames, and the first frame, once, to know it.
        assert shelf.counters.decoded <= 6 + 3 + 4 + 12


async def test_the_budget_is_kept(sources):
    budget = 400_000
    async with SourceShelf(budget) as shelf:
        for n in [*range(40), *range(40), 3, 100, 7, 90]:
            await ask(shelf, sources[12], n)
            assert shelf.held_bytes <= budget


async def test_a_budget_of_nothing_still_answers(sources):
    async with SourceShelf(1) as shelf:
        for n in (0, 1, 50, 2, 119):
            await ask(shelf, sources[12], n)
        assert shelf.held_bytes <= 1


async def test_large_frames_are_kept_small(tmp_path):
    """Of a source whose decoded frames would fill the budget, only what is shown of them is kept."""
    made = footage.write(tmp_path / "a.mp4", frames=60, size=(640, 360), gop=250)
    async with SourceShelf(4 * 1024 * 1024) as shelf:
        await ask(shelf, made, 40, box=Size(160, 90))
        decoded = shelf.counters.decoded
        for n in range(40):
            await ask(shelf, made, n, box=Size(160, 90))
        assert shelf.counters.decoded == decoded, "all that came on the way was kept"


async def test_many_files_at_once(sources, tmp_path):
    data = sources[12].path.read_bytes()
    paths = [tmp_path / f"{n}.mp4" for n in range(24)]
    for path in paths:
        path.write_bytes(data)
    async with SourceShelf(BUDGET) as shelf:
        for n in (0, 40, 41):
            frames = await asyncio.gather(*(shelf.frame(path, Fraction(n, 30)) for path in paths))
            assert [footage.number_of(frame) for frame in frames] == [n] * len(paths)
        assert sum(reader.cursor is not None for reader in shelf._room.readers._all) <= 16


async def test_clips_one_after_the_other_leave_no_decoders_behind(sources, tmp_path):
    """An open decoder keeps the memory of all frames that it gave: of six clips that would be six times the budget."""

    def still_open():
        return sum(
            str(tmp_path) in os.path.realpath(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd")
        )

    async with SourceShelf(1024 * 1024) as shelf:
        for clip in range(6):
            made = dataclasses.replace(sources[12], path=tmp_path / f"{clip}.mp4")
            shutil.copy(sources[12].path, made.path)
            for n in range(FRAMES):
                await ask(shelf, made, n)
        assert 1 <= still_open() <= 3


async def test_an_asker_who_goes_away_leaves_all_well(sources):
    async with SourceShelf(BUDGET) as shelf:
        tasks = [asyncio.create_task(shelf.frame(sources[250].path, Fraction(n, 30))) for n in (119, 60, 30)]
        await asyncio.sleep(0.005)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await ask(shelf, sources[250], 5)
        await ask(shelf, sources[250], 100)


async def test_a_decoder_that_hangs_is_an_error_and_ends_nothing_else(sources, monkeypatch):
    real = cursor.Cursor.advance

    def hang(self, seconds, most):
        if seconds > 3:
            time.sleep(1.5)
        return real(self, seconds, most)

    monkeypatch.setattr(cursor.Cursor, "advance", hang)
    async with asyncio.timeout(20):
        async with SourceShelf(BUDGET, patience=0.3) as shelf:
            with pytest.raises(SourceError) as caught:
                await shelf.frame(sources[12].path, Fraction(100, 30))
            assert caught.value.code == "SOURCE_STALLED"
            await ask(shelf, sources[12], 5)


async def test_random_askers(sources):
    rng = random.Random(4)

    async def asker(shelf, made):
        for _ in range(40):
            n = rng.randrange(FRAMES)
            for step in range(rng.randrange(4)):
                await ask(shelf, made, min(n + step, FRAMES - 1))

    async with SourceShelf(1_500_000) as shelf:
        await asyncio.gather(*(asker(shelf, made) for made in sources.values() for _ in range(3)))
