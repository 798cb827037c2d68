"""``framewright render --executor temporal``: a render on a cluster, waited for or left to itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from framewright.cli.executing import opened
from framewright.executors import render_async, render_batch_async
from framewright.model.events import Decided
from framewright.render.cancel import Stoppable
from framewright.render.telling import Teller

if TYPE_CHECKING:
    from pathlib import Path

    from framewright.cli.executing import Cluster, ExecutorWishes
    from framewright.model.batch import BatchReport
    from framewright.model.report import RenderReport
    from framewright.model.settings import Settings
    from framewright.render import BatchListener, CancelToken, Listener, RenderOptions


async def render_elsewhere(
    composition: str,
    target: Path,
    options: RenderOptions,
    wishes: ExecutorWishes,
    *,
    settings: Settings,
    tell: Listener,
    cancel: CancelToken,
) -> RenderReport | str:
    """Render on the cluster that was asked for.

    Returns:
        The account; or the id of a render that was left to itself.

    Raises:
        FramewrightError: see :func:`framewright.render`; no server, no store, no worker that could begin.
    """
    async with Stoppable(cancel), opened(wishes) as cluster:
        if wishes.dev:
            tell(_dev_told(cluster))
        from framewright.executors.temporal.executor import TemporalExecutor
        from framewright.executors.temporal.submitting import PlanOn, render_planned_there, submit

        plan_on = PlanOn(wishes.plan_on or PlanOn.CLIENT)
        wanted = cluster.submission(composition, target, options, settings, plan_on)
        teller = Teller(tell, strict=options.strict)
        if wishes.detach:
            return await submit(wanted, teller)
        if plan_on is PlanOn.WORKER:
            return await render_planned_there(wanted, teller)
        async with TemporalExecutor(
            cluster.settings, store=cluster.store, priority=cluster.priority, keep_pieces=cluster.keep_pieces
        ) as executor:
            return await render_async(
                composition, target, options, on_event=tell, settings=settings, executor=executor
            )
    raise AssertionError("unreachable")


async def render_batch_elsewhere(
    composition: str,
    rows: Path,
    template: str,
    options: RenderOptions,
    wishes: ExecutorWishes,
    *,
    settings: Settings,
    tell: BatchListener,
    cancel: CancelToken,
) -> BatchReport:
    """The same for each row of a batch, over one connection."""
    async with Stoppable(cancel), opened(wishes) as cluster:
        from framewright.executors.temporal.executor import TemporalExecutor

        async with TemporalExecutor(
            cluster.settings, store=cluster.store, priority=cluster.priority, keep_pieces=cluster.keep_pieces
        ) as executor:
            return await render_batch_async(
                composition, rows, template, options, on_event=tell, settings=settings, executor=executor
            )
    raise AssertionError("unreachable")


def _dev_told(cluster: Cluster) -> Decided:
    address = cluster.settings.address
    return Decided(
        subject="cluster",
        choice=address,
        inputs={"store": cluster.store},
        reason=f"A server at {address}, a worker and a store, for this render alone.",
    )
