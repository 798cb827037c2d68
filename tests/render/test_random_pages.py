"""Pages put together by chance look the same by every way that leads to a frame."""

from __future__ import annotations

from random import Random

import pytest
import pytest_asyncio

from truth.random_pages import random_page
from truth.stages import Stages
from truth.ways import same_by_every_way

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stages(tmp_path_factory, browser_files):
    async with Stages(tmp_path_factory.mktemp("pages")) as opened:
        yield opened


@pytest.mark.thorough
@pytest.mark.parametrize(
    "seed", [*range(4), *(pytest.param(seed, marks=pytest.mark.long) for seed in range(4, 100))]
)
async def test_a_random_page(stages, seed):
    page, files = random_page(Random(seed))
    await same_by_every_way(stages, page, files, frames=(0, 11, 47, 90), ways=("fresh", "backwards", "jumps"))
