"""Real workers render a real film: the bytes are those of one process, whatever happens on the way."""

from __future__ import annotations

import asyncio
import secrets
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from films import CHUNKS, planned, rendered_here
from temporalio.client import WorkflowFailureError
from temporalio.testing import ActivityEnvironment

from framewright.executors.temporal.activities import WorkerActivities
from framewright.executors.temporal.connecting import connect
from framewright.executors.temporal.errors import framewright_error
from framewright.executors.temporal.flow import RenderWorkflow
from framewright.executors.temporal.names import blob_of, output_document, piece_document
from framewright.executors.temporal.publishing import publish_plan
from framewright.executors.temporal.values import ChunkOrder, Output, RenderDone, RenderOrder
from framewright.executors.temporal.worker import Outfit, running_worker
from framewright.executors.temporal.workplace import open_workplace
from framewright.model.piece import ChunkResult
from framewright.model.settings import Settings
from framewright.render.planning.digests import chunk_key
from framewright.stores.opening import open_store
from truth import remains

if TYPE_CHECKING:
    from pathlib import Path

    from temporalio.client import Client

    from framewright.executors.temporal.values import PlanReference
    from framewright.executors.temporal.worker_events import WorkTold
    from framewright.stores.store import BlobStore

OTHER_ENVIRONMENT = "0" * 64


class Commission:
    """A film in a store, and what it looks like when this process renders it alone."""

    def __init__(self, found, store: BlobStore, plan: PlanReference, reference: bytes) -> None:
        self.bundle = found.bundle
        self.page = found.page
        self.store = store
        self.plan = plan
        self.reference = reference

    def order(self, index: int, **more) -> ChunkOrder:
        chunk = self.bundle.plan.chunks[index]
        return ChunkOrder(plan=self.plan, index=index, start=chunk.start, stop=chunk.stop, **more)

    def key(self, index: int) -> str:
        return chunk_key(self.bundle.plan, self.bundle.plan.chunks[index].range)

    def forget(self) -> None:
        """What was made of the plan."""
        for folder in ("pieces", "sounds", "outputs", "runs"):
            asyncio.run(self.store.delete(folder))


def commissioned(folder: Path, browser_files: Path, cache: Path, *, toil: int = 0) -> Commission:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FRAMEWRIGHT_TMPDIR", str(browser_files))
        settings = Settings(cache=cache, piece_cache_size=0)

        async def make() -> Commission:
            found = await planned(folder, settings, toil=toil)
            store = open_store(str(folder / "store"), settings)
            reference = await publish_plan(found.bundle, store)
            file = b"" if toil else await rendered_here(found.page, folder / "alone.mp4", settings)
            return Commission(found, store, reference, file)

        return asyncio.run(make())


@pytest.fixture(scope="module")
def commission(tmp_path_factory, browser_files, known_machine) -> Commission:
    return commissioned(tmp_path_factory.mktemp("commission"), browser_files, known_machine)


@pytest.fixture
def film(commission) -> Commission:
    commission.forget()
    return commission


@pytest.fixture(scope="module")
def slow_commission(tmp_path_factory, browser_files, known_machine) -> Commission:
    return commissioned(tmp_path_factory.mktemp("slow"), browser_files, known_machine, toil=5_000_000)


@pytest.fixture
def slow_film(slow_commission) -> Commission:
    slow_commission.forget()
    return slow_commission


@asynccontextmanager
async def workplace(film: Commission, **more):
    async with open_workplace(
        film.store, Settings.read(), worker="me", **{"slots": 1, "workers": 1, **more}
    ) as here:
        yield here, WorkerActivities(here)


def outfit(film: Commission, queue: str, **more) -> Outfit:
    return Outfit(**{"queue": queue, "environment": film.plan.environment, "slots": 2, "workers": 1, **more})


async def render(client: Client, film: Commission, queue: str, **more) -> RenderDone:
    return await client.execute_workflow(
        RenderWorkflow.run,
        RenderOrder(plan=film.plan, queue=queue, **more),
        id=f"render-{secrets.token_hex(8)}",
        task_queue=queue,
    )


async def output_of(film: Commission) -> bytes:
    document = Output.model_validate_json(await film.store.read(output_document(film.plan.digest)))
    (file,) = document.files
    assert file.name == ""
    return (await film.store.get(file.digest)).read_bytes()


@pytest.mark.thorough
async def test_a_render_has_the_bytes_of_one_process(client, dev_server, queue, film) -> None:
    settings = Settings.read()
    other = await connect(dev_server.settings, identity="other")
    async with (
        running_worker(
            other, film.store, settings, outfit(film, queue, environment=OTHER_ENVIRONMENT)
        ) as foreign,
        running_worker(client, film.store, settings, outfit(film, queue)) as here,
    ):
        done = await render(client, film, queue)
        assert await output_of(film) == film.reference
        assert (done.bytes, done.reused, done.again) == (len(film.reference), 0, 0)
        # Whoever would draw other pictures was not asked.
        assert all(hand.used == 0 for hand in foreign.hands.hands)
        assert any(hand.used for hand in here.hands.hands)

        # All of it is there.
        used = [hand.used for hand in here.hands.hands]
        again = await render(client, film, queue)
        assert again.reused == CHUNKS
        assert [hand.used for hand in here.hands.hands] == used

        # A bit of a chunk has changed in the store, and nobody has the file any more.
        piece = ChunkResult.model_validate_json(await film.store.read(piece_document(film.key(1))))
        blob = film.store.root / blob_of(piece.digest)
        blob.write_bytes(bytes([blob.read_bytes()[0] ^ 1]) + blob.read_bytes()[1:])
        await film.store.delete("outputs")
        mended = await render(client, film, queue)
        assert mended.again == 1
        assert await output_of(film) == film.reference

        # Whoever trusts no earlier render gets every frame drawn, and who wants no pieces to stay the film and its account.
        fresh = await render(client, film, queue, resume=False, keep_pieces=False)
        assert fresh.reused == 0
        assert await film.store.list("pieces") == ()
        assert await output_of(film) == film.reference
    assert here.layouts.places == ()


async def test_browsers_and_files_stay_from_chunk_to_chunk_of_one_plan(film, browser_files) -> None:
    async with workplace(film, idle_seconds=1.0) as (here, does):
        beats = []
        first = ActivityEnvironment()
        first.on_heartbeat = beats.append
        made = await first.run(does.render_chunk, film.order(0))
        (hand,) = here.hands.hands
        pid, places = hand.slot.pid, here.layouts.places
        assert (made.reused, made.worker, made.key) == (False, "me", film.key(0))
        assert {beat.doing for beat in beats} & {"opening", "rendering"}
        await ActivityEnvironment().run(does.render_chunk, film.order(1))
        assert hand.slot.pid == pid
        assert here.layouts.places == places
        assert len(places) == 1
        # What is there needs neither.
        assert (await ActivityEnvironment().run(does.render_chunk, film.order(1))).reused
        deadline = time.monotonic() + 20
        while hand.slot is not None or remains.browsers(browser_files):
            assert time.monotonic() < deadline
            await asyncio.sleep(0.1)
        assert list(places[0].glob("attempt-*")) == []
    assert not places[0].exists()


async def test_an_attempt_takes_what_an_earlier_one_of_its_run_has_made(film) -> None:
    async with workplace(film) as (_, does):
        environment = ActivityEnvironment()
        assert not (await environment.run(does.render_chunk, film.order(0, resume=False))).reused
        assert (await environment.run(does.render_chunk, film.order(0, resume=False))).reused
        await film.store.delete("runs")
        assert not (await environment.run(does.render_chunk, film.order(0, resume=False))).reused


async def test_a_cancelled_render_closes_its_browsers(client, queue, slow_film, browser_files) -> None:
    async with running_worker(
        client, slow_film.store, Settings.read(), outfit(slow_film, queue, slots=1)
    ) as here:
        handle = await client.start_workflow(
            RenderWorkflow.run,
            RenderOrder(plan=slow_film.plan, queue=queue),
            id=f"render-{secrets.token_hex(8)}",
            task_queue=queue,
        )
        deadline = time.monotonic() + 60
        while not any(hand.slot and remains.browser_mains(browser_files) for hand in here.hands.hands):
            assert time.monotonic() < deadline
            await asyncio.sleep(0.05)
        await handle.signal("cancel")
        with pytest.raises(WorkflowFailureError) as failed:
            await handle.result()
        assert framewright_error(failed.value).code == "CANCELLED"
        assert remains.browsers(browser_files) == {}
        assert [hand.slot for hand in here.hands.hands] == [None]


@pytest.mark.thorough
async def test_work_that_outlasts_the_drain_goes_elsewhere(client, dev_server, queue, slow_film) -> None:
    told, heard = [], []
    settings = Settings.read()
    other = await connect(dev_server.settings, identity="other")

    def again() -> list[WorkTold]:
        return [one for one in heard if one.activity == "render_chunk" and one.attempt > 1]

    async with asyncio.timeout(120):
        async with running_worker(
            client, slow_film.store, settings, outfit(slow_film, queue, slots=1, drain=0.2), tell=told.append
        ) as here:
            handle = await client.start_workflow(
                RenderWorkflow.run,
                RenderOrder(plan=slow_film.plan, queue=queue),
                id=f"render-{secrets.token_hex(8)}",
                task_queue=queue,
            )
            while not any(hand.slot is not None and hand.slot.pid for hand in here.hands.hands):
                await asyncio.sleep(0.05)
        assert "cancelled" in {one.outcome for one in told if one.activity == "render_chunk"}
        async with running_worker(
            other, slow_film.store, settings, outfit(slow_film, queue, slots=1, drain=0.2), tell=heard.append
        ):
            while not again():
                await asyncio.sleep(0.05)
            await handle.cancel()
    assert again()[0].outcome == "done"
