"""Who listens to a job hears all of it, in order and once, however slow, late or interrupted."""

import asyncio

import pytest
from stand_in import ALL, ME, PATIENCE, House, StandIn, order, story, until

from framewright.model.composition import Notice
from framewright.model.errors import CompositionError
from framewright.model.events import Progressed, Warned
from framewright.model.job import Failed, JobState, Told
from framewright.service.errors import BusyError
from framewright.service.jobs import hub as hub_module
from framewright.service.jobs.entries import moment
from framewright.service.jobs.hub import MOST_KEPT, Hub
from framewright.service.jobs.story import MOST_WRITTEN, Story


def warning(number):
    return Warned(notice=Notice(code="N", message=str(number)))


def messages(told):
    return [int(one.told.notice.message) for one in told if isinstance(one.told, Warned)]


async def test_early_late_and_resuming_listeners_hear_the_same(tmp_path):
    house, hands = House(tmp_path / "data"), StandIn()
    async with house.open(hands) as desk:
        job = (await desk.submit(order())).job.id
        run = await hands.begun(1)
        early = asyncio.create_task(story(desk, job))
        heard, listeners = [], []
        for number in range(40):
            run.tell(warning(number))
            if number % 10 == 5:
                listeners.append(asyncio.create_task(story(desk, job)))
                async for told in desk.events(job, ALL):
                    heard.append(told)
                    if messages([told]) == [number]:
                        break
                after = heard[-1].id
                listeners.append(asyncio.create_task(_rest(desk, job, list(heard), after)))
                heard.clear()
            await asyncio.sleep(0)
        run.done()
        whole = await early
        assert messages(whole) == list(range(40))
        assert [told.id for told in whole] == sorted({told.id for told in whole})
        for listener in listeners:
            found = [told for told in await listener if told.told.event != "progress"]
            assert found == [told for told in whole if told.told.event != "progress"]
        assert [told for told in await story(desk, job) if told.told.event != "progress"] == found
        assert await story(desk, job, after=whole[-1].id) == []
        assert await story(desk, job, after=whole[-1].id + 500) == []
        assert (await story(desk, job, after=whole[-2].id)) == whole[-1:]


async def _rest(desk, job, heard, after):
    return heard + await story(desk, job, after=after)


async def test_a_listener_that_is_slow_misses_nothing_that_matters(tmp_path):
    house, hands = House(tmp_path / "data"), StandIn()
    async with house.open(hands) as desk:
        job = (await desk.submit(order())).job.id
        run = await hands.begun(1)
        listener = desk.events(job, ALL)
        heard = [await anext(listener)]
        for number in range(3 * MOST_KEPT):
            run.tell(warning(number))
            if number % 500 == 0:
                await asyncio.sleep(0.01)
        run.done()
        async with asyncio.timeout(PATIENCE):
            heard += [told async for told in listener]
        assert messages(heard) == list(range(3 * MOST_KEPT))
        assert heard[-1].told.event == "done"


async def test_who_listens_across_a_retry_hears_of_it_when_asking_again(tmp_path):
    house, hands = House(tmp_path / "data"), StandIn()
    async with house.open(hands) as desk:
        job = (await desk.submit(order())).job.id
        (await hands.begun(1)).fail(CompositionError("Broken.", code="BROKEN"))
        first = await story(desk, job)
        assert isinstance(first[-1].told, Failed)
        await desk.retry(job, ME)
        second = asyncio.create_task(story(desk, job, after=first[-1].id))
        whole = asyncio.create_task(story(desk, job))
        (await hands.begun(2)).done()
        assert [told.told.event for told in await second][0] == "queued"
        assert [told.told.event for told in await whole].count("started") == 2
        assert (await whole)[-1].told.event == "done"


async def test_who_comes_while_a_waiting_job_is_cancelled_hears_of_its_end(tmp_path, monkeypatch):
    house, hands = House(tmp_path / "data"), StandIn()
    async with house.open(hands) as desk:
        await desk.submit(order())
        job = (await desk.submit(order())).job.id
        await hands.begun(1)
        turn, reached, on = desk._book.turn, asyncio.Event(), asyncio.Event()

        async def slow_turn(*arguments):
            reached.set()
            await on.wait()
            await turn(*arguments)

        monkeypatch.setattr(desk._book, "turn", slow_turn)
        cancelling = asyncio.create_task(desk.cancel(job, ME))
        await reached.wait()
        heard = []
        listener = asyncio.create_task(_into(heard, desk, job))

        async def listens():
            return heard

        await until(listens)
        on.set()
        await listener
        assert [told.told.event for told in heard][-1] == "cancelled"
        assert (await cancelling).state is JobState.CANCELLED


async def _into(heard, desk, job):
    async with asyncio.timeout(PATIENCE):
        async for told in desk.events(job, ALL):
            heard.append(told)


async def test_a_silent_job_is_told_of_all_the_same(tmp_path):
    house, hands = House(tmp_path / "data"), StandIn()
    async with house.open(hands) as desk:
        job = (await desk.submit(order())).job.id
        await hands.begun(1)
        beats = []
        async with asyncio.timeout(PATIENCE):
            async for told in desk.events(job, ALL):
                beats += [told.told] if told.told.event == "progress" else []
                if len(beats) == 3:
                    break
        assert beats == [Progressed(frames=0, total=0, rate=None, seconds_left=None)] * 3


async def test_listeners_leave_when_the_service_stops_and_are_not_too_many(tmp_path, monkeypatch):
    monkeypatch.setattr(hub_module, "MOST_LISTENERS", 2)
    house, hands = House(tmp_path / "data"), StandIn()
    async with house.open(hands) as desk:
        job = (await desk.submit(order())).job.id
        await hands.begun(1)
        listeners = [asyncio.create_task(story(desk, job)) for _ in range(2)]

        async def all_there():
            return desk._hub._count == 2

        await until(all_there)
        with pytest.raises(BusyError) as refused:
            await anext(desk.events(job, ALL))
        assert refused.value.code == "LISTENERS_FULL"
        await desk.close(0)
        for listener in listeners:
            assert {told.told.event for told in await listener} >= {"queued", "started"}
        assert (await desk.job(job, ME)).state is JobState.QUEUED


def test_of_a_long_job_a_bounded_story_is_written():
    tale, now = Story("job", 0, Hub()), 0.0
    kept = 0
    for beat in range(4 * 3600):
        now = float(beat)
        tale.tell(
            Progressed(frames=beat, total=10**6, rate=None, seconds_left=None, fraction=beat / 10**6), now
        )
        if beat % 25 == 0:
            kept += len(tale.unwritten)
            tale.written(tale.last)
    assert 500 < kept < 4000
    for number in range(MOST_WRITTEN + 100):
        tale.tell(warning(number), now)
    error = {"error": "E", "code": "C", "message": "m", "retryable": False, "owner": "author"}
    tale.tell(Failed.model_validate({"error": error}), now)
    assert len(tale.unwritten) <= MOST_WRITTEN - kept + 1
    assert isinstance(tale.unwritten[-1].told, Failed)


@pytest.mark.parametrize("unwritten", [0, 3])
def test_a_listener_that_fell_behind_begins_anew_at_what_no_book_has(unwritten):
    hub = Hub()
    told = [Told(id=n + 1, at=moment(0), told=warning(n)) for n in range(MOST_KEPT + 10)]
    with hub.listen("job") as listener:
        for one in told:
            hub.publish("job", one)
        assert listener.behind
        assert listener.take() == []
        listener.join(told[:unwritten])
        hub.publish("job", told[-1])
        assert listener.take() == [*told[:unwritten], told[-1]]
