"""Renders on this machine: in this process where one is enough, else in processes beside it; finished pieces are kept."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from framewright.executors.cover import gaps
from framewright.executors.cuts import Cuts
from framewright.executors.driver import Driver, finished
from framewright.executors.messages import OpenPlan, written_path
from framewright.executors.piece_cache import PieceCache
from framewright.executors.places import Places
from framewright.executors.reuse import family_of, find_pieces
from framewright.executors.slots import OwnSlot, ProcessSlot
from framewright.model.errors import FramewrightError
from framewright.model.events import ChunkState, ChunkTold, SoundTold, Warned
from framewright.model.plan import Chunk
from framewright.render.machine import read_machine
from framewright.render.order import Pieces
from framewright.render.sound_piece import mix_sound
from framewright.render.studio import open_studio
from framewright.render.telling import Teller
from framewright.render.threads import in_thread
from framewright.render.workbench import SOUND_SUFFIX
from framewright.render.worker_choice import choose_crew_size
from framewright.schedule.costs import CostCurve
from framewright.schedule.cutting import OPENINGS
from framewright.schedule.machine import Scheduler

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
    from pathlib import Path

    from framewright.executors.slots import Slot
    from framewright.model.frames import FrameRange
    from framewright.model.piece import ChunkResult
    from framewright.model.settings import Settings
    from framewright.render.bundle import Bundle
    from framewright.render.options import RenderOptions
    from framewright.render.order import Order

WORKERS_A_PROCESS = 8
"""Browsers that one process serves without being what they wait for: it takes their pictures and feeds one encoder."""

_First = TypeVar("_First")
_Second = TypeVar("_Second")


@dataclass(frozen=True, slots=True)
class _Hands:
    """How the browsers of a render are shared out.

    Attributes:
        processes: 0: this one alone.
        workers: browsers in each.
    """

    processes: int
    workers: int


class LocalExecutor:
    """An :class:`~framewright.executors.protocol.Executor` of processes on this machine.

    Args:
        workers: browsers in all; None: as many as the machine carries.
        chunks: that the caller wants; None: as many as are worth it.
        processes: side by side; None: one for each few browsers, or for each chunk that the caller wants.
    """

    def __init__(
        self, *, workers: int | None = None, chunks: int | None = None, processes: int | None = None
    ) -> None:
        wanted = workers or max(1, round(read_machine().cores))
        usual = min(wanted, chunks) if chunks is not None else max(1, wanted // WORKERS_A_PROCESS)
        self._slots = processes or usual

    @property
    def slots(self) -> int:
        """Chunks that are rendered at a time."""
        return self._slots

    @property
    def travels(self) -> bool:
        """The project lies here."""
        return False

    @asynccontextmanager
    async def render(self, order: Order) -> AsyncIterator[Pieces]:
        """See :class:`~framewright.executors.protocol.Executor`."""
        cache = PieceCache.of(order.settings) if order.resume else None
        try:
            async with AsyncExitStack() as stack:
                yield await _Work(self._slots, order, cache, stack).run()
        finally:
            if cache is not None:
                await in_thread(cache.sweep)


class _Work:
    """One render.

    Args:
        stack: what has to stay until the pieces are put together.
    """

    def __init__(self, slots: int, order: Order, cache: PieceCache | None, stack: AsyncExitStack) -> None:
        self._most_slots = slots
        self._order = order
        self._cache = cache
        self._stack = stack
        self._plan = order.draft.plan
        knots = self._plan.estimate.knots
        self._curve = CostCurve(knots) if knots else CostCurve.flat(1.0)

    async def run(self) -> Pieces:
        (bundle, sound), chunks = await _both(self._sound(), self._chunks())
        return Pieces(bundle=bundle, chunks=tuple(chunks), sound=sound)

    async def _chunks(self) -> list[Path]:
        """The pieces of all frames, in order: those that are there, and those that are rendered now."""
        order, cache = self._order, self._cache
        found: dict[FrameRange, tuple[Path, ChunkResult]] = {}
        shelf = None
        if cache is not None:
            family = family_of(self._plan)
            shelf = cache.shelf(family)
            await in_thread(shelf.__enter__)
            self._stack.push(shelf)
            found = await in_thread(lambda: find_pieces(self._plan, shelf, order.draft.root))
            await in_thread(lambda: Cuts(cache).remember(self._plan, family))
            self._tell_found(found)
        left = gaps([chunk.range for chunk in self._plan.chunks], list(found))
        places = Places(shelf, order.folder, order.tell)
        made = await self._render(left, places) if left else []
        pieces = {**found, **{result.range: (path, result) for path, result in made}}
        return [pieces[frames][0] for frames in sorted(pieces, key=lambda frames: frames.start)]

    def _tell_found(self, found: dict[FrameRange, tuple[Path, ChunkResult]]) -> None:
        for frames, (_, result) in found.items():
            chunk = next(one for one in self._plan.chunks if one.start <= frames.start < one.stop)
            told = ChunkTold(
                chunk=chunk.index,
                state=ChunkState.REUSED,
                start=frames.start,
                stop=frames.stop,
                frames=len(frames),
            )
            self._order.tell(told)
            for notice in result.notices:
                self._order.tell(Warned(notice=notice))

    async def _render(
        self, left: Sequence[tuple[int, FrameRange]], places: Places
    ) -> list[tuple[Path, ChunkResult]]:
        chunks = [
            Chunk(index=index, start=frames.start, stop=frames.stop, cost=self._curve.of(frames))
            for index, frames in left
        ]
        hands = self._share_out(chunks)
        async with AsyncExitStack() as stack:
            slots = await self._open_slots(hands, stack)
            scheduler = Scheduler(
                chunks,
                self._curve,
                grid=self._plan.output.segment,
                opening=max(0.1, self._plan.estimate.opening),
                speed=float(hands.workers),
                in_order=not hands.processes,
            )
            driver = Driver(
                scheduler, slots, folder=places.folder, may_help=places.may_help, tell=self._order.tell
            )
            return await driver.run()

    def _share_out(self, chunks: Sequence[Chunk]) -> _Hands:
        """Browsers by what the machine carries, processes by what the frames are worth."""
        # Chunks of one process come one after the other.
        lengths = [len(chunk.range) for chunk in chunks]
        frames = max(lengths) if self._most_slots == 1 else sum(lengths)
        crew = choose_crew_size(self._plan, frames, self._order.workers)
        worth = int(sum(chunk.cost for chunk in chunks) / (OPENINGS * max(0.1, self._plan.estimate.opening)))
        processes = min(self._most_slots, crew.workers, max(len(chunks), worth))
        hands = _Hands(0 if processes == 1 else processes, max(1, crew.workers // processes))
        choice = crew.choice
        if processes > 1:
            browsers = f"{hands.workers} {'browser' if hands.workers == 1 else 'browsers'}"
            choice = replace(
                choice,
                choice=hands.workers * processes,
                inputs={**choice.inputs, "processes": processes, "pieces": len(chunks)},
                reason=f"{processes} processes with {browsers} each; {choice.reason}",
            )
        self._order.tell(choice.event())
        return hands

    async def _open_slots(self, hands: _Hands, stack: AsyncExitStack) -> list[Slot]:
        order = self._order
        if not hands.processes:
            studio = order.studio
            if studio is None:
                teller = Teller(order.tell)
                studio = await stack.enter_async_context(
                    open_studio(order.draft, order.settings, teller, allow_drift=order.allow_drift)
                )
            return [OwnSlot(studio, order.settings, hands.workers, on_fallback=order.tell)]
        opening = await in_thread(lambda: self._written(order.draft))
        slots = [
            ProcessSlot(f"process {number}", opening, hands.workers, order.tell)
            for number in range(1, hands.processes + 1)
        ]
        stack.push_async_callback(_close_all, slots)
        return list(slots)

    def _written(self, bundle: Bundle) -> OpenPlan:
        path = self._order.folder / "plan.json"
        path.write_text(bundle.plan.model_dump_json(), encoding="utf-8")
        return OpenPlan(
            plan=written_path(path),
            root=None if bundle.root is None else written_path(bundle.root),
            blobs=written_path(bundle.blobs),
            settings=self._order.settings.model_dump(mode="json"),
            allow_drift=self._order.allow_drift,
        )

    async def _sound(self) -> tuple[Bundle, Path | None]:
        order = self._order
        bundle = await order.settle()
        key = bundle.plan.digests.audio
        if bundle.plan.sound is None or key is None:
            order.tell(SoundTold(fraction=1.0))
            return bundle, None
        shelf = None
        if self._cache is not None:
            shelf = self._cache.shelf(key)
            await in_thread(shelf.__enter__)
            self._stack.push(shelf)
            kept = shelf.place(key, SOUND_SUFFIX)
            if await in_thread(lambda: shelf.sound(kept, key)) is not None:
                order.tell(SoundTold(fraction=1.0))
                return bundle, kept
        return bundle, await self._mix(bundle, key, Places(shelf, order.folder, order.tell))

    async def _mix(self, bundle: Bundle, key: str, places: Places) -> Path:
        folder = places.folder()
        piece = folder / f"{key}{SOUND_SUFFIX}"

        def got_on(fraction: float) -> None:
            self._order.tell(SoundTold(fraction=fraction))

        try:
            await mix_sound(bundle.plan, bundle, piece, on_progress=got_on)
        except FramewrightError as error:
            if not places.may_help(error, folder):
                raise
            return await self._mix(bundle, key, places)
        got_on(1.0)
        return piece


async def _close_all(slots: Sequence[Slot]) -> None:
    await asyncio.gather(*(slot.close() for slot in slots))


async def _both(
    first: Coroutine[None, None, _First], second: Coroutine[None, None, _Second]
) -> tuple[_First, _Second]:
    """Both results; what one raises ends the other."""
    tasks = (asyncio.ensure_future(first), asyncio.ensure_future(second))
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
        for task in tasks:
            if task.done():
                task.result()
        return tasks[0].result(), tasks[1].result()
    finally:
        for task in tasks:
            task.cancel()
        await finished(tasks)


def recall_cuts(settings: Settings, options: RenderOptions) -> Callable[[str], tuple[FrameRange, ...] | None]:
    """How videos were cut before, by their digests: for plans whose pieces may be found again."""
    cache = PieceCache.of(settings) if options.resume else None
    return Cuts(cache).recall if cache is not None else lambda _: None
