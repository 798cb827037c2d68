"""How a worker shares a machine out."""

import pytest

from framewright.executors.temporal.sharing import share_out
from framewright.model.errors import UsageError
from framewright.render.machine import Machine

GIB = 2**30


def machine(cores: float, memory: int = 512 * GIB) -> Machine:
    return Machine(cores=cores, memory=memory, available=memory, shm=None, source="machine")


@pytest.mark.parametrize(
    ("cores", "asked", "expected"),
    [
        (2, (None, None), (1, 2)),
        (8, (None, None), (1, 8)),
        (16, (None, None), (2, 8)),
        (20, (None, None), (2, 10)),
        (0.5, (None, None), (1, 1)),
        (16, (4, None), (4, 4)),
        (16, (None, 2), (8, 2)),
        (2, (8, None), (8, 1)),
        (2, (3, 5), (3, 5)),
    ],
)
def test_browsers_are_shared_out_among_chunks(cores, asked, expected):
    share = share_out(machine(cores), slots=asked[0], workers=asked[1])
    assert (share.slots, share.workers) == expected
    assert share.choice.choice == expected[0]


def test_memory_sets_the_limit_where_it_is_scarce():
    share = share_out(machine(64, memory=2 * GIB), slots=None, workers=None)
    assert (share.slots, share.workers) == (1, 3)
    assert "memory" in share.choice.reason


@pytest.mark.parametrize(
    ("asked", "code"),
    [((0, None), "SLOTS_INVALID"), ((257, 1), "SLOTS_INVALID"), ((None, 0), "WORKERS_INVALID")],
)
def test_what_no_machine_does_is_refused(asked, code):
    with pytest.raises(UsageError) as refused:
        share_out(machine(4), slots=asked[0], workers=asked[1])
    assert refused.value.code == code
