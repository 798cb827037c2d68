"""What a restart, a stop, a full disk and the passing of time do to jobs."""

import asyncio
import shutil
import sqlite3

import pytest
from stand_in import ALL, ME, House, StandIn, ended, order, story, until

from framewright.model.composition import Notice
from framewright.model.events import Progressed, Warned
from framewright.model.job import JobState
from framewright.service.database import Database
from framewright.service.errors import GoneError, UnavailableError, UnknownError
from framewright.service.jobs.desk import LocalDesk
from framewright.service.jobs.recovery import MOST_RESTARTS

_DAY = 86_400.0


class Dying:
    """A service that ends without a word: what it has in memory is lost."""

    def __init__(self, house, hands):
        self.house, self.hands = house, hands

    async def __aenter__(self):
        data = self.house.settings.data_folder
        data.mkdir(exist_ok=True)
        self.database = await Database(data / "service.sqlite3").__aenter__()
        self.desk = await LocalDesk(
            self.house.settings, self.database, self.hands, clock=self.house.clock
        ).__aenter__()
        return self.desk

    async def __aexit__(self, *_):
        # Nothing that it still wants to write may reach the file.
        await self.database.__aexit__(None, None, None)
        mine = asyncio.current_task()
        left = [task for task in asyncio.all_tasks() if task is not mine]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)


async def test_after_a_death_what_ran_goes_on_first_and_ids_go_on(tmp_path):
    house, hands = House(tmp_path / "data", slots=2), StandIn()
    async with Dying(house, hands) as desk:
        jobs = [(await desk.submit(order(name=str(n)))).job.id for n in range(4)]
        run = await hands.run_of(jobs[1])
        run.tell(Warned(notice=Notice(code="N", message="seen")))

        async def written():
            page = await desk._book.story(jobs[1], after=0, limit=100)
            return [told for told in page if told.told.event == "warning"]

        await until(written)
        heard = [told async for told in _until_warned(desk, jobs[1])]
        (tmp_path / "data/work/left").mkdir(parents=True)
        (tmp_path / "data/jobs/stranger").mkdir(parents=True)
    hands = StandIn()
    async with house.open(hands) as desk:
        await hands.begun(2)
        assert {run.job for run in hands.runs} == set(jobs[:2])
        assert (await desk.job(jobs[1], ME)).attempt == 1
        for count in range(1, 5):
            (await hands.begun(count)).done()
        for job in jobs:
            assert (await ended(desk, job)).state is JobState.DONE
        rest = await story(desk, jobs[1], after=heard[-1].id)
        assert [told.told.event for told in rest][:3] == ["fallback", "queued", "started"]
        assert rest[0].told.code == "SERVICE_RESTARTED"
        assert rest[0].id > heard[-1].id + 100
        done = await desk.job(jobs[1], ME)
        assert any("warning N: seen" in line for line in done.log), "the log goes on over a restart"
        assert done.fallbacks == (), "it is that of the last run alone"
    assert "jobs/stranger" not in house.remains()
    assert [one for one in house.remains() if one.startswith("work/")] == []


async def _until_warned(desk, job):
    async for told in desk.events(job, ALL):
        yield told
        if told.told.event == "warning":
            return


async def test_a_job_with_which_the_service_dies_again_and_again_is_given_up(tmp_path):
    house = House(tmp_path / "data")
    hands = StandIn()
    async with Dying(house, hands) as desk:
        job = (await desk.submit(order())).job.id
        await hands.begun(1)
    for _ in range(MOST_RESTARTS):
        hands = StandIn()
        async with Dying(house, hands) as desk:
            await hands.begun(1)
    async with house.open(StandIn()) as desk:
        failed = await desk.job(job, ME)
        assert (failed.state, failed.error.code) == (JobState.FAILED, "SERVICE_DIED")
        assert (await story(desk, job))[-1].told.event == "failed"
        assert (await desk.retry(job, ME)).state is JobState.QUEUED


async def test_a_stop_lets_what_runs_end_or_has_it_wait_for_the_next_start(tmp_path):
    house, hands = House(tmp_path / "data", slots=2), StandIn()
    async with house.open(hands) as desk:
        quick, slow, later = [(await desk.submit(order())).job.id for _ in range(3)]
        await hands.begun(2)
        closing = asyncio.create_task(desk.close(2.0))

        async def stopping():
            return (await desk.standing()).why_not

        assert await until(stopping) == "The service is stopping."
        with pytest.raises(UnavailableError) as refused:
            await desk.submit(order())
        assert refused.value.code == "STOPPING"
        (await hands.run_of(quick)).done()
        await closing
        states = [(await desk.job(job, ME)).state.value for job in (quick, slow, later)]
        assert states == ["done", "queued", "queued"]
        assert (await hands.run_of(slow)).cancelled
    hands = StandIn(at_once=True)
    async with house.open(hands) as desk:
        assert [(await ended(desk, job)).state.value for job in (slow, later)] == ["done", "done"]
        told = await story(desk, slow)
        assert [one.told.event for one in told if one.told.event in {"started", "fallback", "queued"}] == [
            *("queued", "started", "fallback", "queued"),
            "started",
        ]
    assert {run.job for run in hands.runs} == {slow, later}


async def test_a_stop_that_is_broken_off_leaves_nothing_running(tmp_path):
    house, hands = House(tmp_path / "data"), StandIn()
    async with house.open(hands) as desk:
        job = (await desk.submit(order())).job.id
        await hands.begun(1)
        closing = asyncio.create_task(desk.close(3600))

        async def stopping():
            return not (await desk.standing()).ready

        await until(stopping)
        closing.cancel()
        await asyncio.gather(closing, return_exceptions=True)
    assert hands.now == 0
    async with house.open(StandIn(at_once=True)) as desk:
        assert (await ended(desk, job)).state is JobState.DONE


async def test_a_database_that_fails_fails_the_job_and_nothing_else(tmp_path, monkeypatch):
    monkeypatch.setattr("framewright.service.jobs.scribe._TRY_AGAIN_SECONDS", 0.1)
    house, hands = House(tmp_path / "data"), StandIn()
    async with house.open(hands) as desk:
        before = (await desk.submit(order())).job.id
        (await hands.begun(1)).done()
        await ended(desk, before)
        job = (await desk.submit(order())).job.id
        run = await hands.begun(2)
        listener = asyncio.create_task(story(desk, job))
        working = house.database.run
        full = True

        async def run_or_not(work):
            def unless_full(db):
                result = work(db)
                if full and db.total_changes > before_changes:
                    raise sqlite3.OperationalError("database or disk is full")
                return result

            before_changes = await working(lambda db: db.total_changes)
            return await working(unless_full)

        monkeypatch.setattr(house.database, "run", run_or_not)
        run.tell(Warned(notice=Notice(code="N", message="seen")))
        assert (await listener)[-1].told.event == "failed"
        failed = await desk.job(job, ME)
        assert (failed.state, failed.error.code) == (JobState.FAILED, "DATABASE_FAILED")
        assert "database or disk is full" in failed.error.message
        assert hands.runs[1].cancelled
        with pytest.raises(UnavailableError):
            await desk.submit(order())
        assert (await desk.job(before, ME)).state is JobState.DONE
        full = False

        async def written():
            found = await desk._book.entry(job)
            return found.state is JobState.FAILED

        await until(written)
        hands.at_once = True
        assert (await desk.retry(job, ME)).attempt == 2
        assert (await ended(desk, job)).state is JobState.DONE


async def test_a_desk_whose_disk_is_full_says_so(tmp_path, monkeypatch):
    house = House(tmp_path / "data")
    async with house.open(StandIn()) as desk:
        assert (await desk.standing()).ready
        full = shutil.disk_usage(tmp_path)._replace(free=1000)
        monkeypatch.setattr("shutil.disk_usage", lambda _: full)
        standing = await desk.standing()
        assert (standing.ready, "no room" in standing.why_not) == (False, True)


async def test_a_folder_without_room_fails_the_job_in_one_sentence(tmp_path):
    house, hands = House(tmp_path / "data"), StandIn()
    async with house.open(hands) as desk:
        jobs = tmp_path / "data/jobs"
        jobs.rmdir()
        jobs.write_text("in the way")
        job = (await desk.submit(order())).job.id
        failed = await ended(desk, job)
        assert (failed.error.code, failed.error.owner) == ("OUTPUT_UNWRITABLE", "operator")
        assert failed.error.message.count(".") == 2


async def test_old_jobs_and_the_oldest_files_beyond_the_room_go(tmp_path):
    house, hands = House(tmp_path / "data", keep_jobs=2, keep_outputs=250), StandIn()
    async with house.open(hands) as desk:
        jobs = []
        for count in range(4):
            jobs.append((await desk.submit(order())).job.id)
            (await hands.begun(count + 1)).done(b"x" * 100)
            await ended(desk, jobs[-1])
            house.time += _DAY * 0.4
        async with desk.output(jobs[0], ME):
            await desk._retention.clean()
            async with desk.output(jobs[0], ME) as answer:
                assert answer.path.read_bytes() == b"x" * 100
        assert [await _code_of(desk, job) for job in jobs] == [None, "OUTPUT_GONE", "OUTPUT_GONE", None]
        gone = await desk.job(jobs[1], ME)
        assert (gone.state, gone.links.output, gone.links.frame) == (JobState.DONE, None, None)
        assert gone.output.bytes == 100
        assert (await desk.report(jobs[1], ME)).frames == 60
        house.time += _DAY / 2
        await desk._retention.clean()
        with pytest.raises(UnknownError):
            await desk.job(jobs[0], ME)
        assert {line.id for line in (await desk.jobs(ME)).jobs} == set(jobs[1:])
        assert not (tmp_path / "data/jobs" / jobs[0]).exists()
        left = await house.database.run(
            lambda db: db.execute("SELECT count(*) FROM events WHERE job = ?", (jobs[0],)).fetchone()[0]
        )
        assert left == 0


async def _code_of(desk, job):
    try:
        async with desk.output(job, ME):
            return None
    except GoneError as error:
        return error.code


async def test_progress_is_shown_and_nothing_of_it_is_left_to_write_forever(tmp_path):
    house, hands = House(tmp_path / "data"), StandIn()
    async with house.open(hands) as desk:
        job = (await desk.submit(order())).job.id
        run = await hands.begun(1)
        for number in range(500):
            run.tell(Progressed(frames=number, total=500, rate=1.0, seconds_left=1.0, fraction=number / 500))
        assert (await desk.job(job, ME)).progress.frames == 499
        run.done()
        await ended(desk, job)
        written = [told for told in await story(desk, job) if told.told.event == "progress"]
        assert 1 <= len(written) <= 10
