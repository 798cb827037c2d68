"""Renders on other machines: the plan goes into a store, a workflow has it rendered, and the finished file comes back."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from framewright.executors.temporal.connecting import connected, need_temporal
from framewright.executors.temporal.settings import TemporalSettings
from framewright.model.errors import SetupError
from framewright.model.events import Decided, FellBack
from framewright.model.settings import Settings
from framewright.render.planning.limits import check_limits

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from typing import Self

    from temporalio.client import Client

    from framewright.executors.temporal.following import Follower
    from framewright.executors.temporal.starting import Running
    from framewright.executors.temporal.values import PlanReference, RenderDone
    from framewright.model.events import RenderEvent
    from framewright.render.bundle import Bundle
    from framewright.render.order import Assembled, Order
    from framewright.stores.store import BlobStore

USUAL_SLOTS = 8
"""Chunks at a time for which plans are cut when nobody says: how many workers will be there is not known."""
MOST_SLOTS = 1000
_RENDER_SECONDS = 6 * 3600.0


class TemporalExecutor:
    """An :class:`~framewright.Executor` whose renders are workflows on a Temporal server, done by ``framewright worker`` anywhere.

    As an async context manager it keeps one connection for all renders; without, each render makes its own.

    Args:
        settings: of the server; None: read from the environment.
        store: the URI of the store that workers reach too; None: ``FRAMEWRIGHT_STORE``.
        slots: chunks at a time that plans are cut for; None: at least 8, and as many as workers listen.
        priority: 1 comes first, 5 last.
        keep_pieces: they stay in the store for renders to come.
        seconds: after which a render is given up.

    Raises:
        SetupError: ``EXTRA_MISSING``; ``STORE_UNSET`` there is no store; ``SETTING_INVALID``.
    """

    def __init__(
        self,
        settings: TemporalSettings | None = None,
        *,
        store: str | None = None,
        slots: int | None = None,
        priority: int = 3,
        keep_pieces: bool = True,
        seconds: float = _RENDER_SECONDS,
    ) -> None:
        need_temporal()
        self._here = Settings.read()
        self._settings = settings or TemporalSettings.read()
        self._store_uri = needed_store(store, self._here)
        self._slots = slots
        self._listening = 0
        self._priority = priority
        self._keep_pieces = keep_pieces
        self._seconds = seconds
        self._stack: AsyncExitStack | None = None
        self._open: tuple[Client, BlobStore] | None = None

    @property
    def slots(self) -> int:
        """Chunks that are rendered at a time."""
        return self._slots or min(MOST_SLOTS, max(USUAL_SLOTS, self._listening))

    @property
    def travels(self) -> bool:
        """The project does not lie where the workers are."""
        return True

    async def __aenter__(self) -> Self:
        """Connect, before anything is spent on planning.

        Raises:
            TemporalError, StoreError, SetupError: the server or the store does not answer, or does not let us in.
        """
        from framewright.executors.temporal.queues import pollers_of

        async with AsyncExitStack() as stack:
            client, store = await stack.enter_async_context(self._connection())
            self._listening = await pollers_of(client, self._settings.queue) or 0
            self._open = client, store
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        stack, self._stack, self._open = self._stack, None, None
        if stack is not None:
            await stack.aclose()

    @asynccontextmanager
    async def render(self, order: Order) -> AsyncIterator[Assembled]:
        """See :class:`~framewright.Executor`. Cancelled, it calls off the render, unless another client had begun it."""
        from framewright.executors.temporal.fetching import Shelf
        from framewright.executors.temporal.following import Follower

        async with AsyncExitStack() as stack:
            opened = self._open
            if opened is None:
                opened = await stack.enter_async_context(self._connection())
            client, store = opened
            shelf = await stack.enter_async_context(Shelf(order.settings, store))
            bundle, reference = await _publish(order, store)
            shelf.know(reference, bundle.plan)
            running = await self._start(client, order, bundle, reference)
            follower = Follower(client, running, self._settings, plan_of=shelf.plan_of, tell=order.tell)
            done = await follow_or_leave(follower, running, self._settings, order.tell)
            made, accounts = await shelf.output_of(done.plan, order.folder)
            for event in follower.tidings.accounts(accounts):
                order.tell(event)
            yield made

    async def _start(self, client: Client, order: Order, bundle: Bundle, reference: PlanReference) -> Running:
        from framewright.executors.temporal.starting import memo_of, start_or_undo
        from framewright.executors.temporal.values import RenderOrder

        wanted = RenderOrder(
            plan=reference,
            queue=self._settings.queue,
            resume=order.resume,
            keep_pieces=self._keep_pieces,
            priority=self._priority,
            seconds=self._seconds,
        )
        memo = memo_of(bundle.plan, name_of(bundle))
        running = await start_or_undo(client, wanted, memo, self._settings.address)
        order.tell(began(running, self._settings))
        return running

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[tuple[Client, BlobStore]]:
        from framewright.stores import open_store

        async with AsyncExitStack() as stack:
            store = open_store(self._store_uri, self._here)
            stack.push_async_callback(store.close)
            client = await stack.enter_async_context(connected(self._settings))
            yield client, store


def needed_store(store: str | None, settings: Settings) -> str:
    """The store of renders on a cluster.

    Raises:
        SetupError: ``STORE_UNSET``.
    """
    found = store or settings.store
    if not found:
        raise SetupError(
            "Rendering on a cluster needs a store that clients and workers reach: name one with --store or FRAMEWRIGHT_STORE, "
            "such as s3://bucket/films or a folder that they share.",
            code="STORE_UNSET",
        )
    return found


async def follow_or_leave(
    follower: Follower, running: Running, settings: TemporalSettings, tell: Callable[[RenderEvent], None]
) -> RenderDone:
    """Follow a render to its end. Whatever ends that earlier calls the render off, unless another client had begun it."""
    from framewright.executors.temporal.starting import call_off, to_its_end

    try:
        return await follower.run()
    except BaseException as error:
        if follower.ended:
            raise
        if not running.joined:
            await to_its_end(call_off(running, settings.address))
        elif isinstance(error, asyncio.CancelledError):
            tell(
                FellBack(
                    code="RENDER_GOES_ON",
                    message=f"The render goes on for whoever began it; framewright jobs cancel {running.id} ends it.",
                )
            )
        raise


def began(running: Running, settings: TemporalSettings) -> Decided:
    """What is told of a render that was started or joined."""
    how = "joins a render of the same plan that runs already" if running.joined else "has begun"
    return Decided(
        subject="job",
        choice=running.id,
        inputs={"joined": running.joined, "address": settings.address, "namespace": settings.namespace},
        reason=f"{running.id} {how}, on {settings.address}.",
    )


def name_of(bundle: Bundle) -> str:
    """What people call what a plan renders: its folder, its page, or its address."""
    page = bundle.plan.page
    if page.entry is None or bundle.root is None:
        return page.site or page.entry or "page"
    return bundle.root.name if page.entry == "index.html" else page.entry


async def _publish(order: Order, store: BlobStore) -> tuple[Bundle, PlanReference]:
    """The whole plan; its files are sent while it is found out what is heard."""
    from framewright.executors.temporal.publishing import publish_files, publish_plan
    from framewright.executors.temporal.recutting import cut_as_before

    check_limits(order.draft.plan, order.settings, travels=True)
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(publish_files(order.draft, store))
            settling = group.create_task(_settled(order))
    except BaseExceptionGroup as errors:
        raise errors.exceptions[0] from None
    bundle = settling.result()
    check_limits(bundle.plan, order.settings, travels=True)
    if order.resume:
        bundle = replace(bundle, plan=await cut_as_before(bundle.plan, store))
    return bundle, await publish_plan(bundle, store)


async def _settled(order: Order) -> Bundle:
    return await order.settle()
