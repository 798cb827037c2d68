"""Keeps plans, and has their chunks, sound and files made when callers ask for them."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections import Counter
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from framewright.model.kept_plan import FileMade, KeptPlan, PieceMade
from framewright.model.logs import get_logger
from framewright.render.threads import in_thread, past_stopping
from framewright.service.desk import FileAnswer
from framewright.service.errors import ConflictError, GoneError, UnknownError
from framewright.service.plans.book import PlanBook
from framewright.service.plans.describing import file_name, output_of, with_progress
from framewright.service.plans.making import Maker
from framewright.service.plans.places import DOCUMENT, PlanPlace, type_of, whole
from framewright.service.plans.shared_work import SharedWork
from framewright.service.runner.running import run_order
from framewright.service.turns import Turns

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path
    from typing import Self

    from framewright.model.assembled import AssembleReport
    from framewright.model.job_request import PlanRequest
    from framewright.model.piece import ChunkResult, SoundResult
    from framewright.service.database import Database
    from framewright.service.desk import Caller, Source
    from framewright.service.plans.making import RunsOrders
    from framewright.service.settings import ServiceSettings

_SWEEP_SECONDS = 600.0
_PAUSE_SECONDS = 2.0
_DAY = 86_400.0
_MOST_NAMED = 20
_log = get_logger(__name__)


class Plans:
    """The plans of one service. An async context manager: left, everything under way is called off.

    As much may wait as jobs may.

    Args:
        settings: where the data lies, how long plans stay, and what a run may take.
        database: of the service; it holds whose the plans are.
        turns: that jobs take, too; None: all slots are the plans'.
        run: has an order done.
        on_work: told of everything that was made: its kind, and ``done``, ``failed`` or ``cancelled``.
    """

    def __init__(
        self,
        settings: ServiceSettings,
        database: Database,
        *,
        turns: Turns | None = None,
        run: RunsOrders = run_order,
        on_work: Callable[[str, str], None] = lambda _kind, _outcome: None,
    ) -> None:
        self._settings = settings
        self._folder = settings.data_folder / "plans"
        self._book = PlanBook(database)
        self._maker = Maker(settings, run, on_work)
        self._work = SharedWork(turns or Turns(settings.slots), settings.slots + settings.queue)
        self._held = Counter[str]()
        self._grown = asyncio.Event()
        self._sweeping: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        known = {digest for digest, _ in await self._book.by_use()}
        await in_thread(lambda: _open_folder(self._folder, known))
        self._sweeping = asyncio.create_task(self._sweep_on())
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Call off everything that is under way, and begin nothing more; what stands can still be had."""
        if self._sweeping is not None:
            self._sweeping.cancel()
            await asyncio.gather(self._sweeping, return_exceptions=True)
        await self._work.close()

    async def plan(self, request: PlanRequest, source: Source, caller: Caller) -> tuple[KeptPlan, bool]:
        """Plan a composition.

        Returns:
            The plan, and whether it is new to the caller.

        Raises:
            BusyError: ``PLANS_BUSY``. UnavailableError: ``STOPPING``.
            FramewrightError: see :func:`framewright.plan`; LimitError: it is more than the installation renders.
        """
        wish = request.model_dump_json(exclude={"composition"})
        name = source.name
        digest = await self._work.do(
            ("plan", source.composition, wish), lambda: self._maker.plan(request, source)
        )
        async with self._maker.moving:
            fresh = await self._book.add(digest, caller.name, name)
        self._grown.set()
        return await self.show(digest, caller), fresh

    async def show(self, digest: str, caller: Caller) -> KeptPlan:
        """A plan, and what of it is done.

        Raises:
            UnknownError: ``PLAN_UNKNOWN``.
        """
        kept = await self._kept(digest, caller)
        place = self._place(digest)
        return await in_thread(
            lambda: with_progress(
                kept, place.chunks_done(), place.read_report(), sound_done=kept.sound and place.sound_done()
            )
        )

    async def chunk(self, digest: str, index: int, caller: Caller) -> PieceMade:
        """Have a chunk rendered, unless its piece stands. Who asks for one that is being rendered waits for that.

        Raises:
            UnknownError: ``PLAN_UNKNOWN``, ``CHUNK_UNKNOWN``. BusyError, UnavailableError: as :meth:`plan`.
            FramewrightError: see :func:`framewright.render_chunk`.
        """
        kept = await self._kept(digest, caller)
        _check_chunk(kept, index)
        return await self._piece(kept, index, kept.chunks[index].link)

    async def sound(self, digest: str, caller: Caller) -> PieceMade:
        """Have the sound mixed, unless it stands.

        Raises:
            UnknownError: ``PLAN_UNKNOWN``, ``SOUND_UNKNOWN`` there is none. BusyError, UnavailableError: as :meth:`plan`.
            FramewrightError: see :func:`framewright.mix_sound`.
        """
        kept = await self._kept(digest, caller)
        return await self._piece(kept, None, _sound_link(kept))

    async def assemble(self, digest: str, caller: Caller) -> FileMade:
        """Put the file together, unless it stands.

        Raises:
            UnknownError: ``PLAN_UNKNOWN``. ConflictError: ``PIECES_MISSING``; ``PIECES_BROKEN`` some are not what was
                finished, and were removed. BusyError, UnavailableError: as :meth:`plan`.
            FramewrightError: see :func:`framewright.assemble`.
        """
        kept = await self._kept(digest, caller)
        place = self._place(digest)

        async def put_together() -> tuple[AssembleReport, bool]:
            # As with pieces.
            found = await in_thread(place.read_report)
            return (await self._maker.file(place, kept), False) if found is None else (found, True)

        report, reused = await in_thread(place.read_report), True
        if report is None:
            await in_thread(lambda: _check_pieces(kept, place))
            made = await self._work.do(("assemble", digest), put_together)
            report, reused = made
        return FileMade(
            report=report, output=output_of(kept, report), reused=reused, link=f"{kept.links.self}/output"
        )

    @asynccontextmanager
    async def document(self, digest: str, caller: Caller) -> AsyncIterator[FileAnswer]:
        """The document of the plan. Raises UnknownError: ``PLAN_UNKNOWN``."""
        kept = await self._kept(digest, caller)
        async with self._holding(digest):
            yield FileAnswer(
                self._place(digest).plan / DOCUMENT,
                f"{kept.digest[:16]}.json",
                "application/json",
                kept.digest,
            )

    @asynccontextmanager
    async def piece(self, digest: str, index: int | None, caller: Caller) -> AsyncIterator[FileAnswer]:
        """The piece of a chunk, or of the sound.

        Raises:
            UnknownError: ``PLAN_UNKNOWN``, ``CHUNK_UNKNOWN``, ``SOUND_UNKNOWN``. ConflictError: ``PIECE_NOT_READY``.
        """
        kept = await self._kept(digest, caller)
        if index is None:
            link = _sound_link(kept)
        else:
            _check_chunk(kept, index)
            link = kept.chunks[index].link
        async with self._holding(digest):
            path = self._place(digest).piece(index)
            account = await in_thread(lambda: whole(path))
            if account is None:
                raise ConflictError(
                    f"The piece is not there yet: have it made with POST {link}.", code="PIECE_NOT_READY"
                )
            yield FileAnswer(path, path.name, "application/octet-stream", account.digest, "blake3")

    @asynccontextmanager
    async def output(self, digest: str, caller: Caller) -> AsyncIterator[FileAnswer]:
        """The finished file.

        Raises:
            UnknownError: ``PLAN_UNKNOWN``. ConflictError: ``OUTPUT_NOT_READY``.
        """
        kept = await self._kept(digest, caller)
        place = self._place(digest)
        async with self._holding(digest):
            if await in_thread(place.read_report) is None:
                raise ConflictError(
                    f"The file has not been put together: ask for it with POST {kept.links.assemble}.",
                    code="OUTPUT_NOT_READY",
                )
            yield FileAnswer(place.output(kept.format), file_name(kept), type_of(kept.format))

    async def sweep(self) -> None:
        """Remove plans that nobody has used for as long as uploads stay, then the ones that take more room than outputs may."""
        now, most = time.time(), self._settings.keep_outputs
        found = await self._book.by_use()
        sizes = {digest: await in_thread(PlanPlace(self._folder / digest).size) for digest, _ in found}
        total = sum(sizes.values())
        for digest, used in found:
            old = now - used > self._settings.keep_uploads * _DAY
            if old or total > most:
                if not await self._remove(digest, used):
                    continue
                total -= sizes[digest]
                _log.info("plan_removed", plan=digest, why="unused" if old else "room", bytes=sizes[digest])

    async def _kept(self, digest: str, caller: Caller) -> KeptPlan:
        name = await self._book.use(digest, caller)
        if name is None:
            raise UnknownError(f"There is no plan {digest}.", code="PLAN_UNKNOWN")
        kept = await in_thread(self._place(digest).read)
        if kept is None:
            raise GoneError(f"Plan {digest} was cleaned up: plan it again.", code="PLAN_GONE")
        return kept.model_copy(update={"name": name})

    async def _piece(self, kept: KeptPlan, index: int | None, link: str) -> PieceMade:
        place = self._place(kept.digest)

        async def made() -> tuple[ChunkResult | SoundResult, bool]:
            # Again, for the run that was under way when this one was asked for may have ended since.
            found = await in_thread(lambda: whole(place.piece(index)))
            return (await self._maker.piece(place, index), False) if found is None else (found, True)

        found = await in_thread(lambda: whole(place.piece(index)))
        if found is not None:
            return PieceMade(result=found, reused=True, link=link)
        result, reused = await self._work.do(("piece", kept.digest, index), made)
        return PieceMade(result=result, reused=reused, link=link)

    async def _remove(self, digest: str, used: float) -> bool:
        async with self._maker.moving:
            now = dict(await self._book.by_use())
            if self._held[digest] or self._work.about(digest) or now.get(digest) != used:
                return False
            await self._book.forget(digest)
            await past_stopping(self._place(digest).remove)
            return True

    async def _sweep_on(self) -> None:
        while True:
            try:
                await self.sweep()
            except Exception as error:  # noqa: BLE001 -- another time it may do; until then plans stay
                _log.warning("plans_not_swept", error=str(error))
            self._grown.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_SWEEP_SECONDS):
                    await self._grown.wait()
            # Many who plan at once are swept after in one go.
            await asyncio.sleep(_PAUSE_SECONDS)

    @asynccontextmanager
    async def _holding(self, digest: str) -> AsyncIterator[None]:
        self._held[digest] += 1
        try:
            yield
        finally:
            self._held[digest] -= 1

    def _place(self, digest: str) -> PlanPlace:
        return PlanPlace(self._folder / digest)


def _open_folder(folder: Path, known: set[str]) -> None:
    """Make it, and remove what a service that was killed has left half done."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for entry in os.listdir(folder):
        if entry not in known:
            PlanPlace(folder / entry).remove()


def _check_chunk(kept: KeptPlan, index: int) -> None:
    if not 0 <= index < len(kept.chunks):
        raise UnknownError(
            f"The plan has no chunk {index}: its chunks are 0 to {len(kept.chunks) - 1}.",
            code="CHUNK_UNKNOWN",
        )


def _sound_link(kept: KeptPlan) -> str:
    if kept.links.sound is None:
        raise UnknownError("The plan has no sound.", code="SOUND_UNKNOWN")
    return kept.links.sound


def _check_pieces(kept: KeptPlan, place: PlanPlace) -> None:
    done = place.chunks_done()
    missing = [f"chunk {chunk.index}" for chunk in kept.chunks if chunk.index not in done]
    if kept.sound and not place.sound_done():
        missing.append("the sound")
    if missing:
        named = ", ".join(missing[:_MOST_NAMED])
        more = f" and {len(missing) - _MOST_NAMED} more" if len(missing) > _MOST_NAMED else ""
        raise ConflictError(
            f"{len(missing)} of the plan's pieces are not there: {named}{more}; have them made, and ask again.",
            code="PIECES_MISSING",
        )
