"""Whatever is asked of a desk, in whatever order, and however often the service dies in between."""

import asyncio
import random

import pytest
from stand_in import ALL, ME, House, StandIn, ended, order, story
from test_standing_over import Dying

from framewright.model.composition import Notice
from framewright.model.errors import CompositionError
from framewright.model.events import Warned
from framewright.model.job import JobState
from framewright.service.errors import BusyError, ConflictError
from framewright.service.jobs.board import Board


class Chaos:
    """Does something at random, and knows what must not happen."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.jobs = []
        self.desk = self.hands = None

    async def step(self):
        act = self.random.choices(
            [self.submit, self.cancel, self.retry, self.finish, self.fail, self.tell, self.twice, self.look],
            weights=[6, 3, 3, 6, 2, 4, 1, 2],
        )[0]
        await act()
        for _ in range(self.random.randrange(2)):
            await asyncio.sleep(0)

    async def submit(self):
        try:
            taken = await self.desk.submit(order(key=self.random.choice([None, None, "a", "b"])))
        except BusyError as error:
            assert error.code == "QUEUE_FULL"
            return
        if taken.fresh:
            self.jobs.append(taken.job.id)
        assert taken.job.id in self.jobs

    async def cancel(self):
        await self._turn(self.desk.cancel, {"JOB_OVER"})

    async def retry(self):
        await self._turn(self.desk.retry, {"JOB_DONE", "JOB_NOT_OVER", "QUEUE_FULL"})

    async def _turn(self, turn, refusals):
        if self.jobs:
            try:
                await turn(self.random.choice(self.jobs), ME)
            except (ConflictError, BusyError) as error:
                assert error.code in refusals

    async def twice(self):
        await asyncio.gather(self.cancel(), self.retry(), self.submit(), self.cancel())

    def _open(self):
        return [run for run in self.hands.runs if not (run.outcome.done() or run.cancelled)]

    async def finish(self):
        if runs := self._open():
            self.random.choice(runs).done()

    async def fail(self):
        if runs := self._open():
            self.random.choice(runs).fail(CompositionError("Broken.", code="BROKEN"))

    async def tell(self):
        if runs := self._open():
            self.random.choice(runs).tell(Warned(notice=Notice(code="N", message=str(self.random.random()))))

    async def look(self):
        page = await self.desk.jobs(ALL, limit=200)
        assert {line.id for line in page.jobs} == set(self.jobs)
        places = sorted(line.position for line in page.jobs if line.state is JobState.QUEUED)
        assert all(place is not None for place in places)
        assert (await self.desk.standing()).running <= 2


@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.thorough)])
async def test_jobs_come_to_their_ends_whatever_happens(tmp_path, seed):
    house = House(tmp_path / "data", slots=2, queue=4)
    chaos = Chaos(seed)
    for _ in range(3):
        chaos.hands = StandIn()
        async with Dying(house, chaos.hands) as desk:
            chaos.desk = desk
            for _ in range(60):
                await chaos.step()
            assert chaos.hands.most <= 2
    hands = StandIn(at_once=True)
    async with house.open(hands) as desk:
        for job in chaos.jobs:
            over = await ended(desk, job)
            assert over.state.over
            whole = await story(desk, job)
            ids = [told.id for told in whole]
            assert ids == sorted(set(ids))
            assert whole[-1].told.event == over.state.value
            # What its page shows is what its story tells.
            shown = Board().after_all(whole).shown(over)
            assert (shown.warnings, shown.chunks, shown.fallbacks) == (
                over.warnings,
                over.chunks,
                over.fallbacks,
            )
            async with asyncio.timeout(30):
                assert [told async for told in desk.events(job, ALL, after=ids[len(ids) // 2])] == [
                    told for told in whole if told.id > ids[len(ids) // 2]
                ]
        standing = await desk.standing()
        assert (standing.queued, standing.running, standing.room) == (0, 0, 6)
    assert [name for name in house.remains() if name.startswith("work/")] == []
