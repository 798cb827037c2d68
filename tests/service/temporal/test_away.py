"""Servers, stores and services that go away: the desk says so, stays up, and goes on when they are back."""

from __future__ import annotations

import asyncio

import pytest
from desks import ANNE, PATIENCE, Ground, heard, until_job
from film_stand import standing

from framewright.executors.temporal.dev_server import DevServer
from framewright.model.errors import StoreError
from framewright.model.job import JobState
from framewright.service.errors import GoneError, UnavailableError
from framewright.service.temporal import watches
from framewright.service.temporal.names import folder_of, workflow_of


async def until_ready(desk, *, ready: bool):
    async with asyncio.timeout(PATIENCE):
        while (found := await desk.standing()).ready is not ready:
            await asyncio.sleep(0.1)
    return found


@pytest.mark.thorough
async def test_a_server_that_is_away_is_said_and_found_again(tmp_path, queue):
    async with DevServer.start(database=tmp_path / "server.sqlite") as server:
        temporal = server.settings.model_copy(update={"queue": queue})
        async with standing(tmp_path, temporal, "a") as stand:
            ground = Ground(tmp_path, temporal, str(tmp_path / "store"), stand)
            stand.film.holds = frozenset({1})
            async with ground.desk("one") as one:
                job = (await one.submit(ground.order())).job.id
                await until_job(one, job, lambda found: found.progress.frames >= 20)
                listening = asyncio.create_task(heard(one, job))
                server.kill()
                async with ground.desk("two") as two:
                    away = await until_ready(two, ready=False)
                    assert "does not answer" in away.why_not
                    for desk in (one, two):
                        with pytest.raises(UnavailableError) as refused:
                            await desk.submit(ground.order())
                        assert refused.value.code == "TEMPORAL_UNREACHABLE"
                        assert refused.value.seconds > 0
                    # What is known is told all the same, and nothing stands written of what was refused.
                    assert (await one.job(job, ANNE)).state is JobState.RUNNING
                    assert [line.id for line in (await one.jobs(ANNE)).jobs] == [job]
                    await server.resume()
                    await until_ready(two, ready=True)
                    stand.film.holds = frozenset()
                    assert (await listening)[-1].told.event == "done"
                    assert (await two.job(job, ANNE)).state is JobState.DONE


@pytest.fixture
async def ground(tmp_path, dev_server, queue):
    temporal = dev_server.settings.model_copy(update={"queue": queue})
    async with standing(tmp_path, temporal, "w") as stand:
        yield Ground(tmp_path, temporal, str(tmp_path / "store"), stand)


@pytest.mark.thorough
async def test_without_a_worker_jobs_wait_and_it_is_said(tmp_path, dev_server, queue):
    temporal = dev_server.settings.model_copy(update={"queue": queue})
    ground = Ground(tmp_path, temporal, str(tmp_path / "store"))
    async with ground.desk("one") as desk:
        job = (await desk.submit(ground.order())).job.id
        found = await desk.standing()
        assert (found.ready, found.queued) == (False, 1)
        assert "No worker listens" in found.why_not
        assert (await desk.job(job, ANNE)).state is JobState.QUEUED
        assert (await desk.cancel(job, ANNE)).state is JobState.CANCELLED


@pytest.mark.thorough
async def test_what_a_dead_service_has_left_another_sees_to(ground, monkeypatch, client):
    monkeypatch.setattr(watches, "ROUND_SECONDS", 0.2)
    ground.stand.film.holds = frozenset({1})
    async with ground.desk("one") as one:
        running, unbegun = [(await one.submit(ground.order(name=name))).job.id for name in ("a", "b")]
        await until_job(one, running, lambda found: found.progress.frames >= 20)
    # As if it had died between writing the job down and beginning it.
    handle = client.get_workflow_handle(workflow_of(unbegun, 1))
    await handle.terminate()
    order = (ground.folder / "store" / folder_of(unbegun) / "order.json").read_text()
    (ground.folder / "store" / folder_of(unbegun)).rename(ground.folder / "store" / folder_of("c" * 26))
    (ground.folder / "store" / folder_of("c" * 26) / "order.json").write_text(
        order.replace(unbegun, "c" * 26)
    )
    ground.stand.film.holds = frozenset()
    await client.get_workflow_handle(workflow_of(running, 1)).result()
    async with ground.desk("two") as two:
        async with asyncio.timeout(PATIENCE):
            while sum(event == "done" for _, _, event in ground.told) < 2:  # nobody asks for them
                await asyncio.sleep(0.1)
        done = await two.job(running, ANNE)
        assert done.output.frames == 30
        assert {chunk.state for chunk in done.chunks} == {"done"}
    ends = [(name, job) for name, job, event in ground.told if event == "done"]
    assert sorted(ends) == sorted([("two", running), ("two", "c" * 26)])


@pytest.mark.thorough
async def test_what_was_cleaned_up_is_said_to_be_gone(ground):
    async with ground.desk("one") as one, ground.desk("two") as two:
        done = (await one.submit(ground.order())).job.id
        await heard(one, done)
        ground.stand.film.holds = frozenset({1})
        stopped = (await one.submit(ground.order())).job.id
        await one.cancel(stopped, ANNE)
        for blob in (ground.folder / "store" / "blobs").glob("*/*"):
            blob.unlink()
        with pytest.raises(GoneError) as gone:
            async with two.output(done, ANNE):
                pass
        assert gone.value.code == "OUTPUT_GONE"
        with pytest.raises(GoneError) as no_project:
            await two.retry(stopped, ANNE)
        assert no_project.value.code == "COMPOSITION_GONE"


async def test_a_store_that_is_away_is_said(ground, monkeypatch):
    async with ground.desk("one") as one:
        job = (await one.submit(ground.order())).job.id
        await heard(one, job)

        async def fail(*_, **__):
            raise StoreError("The store does not answer.", code="STORE_UNAVAILABLE")

        store = one._cluster.store
        for name in ("list", "read", "commit", "put"):
            monkeypatch.setattr(store, name, fail)
        for call in (one.submit(ground.order()), one.job(job, ANNE), one.jobs(ANNE), one.retry(job, ANNE)):
            with pytest.raises(UnavailableError) as refused:
                await call
            assert refused.value.code == "STORE_UNAVAILABLE"
        one._bearings._at = float("-inf")
        one._book._names.at = float("-inf")
        assert (await one.standing()).why_not == "The store does not answer."
        monkeypatch.undo()
        assert (await one.job(job, ANNE)).state is JobState.DONE


@pytest.mark.thorough
async def test_jobs_of_long_ago_are_forgotten(ground, monkeypatch):
    monkeypatch.setattr(watches, "ROUND_SECONDS", 0.1)
    async with ground.desk("one") as one:
        job = (await one.submit(ground.order(key="k"))).job.id
        await heard(one, job)
    async with ground.desk("two", keep_jobs=0.5 / 86400) as two:
        async with asyncio.timeout(PATIENCE):
            while (await two.jobs(ANNE)).jobs:
                monkeypatch.setattr(watches, "SWEEP_SECONDS", 0.0)
                await asyncio.sleep(0.1)
        # A key whose job is gone makes a new one.
        again = await two.submit(ground.order(key="k"))
        assert again.fresh
        assert (await heard(two, again.job.id))[-1].told.event == "done"
