"""Things go wrong while a cluster renders: what can be finished is, with the bytes of one machine; what cannot ends soon, everywhere."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import pytest
import slow_film
from real_cluster import HEARTBEAT, Clock, cluster, fairly, flip_a_bit
from temporalio.api.enums.v1 import EventType
from worker_process import until

from framewright.model.errors import CompositionError, RenderCancelledError
from framewright.model.settings import Settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from real_cluster import Cluster
    from slow_film import SlowFilm

pytestmark = [pytest.mark.thorough, pytest.mark.timeout(600)]
LET_GO = 10.0
"""Seconds in which browsers and encoders of a render are gone that nobody wants any more."""


@pytest.fixture(scope="module")
def film(tmp_path_factory, browser_files, known_machine) -> SlowFilm:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FRAMEWRIGHT_TMPDIR", str(browser_files))
        settings = Settings(cache=known_machine, piece_cache_size=0)
        return asyncio.run(slow_film.make(tmp_path_factory.mktemp("film"), settings))


@pytest.fixture
async def here(dev_server, queue, tmp_path, browser_files) -> AsyncIterator[Cluster]:
    """A cluster on the server of all tests, which lives on."""
    async with cluster(dev_server, queue, tmp_path, browser_files) as made:
        yield made


async def test_a_killed_worker_is_made_up_for(here, film) -> None:
    await here.start_workers(2, slots=2)
    # One lane for each worker, so that a slot is free for what is left behind.
    render = await here.render(film.bundle, window=2)
    lost, victim = await render.caught()
    killed = time.time()
    victim.kill()
    await until(lambda: not victim.rendering, "nothing that the worker had started lives", seconds=fairly(5))
    await render.done()
    again = (await render.began())[lost.name]
    assert again.worker != victim.name
    assert again.attempt == lost.attempt + 1
    print(f"recovery: {again.at - killed:.2f} s")
    assert again.at - killed < fairly(HEARTBEAT + 5)
    assert await render.file() == film.alone


async def test_a_piece_that_changes_in_the_store_is_made_again(here, film) -> None:
    await here.start_workers(1)
    render = await here.render(film.bundle)
    states = await render.until_states(lambda letters: "d" in letters, "a chunk is done")
    index = states.index("d")
    piece = await render.piece(index)
    flip_a_bit(render.blob(piece.digest))
    assert "w" in states or "r" in states
    done = await render.done()
    assert done.again == 1
    assert await render.file() == film.alone
    assert (await render.piece(index)).digest == piece.digest


async def test_a_cancelled_render_is_let_go_of_everywhere(here, film) -> None:
    workers = await here.start_workers(2)
    render = await here.render(film.bundle)
    for worker in workers:
        await render.drawing(by=worker)
    assert all(worker.children and worker.browsers for worker in workers)
    since = Clock()
    await render.handle.cancel()
    await until(lambda: not here.rendering, "browsers and encoders are gone")
    print(f"cancel: {since.seconds} s")
    assert since.seconds < fairly(LET_GO)
    error = await render.error()
    assert (type(error), error.code) == (RenderCancelledError, "CANCELLED")
    assert all(worker.process.poll() is None for worker in workers)


async def test_what_cannot_be_mended_ends_all_of_it(here, film, tmp_path) -> None:
    workers = await here.start_workers(2, PAGE_MEMORY="700M")
    hoarding = slow_film.spoiled(
        film,
        tmp_path / "hoarding",
        # Meanwhile the others have enough to do.
        "if (at >= 10) for (let i = 0; i < 1.5e7; i++) Math.hypot(i, at);"
        "if (at === 4) { const hoard = []; for (;;) hoard.push(new Uint8Array(2 ** 24).fill(1)); }",
    )
    render = await here.render(hoarding)
    error = await render.error()
    since = Clock()
    # The browser may refuse the array before we end the browser.
    assert isinstance(error, CompositionError)
    assert error.code in {"PAGE_MEMORY", "SCRIPT_ERROR"}
    await until(lambda: not here.rendering, "browsers and encoders are gone")
    events = await render.history()
    failed = next(event for event in events if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_FAILED)
    let_go = (events[-1].event_time.ToDatetime() - failed.event_time.ToDatetime()).total_seconds()
    print(f"siblings cancelled: {let_go} s")
    assert let_go + since.seconds < fairly(LET_GO)
    made = [await render.piece(chunk.index) for chunk in hoarding.plan.chunks]
    assert made.count(None) > 1
    assert all(worker.process.poll() is None for worker in workers)
