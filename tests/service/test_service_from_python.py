"""The service as :class:`framewright.AsyncClient` sees it: each route, with the words of both."""

from __future__ import annotations

import asyncio

import pytest

from framewright.client import (
    AsyncClient,
    BusyError,
    CompositionSource,
    ConflictError,
    RequestError,
    UnknownError,
)
from framewright.model.events import Finished, Progressed
from framewright.model.job import JobState

_PAGE = CompositionSource(html="<p>hello</p>")
_NOBODY = "a" * 26


@pytest.fixture
async def client(address):
    async with AsyncClient(address, patience=5) as found:
        yield found


async def test_a_render_from_its_order_to_its_file(desk, client, tmp_path):
    desk.pace = 0.0
    told = []
    report = await client.render(_PAGE, tmp_path / "out.mp4", on_event=told.append, name="mine")
    assert (tmp_path / "out.mp4").read_bytes() == desk.output_path.read_bytes()
    assert told[-1] == Finished(report=report)
    assert [event.fraction for event in told if isinstance(event, Progressed)][-1] == 1.0
    [job] = [line.id async for line in client.jobs()]
    assert (await client.wait(job)).state is JobState.DONE
    assert await client.frame(job, 3) == desk.frame_path.read_bytes()
    assert (await client.report(job)).frames == report.frames
    assert (await client.probe(_PAGE)).frames == report.frames
    assert [one.id async for one in client.events(job)] == [one.id for one in desk.kept[job].told]
    assert await client.healthy()


async def test_a_job_that_fails_and_goes_on(desk, client):
    desk.pace = 0.0
    job = await client.submit(_PAGE, name="fails")
    ended = await client.wait(job.id)
    assert (ended.state, ended.error.code) == (JobState.FAILED, "SCRIPT_FAILED")
    again = await client.retry(job.id)
    assert again.attempt == 2
    story = [told async for told in client.events(job.id, after=desk.kept[job.id].told[2].id)]
    assert [one.id for one in story] == [one.id for one in desk.kept[job.id].told[3:]]
    assert (await client.job(job.id)).state is JobState.DONE


async def test_refusals_are_raised_as_what_they_are(desk, client, tmp_path):
    job = await client.submit(_PAGE, key="mine")
    for asking in (client.job(_NOBODY), client.cancel(_NOBODY), client.report(_NOBODY), client.wait(_NOBODY)):
        with pytest.raises(UnknownError):
            await asking
    for asking in (
        client.report(job.id),
        client.output(job.id, tmp_path / "x.mp4"),
        client.frame(job.id),
        client.retry(job.id),
    ):
        with pytest.raises(ConflictError):
            await asking
    with pytest.raises(ConflictError) as error:
        await client.submit(CompositionSource(html="<p>other</p>"), key="mine")
    assert error.value.code == "KEY_REUSED"
    with pytest.raises(RequestError):
        await client.submit(_PAGE, key="two words")
    assert (await client.cancel(job.id)).state is JobState.CANCELLED
    with pytest.raises(ConflictError):
        await client.cancel(job.id)
    assert list(tmp_path.glob("x*")) == []


async def test_a_full_queue_is_waited_for_as_long_as_patience_lasts(desk, client):
    desk.queue = 0
    with pytest.raises(BusyError) as error:
        await client.submit(_PAGE)
    assert (error.value.code, error.value.seconds) == ("QUEUE_FULL", 7)


async def test_leaving_off_is_seen_there(desk, client):
    job = await client.submit(_PAGE)
    listening = asyncio.create_task(client.wait(job.id))
    while not desk.listeners:
        await asyncio.sleep(0.01)
    listening.cancel()
    async with asyncio.timeout(20):
        while desk.listeners:
            await asyncio.sleep(0.01)
    assert desk.kept[job.id].job.state is JobState.QUEUED
