"""Desks side by side on one server and one store, for workers that render nothing."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from framewright.model.job_request import RenderRequest
from framewright.model.settings import Settings
from framewright.service.desk import Caller, Order, Source
from framewright.service.settings import ServiceSettings
from framewright.service.temporal.desk import TemporalDesk
from framewright.stores import open_store
from truth import pages

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from film_stand import Stand

    from framewright.executors.temporal.settings import TemporalSettings
    from framewright.model.job import Job, Told

ANNE, BERT = Caller("anne", frozenset({"read", "write"})), Caller("bert", frozenset({"read", "write"}))
PATIENCE = 60.0


class FakeProber:
    """Looks at nothing."""

    async def probe(self, request, source):
        return (request, source)


@dataclass
class Ground:
    """What desks share, and a project."""

    folder: Path
    temporal: TemporalSettings
    store: str
    stand: Stand | None = None
    told: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def page(self) -> Path:
        if not (self.folder / "project").exists():
            pages.write(self.folder / "project", "<!doctype html><p>nobody opens this</p>")
        return self.folder / "project"

    def order(self, caller: Caller = ANNE, key: str | None = None, **wishes) -> Order:
        request = RenderRequest(composition={"path": "project"}, **wishes)
        source = Source(composition=str(self.page), name="my-film", root=self.page)
        return Order(request=request, source=source, caller=caller, key=key)

    @asynccontextmanager
    async def desk(self, name: str, **settings) -> AsyncIterator[TemporalDesk]:
        """A service of its own: nothing but the server and the store is shared."""
        here = Settings.read(cache=self.folder / f"cache-{name}")
        async with open_store(self.store, here) as store:

            async def note(job, told) -> None:
                self.told.append((name, job.id, told.told.event))

            desk = TemporalDesk(
                ServiceSettings(executor="temporal", **settings),
                temporal=self.temporal,
                here=here,
                store=store,
                folder=self.folder / f"desk-{name}",
                prober=FakeProber(),
                on_told=note,
            )
            async with desk:
                yield desk


async def until_job(desk: TemporalDesk, job: str, wanted, caller: Caller = ANNE) -> Job:
    async with asyncio.timeout(PATIENCE):
        while not wanted(found := await desk.job(job, caller)):
            await asyncio.sleep(0.1)
    return found


async def heard(
    desk: TemporalDesk, job: str, *, after: int = 0, until=None, caller: Caller = ANNE
) -> list[Told]:
    """All events, to the end or to the first one that is wanted."""
    found = []
    events = desk.events(job, caller, after=after)
    async with asyncio.timeout(PATIENCE):
        async for told in events:
            found.append(told)
            if until is not None and until(told.told):
                break
    await events.aclose()
    return found
