"""Renders of a namespace are found, looked at, joined, ended and waited for, by their id alone. Server and store are real, the work is not."""

from __future__ import annotations

import asyncio

import pytest
from film_stand import standing

from framewright.cli.jobs import tell_job, tell_jobs
from framewright.executors.temporal.connecting import connect
from framewright.executors.temporal.dev_server import DevServer
from framewright.executors.temporal.jobs import (
    JobState,
    cancel_job,
    find_job,
    list_jobs,
    show_job,
    wait_for_job,
)
from framewright.model.errors import (
    CompositionError,
    OutputError,
    PageCrashedError,
    UsageError,
)


@pytest.fixture
def cluster(dev_server, queue):
    return dev_server.settings.model_copy(update={"queue": queue})


@pytest.fixture
async def stand(tmp_path, cluster):
    async with standing(tmp_path, cluster, "a") as found:
        yield found


async def test_a_render_is_found_shown_joined_and_waited_for(client, stand, tmp_path, capsys):
    stand.film.holds = frozenset({1})
    running = await stand.begin(client)
    other = await stand.begin(client)
    assert (running.joined, other.joined, other.id) == (False, True, running.id)
    waiting = asyncio.create_task(
        wait_for_job(
            client,
            stand.cluster,
            running.id,
            lambda memo: tmp_path / f"{memo.composition}.mp4",
            teller=stand.teller(),
            here=stand.here,
        )
    )
    await stand.until(lambda: any(event.state == "running" for event in stand.events("chunk")))
    (job,) = [one for one in await list_jobs(client, stand.cluster, limit=100) if one.id == running.id]
    assert (job.state, job.composition, job.format, job.frames) == (JobState.RUNNING, "my-film", "mp4", 30)
    assert (job.stage, job.chunks, job.chunks_done, job.size) == ("rendering", 3, 2, "160x96")
    details = await show_job(client, stand.cluster, running.id, stand.here)
    assert [(one.chunk, one.worker, one.frames) for one in details.at_work] == [(1, "fake", 1)]
    assert details.states == {"waiting": 0, "handed out": 1, "done": 2, "reused": 0}
    stand.film.holds = frozenset()
    report = await waiting
    assert report.output.path == str(tmp_path / "my-film.mp4")
    assert (tmp_path / "my-film.mp4").read_bytes() == stand.film.file.read_bytes()
    assert (report.frames, report.chunks) == (30, 3)
    assert {event.chunk for event in stand.events("chunk") if event.state == "done"} == {0, 1, 2}
    assert [event.stage for event in stand.events("stage")] == ["opening", "rendering", "finishing"]
    fractions = [event.fraction for event in stand.events("progress")]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0
    after = await show_job(client, stand.cluster, running.id, stand.here)
    assert (after.job.state, after.job.error) == (JobState.DONE, None)
    # Whoever comes later gets the same file, and no time of frames that he has not seen drawn.
    late = await wait_for_job(
        client,
        stand.cluster,
        running.id,
        lambda _: tmp_path / "late.mp4",
        teller=stand.teller(),
        here=stand.here,
    )
    assert (late.time.rendering, (tmp_path / "late.mp4").read_bytes()) == (0.0, stand.film.file.read_bytes())

    from framewright.cli.console import people_console

    tell_jobs(people_console(), [job, after.job], stand.cluster)
    tell_job(people_console(), details)
    printed = capsys.readouterr().err
    assert "my-film, mp4, 30 frames, 160x96 at 25 fps  rendering, 2 of 3 chunks" in printed
    assert "1 of 10 frames, fake" in printed
    assert running.id in printed


async def test_a_render_is_ended_and_its_workers_have_let_go(client, stand):
    stand.film.holds = frozenset({0})
    running = await stand.begin(client)
    await stand.until(lambda: 0 in stand.film.began)
    assert await cancel_job(client, stand.cluster, running.id, wait=True)
    assert stand.film.let_go == [0]
    assert await cancel_job(client, stand.cluster, running.id, wait=True), "it has ended already"
    details = await show_job(client, stand.cluster, running.id, stand.here)
    assert details.job.state is JobState.CANCELLED


async def test_what_a_worker_raised_is_raised_here(client, stand, tmp_path):
    stand.film.fails = lambda index, _: (
        CompositionError("It is empty.", code="NO_STAGE") if index == 2 else None
    )
    running = await stand.begin(client)
    with pytest.raises(CompositionError) as raised:
        await stand.collect(client, running, tmp_path / "out.mp4")
    assert (raised.value.code, raised.value.message) == ("NO_STAGE", "It is empty.")
    assert not list(tmp_path.glob("*out.mp4*"))
    details = await show_job(client, stand.cluster, running.id, stand.here)
    assert (details.job.state, details.job.error) == (JobState.FAILED, "It is empty.")
    again = await stand.begin(client)
    assert not again.joined, "one that has ended runs again"
    assert await cancel_job(client, stand.cluster, again.id, wait=True)


async def test_a_failed_attempt_is_told_with_its_reason(client, stand, tmp_path):
    stand.film.fails = (
        lambda index, attempt: PageCrashedError("It crashed.", code="PAGE_CRASHED") if index == 1 and attempt == 1 else None
    )  # fmt: skip
    await stand.collect(client, await stand.begin(client), tmp_path / "out.mp4")
    failed = [event for event in stand.events("chunk") if event.state == "failed"]
    assert [(event.chunk, event.attempt, event.message) for event in failed] == [(1, 1, "It crashed.")]


async def test_whoever_began_a_render_ends_it_and_whoever_joined_does_not(client, stand, tmp_path):
    stand.film.holds = frozenset({0})
    running = await stand.begin(client)
    joined = await stand.begin(client)
    theirs = asyncio.create_task(stand.collect(client, joined, tmp_path / "theirs.mp4"))
    await stand.until(lambda: any(event.state == "running" for event in stand.events("chunk")))
    theirs.cancel()
    with pytest.raises(asyncio.CancelledError):
        await theirs
    assert [event.code for event in stand.events("fallback")] == ["RENDER_GOES_ON"]
    assert running.id in stand.events("fallback")[0].message
    _, execution = await find_job(client, stand.cluster, running.id)
    assert execution.status.name == "RUNNING"

    ours = asyncio.create_task(stand.collect(client, running, tmp_path / "ours.mp4"))
    await asyncio.sleep(0.2)
    ours.cancel()
    with pytest.raises(asyncio.CancelledError):
        await ours
    assert stand.film.let_go == [0], "it was waited for"
    _, execution = await find_job(client, stand.cluster, running.id)
    assert execution.status.name == "CANCELED"
    assert not list(tmp_path.glob("*s.mp4"))


async def test_what_there_is_not(client, stand, tmp_path):
    for job in ("render-nothing", ""):
        with pytest.raises(UsageError) as raised:
            await show_job(client, stand.cluster, job, stand.here)
        assert raised.value.code == "JOB_UNKNOWN"
    running = await stand.begin(client)
    for output, kind, code in (
        (tmp_path / "out.gif", UsageError, "FORMAT_CONTRADICTS"),
        (tmp_path / "no" / "out.mp4", OutputError, "OUTPUT_FOLDER_MISSING"),
    ):
        with pytest.raises(kind) as refused:
            await stand.collect(client, running, output)
        assert refused.value.code == code
    assert await cancel_job(client, stand.cluster, running.id, wait=True)


@pytest.mark.thorough
async def test_a_server_that_is_away_is_waited_for(tmp_path, queue):
    async with DevServer.start(database=tmp_path / "state.db") as server:
        cluster = server.settings.model_copy(update={"queue": queue})
        async with standing(tmp_path, cluster, "b") as stand:
            client = await connect(cluster)
            stand.film.holds = frozenset({0})
            collecting = asyncio.create_task(
                stand.collect(client, await stand.begin(client), tmp_path / "out.mp4")
            )
            await stand.until(lambda: any(event.state == "running" for event in stand.events("chunk")))
            server.kill()
            await stand.until(lambda: stand.events("fallback"))
            assert [event.code for event in stand.events("fallback")] == ["TEMPORAL_UNREACHABLE"]
            await server.resume()
            stand.film.holds = frozenset()
            async with asyncio.timeout(100):
                report = await collecting
    assert report.frames == 30
    assert len(stand.events("fallback")) == 1, "it is said once"
