"""Jobs as workflows: server and store are real, the work is not. Desks share nothing else."""

from __future__ import annotations

import asyncio

import pytest
from desks import ANNE, BERT, PATIENCE, Ground, heard, until_job
from film_stand import standing

from framewright.executors.temporal.keeping import kept_chunk
from framewright.model.errors import CompositionError, PageCrashedError
from framewright.model.job import JobState
from framewright.render.piece_accounts import read_chunk
from framewright.service.desk import Caller
from framewright.service.errors import BusyError, ConflictError, UnknownError
from framewright.service.jobs.board import Board

LETTERS = iter("bcdefghijklmnopqrstuvwxyz")


@pytest.fixture
async def ground(tmp_path, dev_server, queue):
    temporal = dev_server.settings.model_copy(update={"queue": queue})
    async with standing(tmp_path, temporal, next(LETTERS)) as stand:
        yield Ground(tmp_path, temporal, str(tmp_path / "store"), stand)


@pytest.fixture
async def desks(ground):
    async with ground.desk("one") as one, ground.desk("two") as two:
        yield one, two


async def test_what_one_service_takes_another_watches_and_hands_out(ground, desks):
    one, two = desks
    ground.stand.film.holds = frozenset({1})
    taken = await one.submit(ground.order(name="The film"))
    assert (taken.fresh, taken.job.by, taken.job.name) == (True, "anne", "The film")
    assert taken.job.state is JobState.QUEUED
    job = taken.job.id
    running = await until_job(
        two, job, lambda found: [chunk.state for chunk in found.chunks] == ["done", "running", "done"]
    )
    assert running.state is JobState.RUNNING
    assert (running.plan.width, running.plan.frames, running.plan.fps) == (160, 30, "25")
    assert running.links.output is None
    with pytest.raises(ConflictError, match="there is no file yet"):
        async with two.output(job, ANNE):
            pass
    (line,) = (await two.jobs(ANNE, states=[JobState.RUNNING])).jobs
    assert (line.id, line.progress.total) == (job, 30)
    listening = asyncio.create_task(heard(two, job))
    ground.stand.film.holds = frozenset()
    told = await listening
    assert [event.id for event in told] == sorted({event.id for event in told})
    kinds = [event.told.event for event in told]
    assert (kinds[0], kinds[-1]) == ("queued", "done")
    assert {"started", "planned", "stage", "chunk", "progress"} <= set(kinds)
    assert told[-1].told.report.frames == 30
    for desk in desks:
        done = await desk.job(job, ANNE)
        assert (done.state, done.output.name, done.output.type) == (
            JobState.DONE,
            "The film.mp4",
            "video/mp4",
        )
        assert done.progress.fraction == 1.0
        assert {chunk.state for chunk in done.chunks} == {"done"}
        assert await desk.report(job, ANNE) == told[-1].told.report
        async with desk.output(job, ANNE) as file:
            assert file.path.read_bytes() == ground.stand.film.file.read_bytes()
            assert file.path.stat().st_size == done.output.bytes
        async with desk.frame(job, None, ANNE) as picture:
            assert picture.path.read_bytes().startswith(b"\xff\xd8")
        assert not picture.path.exists()
        with pytest.raises(UnknownError) as unknown:
            async with desk.frame(job, 30, ANNE):
                pass
        assert unknown.value.code == "FRAME_UNKNOWN"
        (line,) = (await desk.jobs(ANNE, states=[JobState.DONE])).jobs
        assert (line.id, line.state, line.output) == (job, JobState.DONE, done.output)
    # Who took it tells how it began; its end is told once, by whoever noted it first.
    assert [event for name, _, event in ground.told if name == "one"][:3] == ["queued", "started", "planned"]
    assert sum(event == "done" for _, _, event in ground.told) == 1


@pytest.mark.thorough
async def test_whoever_comes_back_to_another_service_misses_nothing(ground, desks):
    one, two = desks
    ground.stand.film.holds = frozenset({1})
    job = (await one.submit(ground.order())).job.id
    before = await heard(one, job, until=lambda event: event.event == "progress" and event.frames >= 20)
    # At the same service: exactly what came after.
    again = await heard(
        one, job, after=before[3].id, until=lambda event: event.event == "progress" and event.frames >= 20
    )
    assert [told.id for told in before[4:]] == [told.id for told in again][: len(before) - 4]
    # At another one: the state again, with greater numbers, and then on.
    elsewhere = asyncio.create_task(heard(two, job, after=before[-1].id))
    await until_job(two, job, lambda found: found.progress.frames >= 20)
    ground.stand.film.holds = frozenset()
    rest = await elsewhere
    assert all(told.id > before[-1].id for told in rest)
    board = Board().after_all(rest)
    assert [chunk.state for chunk in board.chunks] == ["done"] * 3
    assert board.plan is not None
    assert rest[-1].told.event == "done"
    # Over is over: whoever has heard the end hears nothing more, whoever has not hears it.
    for desk in desks:
        assert await heard(desk, job, after=rest[-1].id) == []
        late = await heard(desk, job, after=before[-1].id)
        assert all(told.id > before[-1].id for told in late)
        assert late[-1].told.event == "done"


@pytest.mark.thorough
async def test_cancelled_by_another_service_and_tried_again(ground, desks):
    one, two = desks
    ground.stand.film.holds = frozenset({1})
    job = (await one.submit(ground.order())).job.id
    listening = asyncio.create_task(heard(one, job))
    await until_job(two, job, lambda found: found.progress.frames >= 20)
    with pytest.raises(ConflictError) as goes_on:
        await two.retry(job, ANNE)
    assert goes_on.value.code == "JOB_NOT_OVER"
    async with asyncio.timeout(20):
        cancelled = await two.cancel(job, ANNE)
    assert cancelled.state is JobState.CANCELLED
    assert (await listening)[-1].told.event == "cancelled"
    for desk in desks:
        assert (await desk.job(job, ANNE)).state is JobState.CANCELLED
        with pytest.raises(ConflictError) as over:
            await desk.cancel(job, ANNE)
        assert over.value.code == "JOB_OVER"
    await ground.stand.until(lambda: 1 in ground.stand.film.let_go)
    ground.stand.film.holds = frozenset()
    outcomes = await asyncio.gather(one.retry(job, ANNE), two.retry(job, ANNE), return_exceptions=True)
    again = [found for found in outcomes if not isinstance(found, BaseException)]
    assert [(found.attempt, found.state.over) for found in again] == [(2, False)]
    (refused,) = [found for found in outcomes if isinstance(found, ConflictError)]
    assert refused.code == "JOB_NOT_OVER"
    told = await heard(two, job)
    assert told[-1].told.event == "done"
    done = await one.job(job, ANNE)
    assert (done.state, done.attempt) == (JobState.DONE, 2)
    # It went on with the plan of before, without planning again.
    assert ground.stand.film.done.count("plan") == 1
    with pytest.raises(ConflictError) as finished:
        await two.retry(job, ANNE)
    assert finished.value.code == "JOB_DONE"
    assert [event for _, _, event in ground.told if event in {"cancelled", "done"}] == ["cancelled", "done"]


@pytest.mark.thorough
async def test_what_fails_says_why(ground, desks):
    one, two = desks
    error = CompositionError("The page has no frame 10.", code="NO_FRAME")
    ground.stand.film.fails = lambda index, attempt: error if index == 1 else None
    job = (await one.submit(ground.order())).job.id
    told = await heard(two, job)
    assert told[-1].told.error.code == "NO_FRAME"
    for desk in desks:
        failed = await desk.job(job, ANNE)
        assert (failed.state, failed.error.message, failed.error.owner) == (
            JobState.FAILED,
            "The page has no frame 10.",
            "author",
        )
    ground.stand.film.fails = lambda index, attempt: (
        PageCrashedError("It crashed.", code="PAGE_CRASHED") if attempt == 1 else None
    )
    await two.retry(job, ANNE)
    assert (await heard(one, job))[-1].told.event == "done"


@pytest.mark.thorough
async def test_one_key_is_one_job_wherever_it_comes_in(ground, desks):
    ground.stand.film.holds = frozenset({1})
    many = [desk.submit(ground.order(key="again")) for desk in desks for _ in range(3)]
    found = await asyncio.gather(*many)
    assert len({taken.job.id for taken in found}) == 1
    assert [taken.fresh for taken in found].count(True) == 1
    assert len((await desks[0].jobs(ANNE)).jobs) == 1
    with pytest.raises(ConflictError) as reused:
        await desks[1].submit(ground.order(key="again", name="Another"))
    assert reused.value.code == "KEY_REUSED"
    other = await desks[1].submit(ground.order(BERT, key="again"))
    assert other.fresh
    await asyncio.gather(
        desks[0].cancel(found[0].job.id, ANNE), desks[1].cancel(other.job.id, BERT), return_exceptions=True
    )


async def test_jobs_of_others_are_unknown_and_lists_are_paged(ground, desks):
    one, two = desks
    ground.stand.film.holds = frozenset({1})
    mine = [(await one.submit(ground.order(name=f"film {number}"))).job.id for number in range(3)]
    his = (await two.submit(ground.order(BERT))).job.id
    for call in (one.job, one.cancel, one.retry, one.report):
        with pytest.raises(UnknownError):
            await call(his, ANNE)
    with pytest.raises(UnknownError):
        await heard(two, his, caller=ANNE)
    for strange in ("../keys", "x" * 26, mine[0][:-1]):
        with pytest.raises(UnknownError):
            await one.job(strange, Caller())
    # What another service has taken shows in lists a second later.
    async with asyncio.timeout(PATIENCE):
        while len((await two.jobs(Caller())).jobs) < 4 or len((await one.jobs(Caller())).jobs) < 4:
            await asyncio.sleep(0.1)
    first = await two.jobs(ANNE, limit=2)
    assert [line.id for line in first.jobs] == [mine[2], mine[1]]
    rest = await one.jobs(ANNE, limit=2, before=first.next)
    assert ([line.id for line in rest.jobs], rest.next) == ([mine[0]], None)
    assert len((await one.jobs(Caller())).jobs) == 4
    standing = await two.standing()
    assert (standing.ready, standing.queued + standing.running, standing.room) == (True, 4, 96)
    # Both have joined no workflow of the other: the end of one is the end of no other.
    await one.cancel(mine[0], ANNE)
    assert not (await two.job(mine[1], ANNE)).state.over
    await asyncio.gather(*(two.cancel(job, Caller()) for job in (mine[1], mine[2], his)))


@pytest.mark.thorough
async def test_the_latest_frame_is_of_the_latest_piece(ground, desks):
    one, two = desks
    stand = ground.stand
    stand.film.holds = frozenset({1})
    job = (await one.submit(ground.order())).job.id
    await until_job(two, job, lambda found: found.progress.frames >= 20)
    with pytest.raises(ConflictError) as early:
        async with two.frame(job, None, ANNE):
            pass
    assert early.value.code == "FRAME_NOT_READY"
    for chunk in stand.plan.chunks:
        path = ground.folder / "chunks" / f"{chunk.start}-{chunk.stop}.mp4"
        result = read_chunk(path).result
        await kept_chunk(stand.plan, chunk.range).keep(stand.film.store, path, result, run="r", resume=True)
    async with two.frame(job, None, ANNE) as picture:
        assert picture.path.read_bytes().startswith(b"\xff\xd8")
    with pytest.raises(ConflictError):
        async with two.frame(job, 3, ANNE):
            pass
    await two.cancel(job, ANNE)
    with pytest.raises(ConflictError):
        async with one.frame(job, None, ANNE):
            pass


@pytest.mark.thorough
async def test_a_full_queue_takes_no_more(ground):
    ground.stand.film.holds = frozenset({1})
    async with ground.desk("one", queue=1) as one, ground.desk("two", queue=1) as two:
        job = (await one.submit(ground.order())).job.id
        with pytest.raises(BusyError) as full:
            await two.submit(ground.order())
        assert full.value.code == "QUEUE_FULL"
        assert (await two.standing()).room == 0
        await two.cancel(job, ANNE)
        again = await two.submit(ground.order())
        await two.cancel(again.job.id, ANNE)
