"""Memory for pictures is used again, and by nobody while someone holds it."""

import gc
import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framewright.browser import proc
from framewright.capture import PictureMemory

LENGTH = 64


def bytes_of(value: int, length: int = LENGTH) -> memoryview:
    return memoryview(bytes([value]) * length)


def address(view: memoryview) -> int:
    return np.frombuffer(view, np.uint8).ctypes.data


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 99)), max_size=80))
def test_whatever_comes_and_goes_nothing_is_overwritten_and_no_more_is_taken_than_was_held(steps):
    memory, held, most, seen = PictureMemory(), [], 0, set()
    for number, (let_go, which) in enumerate(steps):
        if let_go and held:
            del held[which % len(held)]
        else:
            held.append((number, memory.copy(bytes_of(number))))
            seen.add(address(held[-1][1]))
            most = max(most, len(held))
        assert all(bytes(view) == bytes([value]) * LENGTH for value, view in held)
    assert len(seen) <= most


@pytest.mark.parametrize(
    "part",
    [
        lambda view: view[8:16],
        lambda view: memoryview(view)[8:16],
        lambda view: memoryview(memoryview(view).cast("H"))[4:8].cast("B"),
        lambda view: np.frombuffer(view, np.uint8)[8:16],
        lambda view: np.frombuffer(view, np.uint8)[4:].reshape(-1, 4)[1:3].reshape(-1).data,
    ],
    ids=["slice", "view", "cast", "array", "rows"],
)
def test_a_part_holds_the_whole(part):
    memory = PictureMemory()
    kept = part(memory.copy(bytes_of(1)))
    gc.collect()
    others = [memory.copy(bytes_of(2)) for _ in range(4)]
    assert bytes(kept) == bytes([1]) * 8
    assert len({address(view) for view in others}) == 4


def test_what_was_let_go_of_is_used_again():
    memory = PictureMemory()
    first = memory.copy(bytes_of(1))
    place = address(first)
    del first
    assert address(memory.copy(bytes_of(2))) == place


def test_any_thread_may_let_go():
    memory = PictureMemory()
    with ThreadPoolExecutor(4) as threads:
        for round_ in range(50):
            views = [memory.copy(bytes_of(round_)) for _ in range(4)]
            right = list(
                threads.map(lambda view, value=round_: bytes(view) == bytes([value]) * LENGTH, views)
            )
            assert right == [True] * 4


def test_a_copy_is_not_written_to():
    view = PictureMemory().copy(bytes_of(1))
    assert view.readonly
    with pytest.raises(TypeError):
        view[0] = 2


def test_another_length_gets_blocks_of_its_own():
    memory = PictureMemory()
    small = memory.copy(bytes_of(1))
    large = memory.copy(bytes_of(2, 3 * LENGTH))
    del small
    again = memory.copy(bytes_of(3, 3 * LENGTH))
    assert bytes(large) == bytes([2]) * 3 * LENGTH
    assert bytes(again) == bytes([3]) * 3 * LENGTH


def test_pictures_count_as_memory_of_this_process_where_nobody_may_read_how_it_is_shared(monkeypatch):
    def unless_of_shares(path, mode="r"):
        if path.endswith("smaps_rollup"):
            raise PermissionError(path)
        return open(path, mode)

    monkeypatch.setattr(proc, "open", unless_of_shares, raising=False)
    memory, large = PictureMemory(), bytes_of(1, 2**20)
    before = proc.fair_bytes(os.getpid())
    held = [memory.copy(large) for _ in range(64)]
    assert proc.fair_bytes(os.getpid()) - before > 60 * 2**20
    del held
