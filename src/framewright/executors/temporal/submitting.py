"""Beginning a render on a cluster without an executor: to leave it to itself, or to have it planned where it is rendered."""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from framewright.composition import Site, open_project
from framewright.executors.local import recall_cuts
from framewright.executors.temporal.collecting import collect
from framewright.executors.temporal.connecting import connected
from framewright.executors.temporal.executor import USUAL_SLOTS, began, name_of, needed_store
from framewright.executors.temporal.publishing import publish_plan, publish_project
from framewright.executors.temporal.queues import pollers_of
from framewright.executors.temporal.recutting import cut_as_before
from framewright.executors.temporal.starting import memo_of, memo_of_project, start_or_undo
from framewright.executors.temporal.values import RenderOrder
from framewright.model.events import Stage
from framewright.render.added_sound import check_added
from framewright.render.choice import Choice
from framewright.render.output_choice import choose_kind
from framewright.render.planning.limits import check_limits, check_wishes
from framewright.render.planning.planner import plan_composition
from framewright.render.planning.spare_files import SpareLimit
from framewright.render.threads import in_thread
from framewright.stores import open_store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from temporalio.client import Client

    from framewright.executors.temporal.settings import TemporalSettings
    from framewright.executors.temporal.starting import Running
    from framewright.executors.temporal.values import PlanReference, ProjectReference, RenderMemo
    from framewright.model.report import RenderReport
    from framewright.model.settings import Settings
    from framewright.render.options import RenderOptions
    from framewright.render.telling import Teller
    from framewright.stores.store import BlobStore


class PlanOn(StrEnum):
    """Who opens the page to plan."""

    CLIENT = "client"
    WORKER = "worker"


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A render for a cluster.

    Attributes:
        output: whose name tells the format.
        here: of this machine.
        store: its URI; None: ``FRAMEWRIGHT_STORE``.
        priority: 1 comes first, 5 last.
        keep_pieces: they stay in the store for renders to come.
    """

    composition: str
    output: Path
    options: RenderOptions
    settings: TemporalSettings
    here: Settings
    store: str | None = None
    plan_on: PlanOn = PlanOn.CLIENT
    priority: int = 3
    keep_pieces: bool = True

    def order(
        self, *, plan: PlanReference | None = None, project: ProjectReference | None = None
    ) -> RenderOrder:
        """For the workflow: of a plan, or of a project that is to be planned."""
        return RenderOrder(
            plan=plan,
            project=project,
            queue=self.settings.queue,
            resume=self.options.resume,
            keep_pieces=self.keep_pieces,
            priority=self.priority,
        )


async def submit(wanted: Submission, teller: Teller) -> str:
    """Begin a render and leave; its id, by which ``framewright jobs`` knows it.

    Raises:
        FramewrightError: see :func:`framewright.render`; nothing has begun then.
    """
    async with _begun(wanted, teller) as (_, running):
        return running.id


async def render_planned_there(wanted: Submission, teller: Teller) -> RenderReport:
    """Have a worker plan a project, and the cluster render it; fetch the output.

    Raises:
        FramewrightError: see :func:`framewright.render`.
    """
    container = choose_kind(wanted.output, wanted.options).format
    async with _begun(wanted, teller) as (client, running):
        return await collect(
            client,
            running,
            wanted.output,
            container,
            teller,
            settings=wanted.settings,
            here=wanted.here,
        )


@asynccontextmanager
async def _begun(wanted: Submission, teller: Teller) -> AsyncIterator[tuple[Client, Running]]:
    uri = needed_store(wanted.store, wanted.here)
    teller.stage(Stage.OPENING)
    async with AsyncExitStack() as stack:
        store = open_store(uri, wanted.here)
        stack.push_async_callback(store.close)
        client = await stack.enter_async_context(connected(wanted.settings))
        slots = max(USUAL_SLOTS, await pollers_of(client, wanted.settings.queue) or 0)
        if wanted.plan_on is PlanOn.WORKER:
            order, memo = await _unplanned(wanted, store, teller, slots)
        else:
            order, memo = await _planned(wanted, store, teller, slots)
        running = await start_or_undo(client, order, memo, wanted.settings.address)
        told = began(running, wanted.settings)
        teller.decide(
            Choice(subject=told.subject, choice=told.choice, inputs=told.inputs, reason=told.reason)
        )
        yield client, running


async def _planned(
    wanted: Submission, store: BlobStore, teller: Teller, slots: int
) -> tuple[RenderOrder, RenderMemo]:
    options, here = wanted.options, wanted.here
    kind = choose_kind(wanted.output, options)
    await in_thread(lambda: check_added(options.audio_tracks))
    spare = SpareLimit(here.plan_spare_size, here.plan_spare_files, (wanted.output,))
    async with plan_composition(
        wanted.composition,
        kind,
        options,
        here,
        teller,
        slots=slots,
        spare=spare,
        recall=recall_cuts(here, options),
    ) as planned:
        bundle = await planned.settle()
        check_limits(bundle.plan, here, travels=True)
        if options.resume:
            bundle = replace(bundle, plan=await cut_as_before(bundle.plan, store))
        reference = await publish_plan(bundle, store)
    order = wanted.order(plan=reference)
    return order, memo_of(bundle.plan, name_of(bundle))


async def _unplanned(
    wanted: Submission, store: BlobStore, teller: Teller, slots: int
) -> tuple[RenderOrder, RenderMemo]:
    # What can be refused without a page is refused before anything is sent.
    await in_thread(lambda: check_wishes(wanted.output, wanted.options))
    container = choose_kind(wanted.output, wanted.options).format
    options = replace(wanted.options, format=container)
    project = await in_thread(lambda: open_project(wanted.composition))
    name = project.url if isinstance(project, Site) else project.entry
    if not isinstance(project, Site) and project.entry == "index.html":
        name = project.root.name
    reference = await publish_project(
        wanted.composition,
        options,
        store,
        wanted.here,
        slots=slots,
        on_notice=lambda notice: teller.warn((notice,)),
    )
    order = wanted.order(project=reference)
    return order, memo_of_project(name, container.value)
