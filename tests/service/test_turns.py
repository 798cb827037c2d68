"""Jobs and parts of plans share the slots: never more at a time, none of them starves, and no turn is lost."""

from __future__ import annotations

import asyncio

from framewright.service.turns import Turns


class Story:
    """Who had a turn. ``jobs`` of them wait."""

    def __init__(self, count: int, jobs: int = 0) -> None:
        self.turns = Turns(count)
        self.turns.offer = self._offer
        self.jobs = jobs
        self.had: list[str] = []

    def _offer(self) -> bool:
        if not self.jobs:
            return False
        self.jobs -= 1
        self.had.append("job")
        return True

    def job_ends(self) -> None:
        self.turns.give_back()
        self.turns.deal()

    async def part(self, until: asyncio.Event) -> None:
        async with self.turns.part():
            self.had.append("part")
            await until.wait()


async def settled() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_they_take_turns_where_both_wait() -> None:
    story, go = Story(1, jobs=3), asyncio.Event()
    go.set()
    story.turns.deal()
    parts = [asyncio.create_task(story.part(go)) for _ in range(2)]
    await settled()
    assert story.had == ["job"]
    for _ in range(3):
        story.job_ends()
        await settled()
    assert story.had == ["job", "part", "job", "part", "job"]
    await asyncio.gather(*parts)


async def test_never_more_at_a_time() -> None:
    story, go = Story(2, jobs=1), asyncio.Event()
    story.turns.deal()
    parts = [asyncio.create_task(story.part(go)) for _ in range(3)]
    await settled()
    assert story.had == ["job", "part"]
    story.job_ends()
    await settled()
    assert story.had == ["job", "part", "part"]
    go.set()
    await asyncio.gather(*parts)
    assert story.had.count("part") == 3


async def test_who_leaves_the_row_takes_no_turn_with_him() -> None:
    story, go = Story(1), asyncio.Event()
    first = asyncio.create_task(story.part(go))
    await settled()
    leaving, staying = asyncio.create_task(story.part(go)), asyncio.create_task(story.part(go))
    await settled()
    leaving.cancel()
    go.set()
    await asyncio.gather(first, staying)
    assert leaving.cancelled()
    # One that is cancelled at the very moment in which its turn has come.
    late = asyncio.create_task(story.part(asyncio.Event()))
    await asyncio.sleep(0)
    late.cancel()
    await asyncio.gather(late, return_exceptions=True)
    story.jobs = 1
    story.turns.deal()
    assert story.had[-1] == "job"
