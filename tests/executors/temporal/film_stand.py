"""A plan without a page in a store, and workers that render nothing of it but in the end put a real file there."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fake_workers import ENVIRONMENT, Fakes, working
from temporalio import activity

from framewright.executors.temporal import activity_names as names
from framewright.executors.temporal.collecting import collect
from framewright.executors.temporal.connecting import connect
from framewright.executors.temporal.names import output_document
from framewright.executors.temporal.publishing import publish_plan
from framewright.executors.temporal.starting import memo_of, start
from framewright.executors.temporal.values import (
    Accounts,
    Assembled,
    AssembleOrder,
    Output,
    OutputFile,
    PlanReference,
    RenderOrder,
)
from framewright.model.frames import FrameRate
from framewright.model.output import Codec, Format
from framewright.model.settings import Settings
from framewright.render.assembling import assemble_pieces
from framewright.render.bundle import Bundle
from framewright.render.piece_accounts import read_chunk
from framewright.render.telling import Teller
from framewright.stores import BlobStore, digest_of, open_store
from truth import planned

if TYPE_CHECKING:
    from pathlib import Path

    from framewright.executors.temporal.settings import TemporalSettings
    from framewright.executors.temporal.starting import Running
    from framewright.model.plan import Plan

CUTS = (0, 10, 20, 30)


@dataclass
class Film(Fakes):
    """Workers that make nothing of chunks, but in the end put a real file into the store."""

    store: BlobStore | None = None
    plan_document: Plan | None = None
    file: Path | None = None
    accounts: Accounts | None = None

    @activity.defn(name=names.ASSEMBLE)
    async def assemble(self, order: AssembleOrder) -> Assembled:
        assert self.store and self.file and self.accounts
        written = self.file.with_name("accounts.json")
        written.write_text(self.accounts.model_dump_json())
        output = Output(
            plan=order.plan.digest,
            pieces="0" * 64,
            accounts=await self.store.put(written),
            files=(
                OutputFile(
                    name="",
                    digest=await self.store.put(self.file),
                    bytes=self.file.stat().st_size,
                ),
            ),
        )
        await self.store.commit(output_document(order.plan.digest), output.model_dump_json().encode())
        return Assembled(bytes=1, seconds=0.5, worker="fake")


class Stand:
    """A plan in a store, and workers for it."""

    def __init__(
        self, cluster: TemporalSettings, film: Film, reference: PlanReference, plan: Plan, here: Settings
    ):
        self.cluster, self.film, self.reference, self.plan, self.here = cluster, film, reference, plan, here
        self.told: list[object] = []

    async def begin(self, client) -> Running:
        order = RenderOrder(plan=self.reference, queue=self.cluster.queue)
        return await start(client, order, memo_of(self.plan, "my-film"), self.cluster.address)

    def teller(self) -> Teller:
        return Teller(self.told.append)

    def events(self, kind: str) -> list:
        return [event for event in self.told if event.event == kind]

    async def until(self, found) -> None:
        async with asyncio.timeout(60):
            while not found():
                await asyncio.sleep(0.05)

    async def collect(self, client, running: Running, output: Path):
        return await collect(
            client, running, output, Format.MP4, self.teller(), settings=self.cluster, here=self.here
        )


@asynccontextmanager
async def standing(folder: Path, cluster: TemporalSettings, letter: str):
    here = Settings.read()
    plan = planned.plan((Format.MP4, Codec.H264), FrameRate.parse("25"), CUTS)
    project = planned.write(folder / "plan", plan).with_name("plan-project")
    store = open_store(str(folder / "store"), here)
    pieces = planned.chunks(folder / "chunks", plan)
    file = folder / "made.mp4"
    facts = await assemble_pieces(plan, pieces, None, file)
    reference = await publish_plan(Bundle(plan, project, folder), store)
    # Each test has a plan of its own: the server is shared.
    reference = reference.model_copy(
        update={"environment": ENVIRONMENT, "digest": digest_of(f"{cluster.queue}{letter}".encode())}
    )
    accounts = Accounts(chunks=tuple(read_chunk(path).result for path in pieces), facts=facts)
    film = Film(store=store, plan_document=plan, file=file, accounts=accounts, planned=reference)
    client = await connect(cluster, identity="worker")
    try:
        async with working(client, cluster.queue, film):
            yield Stand(cluster, film, reference, plan, here)
    finally:
        await store.close()
