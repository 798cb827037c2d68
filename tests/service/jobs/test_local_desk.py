import asyncio

import pytest
from stand_in import ALL, ME, YOU, House, StandIn, ended, order, story, until

from framewright.model.errors import CompositionError, WorkerError
from framewright.model.events import ChunkState, ChunkTold, Finished, Progressed, Stage, StageBegan
from framewright.model.job import JobPlan, JobState, Planned
from framewright.model.job_request import ProbeRequest
from framewright.service.desk import Source
from framewright.service.errors import BusyError, ConflictError, GoneError, RequestError, UnknownError


async def test_a_job_from_its_order_to_its_file(tmp_path):
    house, hands = House(tmp_path / "data"), StandIn()
    async with house.open(hands) as desk:
        taken = await desk.submit(order(name="My film: 1/2", quality="draft", start_frame=3))
        job = taken.job
        assert (taken.fresh, job.state, job.by, job.name) == (True, JobState.QUEUED, "me", "My film: 1/2")
        assert (job.links.self, job.links.output) == (f"/v1/renders/{job.id}", None)
        run = await hands.begun(1)
        assert run.order.options == {"quality": "draft", "start_frame": 3, "format": "mp4"}
        assert run.order.composition == "/project/index.html"
        assert run.order.limits.frames == house.settings.frames
        assert run.order.settings["page_network"] == "none"
        assert run.work.parent == tmp_path / "data/work"
        plan = JobPlan(width=640, height=360, scale=1.0, fps="30", frames=60, first_frame=3, seconds=2.0)
        run.tell(StageBegan(stage=Stage.OPENING))
        run.tell(Planned(plan=plan))
        run.tell(StageBegan(stage=Stage.RENDERING))
        run.tell(ChunkTold(chunk=0, state=ChunkState.RUNNING, start=3, stop=63))
        run.tell(Progressed(frames=30, total=60, rate=15.0, seconds_left=2.0, fraction=0.5))
        now = await desk.job(job.id, ME)
        assert (now.state, now.plan, now.progress.frames, now.position) == (JobState.RUNNING, plan, 30, None)
        assert now.chunks[0].state == "running"
        assert now.links.frame is not None
        line = (await desk.jobs(ME)).jobs[0]
        assert (line.state, line.progress.fraction) == (JobState.RUNNING, 0.5)
        run.done(b"film!", frames=60)
        after = await ended(desk, job.id)
        assert (after.state, after.output.name, after.output.bytes) == (JobState.DONE, "My film- 1-2.mp4", 5)
        assert (after.progress.fraction, after.seconds > 0) == (1.0, True)
        async with desk.output(job.id, ME) as answer:
            assert answer.path.read_bytes() == b"film!"
            assert (answer.name, answer.type) == ("My film- 1-2.mp4", "video/mp4")
            assert len(answer.digest) == 64
        assert (await desk.report(job.id, ME)).output.path == "My film- 1-2.mp4"
        async with desk.frame(job.id, 7, ME) as answer:
            assert (answer.path.read_bytes(), answer.type) == (b"jpeg", "image/jpeg")
        async with desk.frame(job.id, None, ME):
            pass
        assert hands.frames == [(7, "30"), (59, "30")]
        with pytest.raises(UnknownError, match="frames 0 to 59"):
            async with desk.frame(job.id, 60, ME):
                pass
        names = [told.told.event for told in await story(desk, job.id)]
        assert names == ["queued", "started", "stage", "progress", "planned", "stage", "chunk", "done"]
    assert house.remains() == [f"jobs/{job.id}", f"jobs/{job.id}/output.mp4"]


async def test_first_come_first_served_so_many_at_a_time_and_each_is_told_its_place(tmp_path):
    house, hands = House(tmp_path / "data", slots=2, queue=10), StandIn()
    async with house.open(hands) as desk:
        jobs = [(await desk.submit(order(name=f"job {n}"))).job for n in range(6)]
        assert [job.position for job in jobs] == [0, 0, 0, 1, 2, 3]
        for count in range(1, 7):
            await hands.begun(count)
            if count > 1:
                hands.runs[count - 2].done()
        hands.runs[5].done()
        over = [await ended(desk, job.id) for job in jobs]
        assert {job.state for job in over} == {JobState.DONE}
        starts = [job.started for job in over]
        assert starts == sorted(starts)
        places = [told.told.position for told in await story(desk, jobs[5].id) if told.told.event == "queued"]
        assert places == [3, 2, 1, 0]
        assert hands.most == 2
        assert (await desk.standing()).states == {
            "queued": 0,
            "running": 0,
            "done": 6,
            "failed": 0,
            "cancelled": 0,
        }


async def test_a_clock_that_is_set_back_lets_nobody_jump_the_queue(tmp_path):
    house, hands = House(tmp_path / "data"), StandIn()
    async with house.open(hands) as desk:
        jobs = []
        for _ in range(4):
            jobs.append((await desk.submit(order())).job.id)
            house.time -= 1000.0
        for count, job in enumerate(jobs, 1):
            run = await hands.begun(count)
            assert run.job == job
            run.done()
        await ended(desk, jobs[-1])


async def test_a_full_queue_refuses_and_says_when_to_come_again(tmp_path):
    house, hands = House(tmp_path / "data", slots=1, queue=1), StandIn()
    async with house.open(hands) as desk:
        first = (await desk.submit(order(key="first"))).job
        second = await desk.submit(order())
        with pytest.raises(BusyError, match="wait already") as refused:
            await desk.submit(order())
        assert (refused.value.code, 2 <= refused.value.seconds <= 300) == ("QUEUE_FULL", True)
        assert not (await desk.submit(order(key="first"))).fresh, "a known key needs no room"
        assert (await desk.standing()).room == 0
        await desk.cancel(second.job.id, ME)
        third = (await desk.submit(order())).job
        for count in (1, 2):
            (await hands.begun(count)).done()
        assert [(await ended(desk, job)).state.value for job in (first.id, third.id)] == ["done", "done"]


async def test_as_many_orders_at_once_as_there_is_room_for(tmp_path):
    house, hands = House(tmp_path / "data", slots=2, queue=3), StandIn()
    async with house.open(hands) as desk:
        answers = await asyncio.gather(*(desk.submit(order()) for _ in range(12)), return_exceptions=True)
        taken = [one for one in answers if not isinstance(one, BaseException)]
        assert len(taken) == 5
        assert all(isinstance(one, BusyError) for one in answers if isinstance(one, BaseException))


async def test_the_same_key_is_the_same_job(tmp_path):
    house, hands = House(tmp_path / "data"), StandIn()
    async with house.open(hands) as desk:
        taken = await asyncio.gather(*(desk.submit(order(key="k")) for _ in range(5)))
        assert len({one.job.id for one in taken}) == 1
        assert sorted(one.fresh for one in taken) == [False] * 4 + [True]
        with pytest.raises(ConflictError) as refused:
            await desk.submit(order(key="k", quality="draft"))
        assert refused.value.code == "KEY_REUSED"
        other = await desk.submit(order(key="k", caller=YOU))
        assert other.fresh, "a key is the caller's own"


async def test_what_belongs_to_others_is_unknown(tmp_path):
    house, hands = House(tmp_path / "data", slots=2), StandIn()
    async with house.open(hands) as desk:
        mine = (await desk.submit(order())).job.id
        yours = (await desk.submit(order(caller=YOU))).job.id
        for call in (desk.job, desk.cancel, desk.retry, desk.report):
            with pytest.raises(UnknownError):
                await call(yours, ME)
        for read in (desk.output(yours, ME), desk.frame(yours, None, ME)):
            with pytest.raises(UnknownError):
                async with read:
                    pass
        with pytest.raises(UnknownError):
            await anext(desk.events(yours, ME))
        assert [line.id for line in (await desk.jobs(ME)).jobs] == [mine]
        assert [line.id for line in (await desk.jobs(ALL)).jobs] == [yours, mine]
        assert (await desk.job(yours, ALL)).by == "you"


async def test_the_list_has_pages_and_states(tmp_path):
    house, hands = House(tmp_path / "data", queue=20), StandIn()
    async with house.open(hands) as desk:
        jobs = [(await desk.submit(order())).job.id for _ in range(7)]
        await desk.cancel(jobs[3], ME)
        found, cursor = [], None
        for count in (3, 3, 1):
            page = await desk.jobs(ME, before=cursor, limit=3)
            assert len(page.jobs) == count
            found += [line.id for line in page.jobs]
            cursor = page.next
        assert (found, cursor) == (jobs[::-1], None)
        waiting = await desk.jobs(ME, states=[JobState.QUEUED])
        assert [line.position for line in waiting.jobs] == [4, 3, 2, 1, 0]
        over = await desk.jobs(ME, states=[JobState.CANCELLED, JobState.FAILED])
        assert [line.id for line in over.jobs] == [jobs[3]]
        for wrong in ("x", "bjEyM!", "ü", "n12", "bi0x", "bg"):
            with pytest.raises(RequestError):
                await desk.jobs(ME, before=wrong)


@pytest.mark.parametrize("deaf", [0.0, pytest.param(2.0, marks=pytest.mark.thorough)])
async def test_cancelling_ends_what_waits_and_what_runs(tmp_path, deaf):
    house, hands = House(tmp_path / "data"), StandIn(deaf=deaf)
    async with house.open(hands) as desk:
        running, waiting = [(await desk.submit(order())).job.id for _ in range(2)]
        await hands.begun(1)
        assert (await desk.cancel(waiting, ME)).state is JobState.CANCELLED
        job = await desk.cancel(running, ME)
        assert (job.state, job.error) == (JobState.CANCELLED, None)
        assert hands.runs[0].cancelled
        for one in (running, waiting):
            assert (await story(desk, one))[-1].told.event == "cancelled"
            with pytest.raises(ConflictError) as refused:
                await desk.cancel(one, ME)
            assert refused.value.code == "JOB_OVER"
        # A runner that is slow to go keeps its slot, and its job's next attempt out.
        await desk.retry(running, ME)
        await hands.begun(2)
        assert hands.most == 1


async def test_a_failed_job_goes_on_when_it_is_retried_once(tmp_path):
    house, hands = House(tmp_path / "data"), StandIn()
    async with house.open(hands) as desk:
        job = (await desk.submit(order())).job.id
        (await hands.begun(1)).fail(CompositionError("The page is broken.", code="PAGE_BROKEN"))
        failed = await ended(desk, job)
        assert (failed.state, failed.error.code, failed.error.owner) == (
            JobState.FAILED,
            "PAGE_BROKEN",
            "author",
        )
        assert failed.output is None
        told = await story(desk, job)
        answers = await asyncio.gather(*(desk.retry(job, ME) for _ in range(3)), return_exceptions=True)
        won = [one for one in answers if not isinstance(one, BaseException)]
        assert [(one.state, one.attempt, one.error) for one in won] == [(JobState.QUEUED, 2, None)]
        assert {one.code for one in answers if isinstance(one, ConflictError)} == {"JOB_NOT_OVER"}
        (await hands.begun(2)).done()
        assert (await ended(desk, job)).attempt == 2
        with pytest.raises(ConflictError) as refused:
            await desk.retry(job, ME)
        assert refused.value.code == "JOB_DONE"
        whole = await story(desk, job)
        assert whole[: len(told)] == told
        ids = [one.id for one in whole]
        assert ids == sorted(set(ids))
        assert [
            one.told.event for one in whole if one.told.event in {"failed", "queued", "started", "done"}
        ] == [
            *("queued", "started", "failed"),
            *("queued", "started", "done"),
        ]


def _one_upload(db):
    values = {"id": "up", "owner": "me", "name": "film", "digest": "d", "pages": "[]"}
    values |= {"files": 1, "bytes": 1, "created": 0, "used": 0}
    named = ", ".join(f":{name}" for name in values)
    db.execute(f"INSERT INTO uploads ({', '.join(values)}) VALUES ({named})", values)  # noqa: S608


async def test_a_project_that_was_cleaned_up_cannot_be_retried(tmp_path):
    house, hands = House(tmp_path / "data"), StandIn()
    async with house.open(hands) as desk:
        await house.database.run(_one_upload)
        source = Source(composition="/u/index.html", name="film", root=tmp_path, upload="up")
        job = (await desk.submit(order(source=source))).job.id
        await desk.cancel(job, ME)
        await house.database.run(lambda db: db.execute("UPDATE jobs SET upload = NULL"))
        await house.database.run(lambda db: db.execute("DELETE FROM uploads"))
        with pytest.raises(GoneError) as refused:
            await desk.retry(job, ME)
        assert refused.value.code == "COMPOSITION_GONE"
        with pytest.raises(GoneError):
            await desk.submit(order(source=source))


async def test_a_runner_that_dies_is_replaced_twice(tmp_path):
    house, hands = House(tmp_path / "data"), StandIn()
    dead = WorkerError("The process has ended.", code="RUNNER_DIED")
    async with house.open(hands) as desk:
        job = (await desk.submit(order())).job.id
        for count in (1, 2):
            (await hands.begun(count)).fail(dead)
        (await hands.begun(3)).done()
        done = await ended(desk, job)
        assert (done.state, done.attempt, [one.code for one in done.fallbacks]) == (
            JobState.DONE,
            1,
            ["RUNNER_DIED"],
        )
        assert len({run.work for run in hands.runs}) == 3
        job = (await desk.submit(order())).job.id
        for count in (4, 5, 6):
            (await hands.begun(count)).fail(dead)
        failed = await ended(desk, job)
        assert (failed.state, failed.error.code, failed.error.retryable) == (
            JobState.FAILED,
            "RUNNER_DIED",
            True,
        )
        job = (await desk.submit(order())).job.id
        (await hands.begun(7)).fail(RuntimeError("a mistake of ours, with a secret"))
        failed = await ended(desk, job)
        assert (failed.error.code, "secret" in failed.error.message) == ("UNEXPECTED", False)


async def test_files_that_are_not_there_yet_are_told_so(tmp_path):
    house, hands = House(tmp_path / "data"), StandIn()
    async with house.open(hands) as desk:
        job = (await desk.submit(order())).job.id
        run = await hands.begun(1)
        for read, code in (
            (desk.output(job, ME), "OUTPUT_NOT_READY"),
            (desk.frame(job, 0, ME), "FRAME_NOT_READY"),
            (desk.frame(job, None, ME), "FRAME_NOT_READY"),
        ):
            with pytest.raises(ConflictError) as refused:
                async with read:
                    pass
            assert refused.value.code == code
        with pytest.raises(ConflictError) as refused:
            await desk.report(job, ME)
        assert refused.value.code == "REPORT_NOT_READY"
        (tmp_path / "data/jobs" / job / "latest.jpg").write_bytes(b"now")
        assert run.order.settings["glimpse"] == str(tmp_path / "data/jobs" / job / "latest.jpg")
        async with desk.frame(job, None, ME) as answer:
            assert answer.path.read_bytes() == b"now"


async def test_probes_are_few_at_a_time(tmp_path):
    house, hands = House(tmp_path / "data"), StandIn()
    source = Source(composition="/project/index.html", name="film")
    request = ProbeRequest.model_validate({"composition": {"html": "<p>"}, "fps": 30})
    async with house.open(hands) as desk:
        asked = [asyncio.create_task(desk.probe(request, source, ME)) for _ in range(10)]
        run = await hands.begun(2)
        assert (run.order.kind, run.order.options) == ("probe", {"fps": 30.0})
        with pytest.raises(BusyError) as refused:
            await desk.probe(request, source, ME)
        assert refused.value.code == "PROBES_FULL"
        asked.pop().cancel()
        hands.at_once = True
        for one in hands.runs:
            one.done()
        assert {(await one).frames for one in asked} == {60}
        assert hands.most == 2
        assert (await desk.probe(request, source, ME)).frames == 60


async def test_an_image_sequence_is_an_archive_and_a_codec_finds_its_file(tmp_path):
    house, hands = House(tmp_path / "data", slots=3), StandIn()
    async with house.open(hands) as desk:
        for options in ({"format": "png-sequence"}, {"codec": "vp9"}, {"codec": "prores", "name": "…"}):
            await desk.submit(order(**options))
        await hands.begun(3)
        assert sorted(run.order.output.rsplit("/", 1)[1] for run in hands.runs) == [
            "output.mov",
            "output.webm",
            "output.zip",
        ]


async def test_what_a_finished_run_tells_last_is_told_by_the_desk(tmp_path):
    from fakes import fake_report

    house, hands = House(tmp_path / "data"), StandIn()
    ends = []
    async with house.open(hands, on_end=ends.append) as desk:
        job = (await desk.submit(order())).job.id
        run = await hands.begun(1)
        run.tell(Finished(report=fake_report()))
        run.done()
        assert [told.told.event for told in await story(desk, job)][-1] == "done"

        async def counted():
            return ends

        await until(counted)
        assert [(one.id, one.state) for one in ends] == [(job, JobState.DONE)]
