"""How many workers, how long a block, how wide a window."""

import pytest

from framewright.capture import block_length, choose_workers, window_length
from framewright.model.output import Layout
from framewright.model.size import Size

GIB = 2**30


@pytest.mark.parametrize(
    ("requested", "cores", "memory", "frames", "workers", "limit"),
    [
        (None, 4.0, 64 * GIB, 3000, 4, "cores"),
        (None, 0.5, 64 * GIB, 3000, 1, "cores"),
        (3, 1.0, 64 * GIB, 3000, 3, "requested"),
        (None, 8.0, 2 * GIB, 3000, 3, "memory"),
        (None, 8.0, 1, 3000, 1, "memory"),
        (None, 8.0, 64 * GIB, 45, 2, "frames"),
        (8, 8.0, 64 * GIB, 1, 1, "frames"),
    ],
)
def test_workers_are_the_smallest_of_the_limits(requested, cores, memory, frames, workers, limit):
    sizing = choose_workers(
        requested=requested, cores=cores, memory=memory, frames=frames, size=Size(1920, 1080)
    )
    assert (sizing.workers, sizing.limit) == (workers, limit)
    assert sizing.inputs["frames"] == frames


@pytest.mark.parametrize(
    ("side", "length"), [((1920, 1080), 24), ((1080, 1920), 24), ((3840, 2160), 8), ((7680, 4320), 4)]
)
def test_blocks_shorten_with_size_only(side, length):
    assert block_length(Size(*side)) == length


def test_the_window_holds_a_block_for_every_worker():
    for size in (Size(64, 64), Size(1920, 1080), Size(8192, 8192)):
        block = block_length(size)
        assert window_length(size, Layout.PNG, workers=5, block=block) >= 5 * block


def test_browsers_that_draw_footage_count_for_more():
    def workers(footage):
        return choose_workers(
            requested=None, cores=16.0, memory=8 * GIB, frames=3000, size=Size(1280, 720), footage=footage
        ).workers

    assert workers(footage=False) == 15
    assert workers(footage=True) == 7
