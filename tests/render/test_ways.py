"""The harness that compares ways must see what it is for: state, and pages that stand still."""

from __future__ import annotations

import pytest
import pytest_asyncio

from truth.grids import thorough
from truth.stages import Stages, composed
from truth.ways import same_by_every_way

pytestmark = pytest.mark.asyncio(loop_scope="module")
BOX = '<div id="box" style="position:absolute;width:40px;height:40px;background:#f00"></div>'


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stages(tmp_path_factory, browser_files):
    async with Stages(tmp_path_factory.mktemp("pages")) as opened:
        yield opened


def drawn(script):
    return composed(f"{BOX}<script>{script}</script>", root='data-duration="2" data-no-timeline')


FUNCTION_OF_TIME = "addEventListener('hf-seek', ({detail}) => { box.style.left = `${100 * detail.time}px` })"
ACCUMULATED = "let steps = 0; addEventListener('hf-seek', () => { box.style.left = `${++steps}px`; window.keep = steps })"


@pytest.mark.thorough
async def test_a_page_that_is_a_function_of_time_passes(stages):
    pictures = await same_by_every_way(stages, drawn(FUNCTION_OF_TIME), frames=(0, 12, 30))
    assert tuple(pictures[30][20, 120]) == (255, 0, 0)
    assert tuple(pictures[0][20, 120]) == (255, 255, 255)


@pytest.mark.parametrize("way", [*thorough("forwards", "backwards", "jumps"), "in one go"])
async def test_a_page_that_counts_its_frames_is_found_by_each_way(stages, way):
    with pytest.raises(AssertionError, match=f"fresh and {way}: .* pixels differ"):
        await same_by_every_way(stages, drawn(ACCUMULATED), frames=(3, 5), ways=("fresh", way), moves=False)


async def test_a_page_that_stands_still_proves_nothing(stages):
    with pytest.raises(AssertionError, match="look different"):
        await same_by_every_way(stages, drawn(""), frames=(0, 1), ways=("fresh",))
