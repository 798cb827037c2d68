"""A render is cut as the same pictures were cut before, so that pieces in the store are found; never where a byte would change."""

from __future__ import annotations

import pytest

from framewright.executors.temporal.names import cuts_document
from framewright.executors.temporal.recutting import cut_as_before
from framewright.model.settings import Settings
from framewright.stores import open_store
from truth import plans

SEGMENT = plans.plan().output.segment


def cut(*cuts):
    return plans.plan(cuts=cuts)


def ends(plan):
    return [chunk.stop for chunk in plan.chunks]


@pytest.fixture
async def store(tmp_path):
    found = open_store(str(tmp_path / "store"), Settings.read())
    yield found
    await found.close()


async def test_the_first_cuts_stand(store):
    first, later = cut(0, SEGMENT, 300), cut(0, 2 * SEGMENT, 300)
    assert await cut_as_before(first, store) == first
    again = await cut_as_before(later, store)
    assert ends(again) == ends(first)
    assert again.digests == later.digests, "no byte of the file is another one"
    assert [chunk.index for chunk in again.chunks] == [0, 1]
    assert all(chunk.cost > 0 for chunk in again.chunks)


@pytest.mark.parametrize(
    "other",
    [
        (0, 2 * SEGMENT, 3 * SEGMENT, 300),  # as many as the caller may have asked for
        (0, SEGMENT + 1, 300),  # the encoder would not begin anew there
        (0, 300),
    ],
)
async def test_cuts_that_mean_something_else_stay(store, other):
    await cut_as_before(cut(0, SEGMENT, 300), store)
    assert await cut_as_before(cut(*other), store) == cut(*other)


@pytest.mark.parametrize(
    "written", [b"{", b"[0, 5, 300]", b"[0, 300, 200]", b'["0", 1, 2]', b"[0, 60, 90000]"]
)
async def test_what_cannot_be_used_is_not(store, written):
    plan = cut(0, SEGMENT, 300)
    await store.commit(cuts_document(plan.digests.video), written)
    assert await cut_as_before(plan, store) == plan
