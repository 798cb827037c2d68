"""Plans that a worker has at hand: their files, fetched once, lie as projects that can be served until nobody needs them."""

from __future__ import annotations

import asyncio
import itertools
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Self, TypeVar

from framewright.browser import make_profile, remove_profile
from framewright.executors.temporal.several import each
from framewright.media import write_error
from framewright.model.errors import StoreError
from framewright.model.logs import get_logger
from framewright.render.planning.document import read_document
from framewright.render.planning.files import needed_files
from framewright.render.planning.laying import Ground, place_file
from framewright.render.threads import in_thread

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable
    from pathlib import Path
    from types import TracebackType

    from framewright.executors.temporal.values import PlanReference
    from framewright.model.frames import FrameRange
    from framewright.model.plan import Digest, Plan
    from framewright.model.settings import Settings
    from framewright.render.bundle import Bundle
    from framewright.stores.store import BlobStore

IDLE_SECONDS = 120.0
"""After which a layout that nobody uses is removed: longer than a browser of it is kept."""

_log = get_logger(__name__)
_Done = TypeVar("_Done")


class Layout:
    """The files of one plan, as many as were needed so far. Get it from :class:`Layouts`.

    Attributes:
        document: the file of the plan.
        place: a folder that is gone with it.
    """

    def __init__(self, plan: Plan, document: Path, place: Path, store: BlobStore) -> None:
        self.plan = plan
        self.document = document
        self.place = place
        self._store = store
        self._laying = asyncio.Lock()
        self._held: dict[Digest, Path] = {}
        self._numbers = itertools.count()

    async def lay_frames(self, frames: FrameRange) -> Bundle:
        """Fetch and lay out what drawing these frames needs, beside what lies there.

        Raises:
            StoreError: a file cannot be had. OutputError: the disk is full.
        """
        return await self._lay((file.digest for file in needed_files(self.plan, frames)), frames)

    async def lay_sound(self) -> Bundle:
        """Fetch and lay out what mixing the sound needs. Raises what :meth:`lay_frames` does."""
        return await self._lay(self.plan.sound.sources.values() if self.plan.sound else (), None)

    def folder(self) -> Path:
        """A new empty folder, for one attempt alone."""
        folder = self.place / f"attempt-{next(self._numbers)}"
        folder.mkdir()
        return folder

    async def _lay(self, digests: Iterable[Digest], frames: FrameRange | None) -> Bundle:
        async with self._laying:
            await each([digest for digest in dict.fromkeys(digests) if digest not in self._held], self._hold)
            ground = Ground(self.place, lambda digest, _shown: self._held[digest])

            def work() -> Bundle:
                return ground.lay_sound(self.plan) if frames is None else ground.lay_frames(self.plan, frames)

            return await self._writing(work)

    async def _hold(self, digest: Digest) -> None:
        """Fetch a file once, and keep it whatever the cache of the store throws out meanwhile."""
        found, held = await self._store.get(digest), self.place / "held" / digest
        await self._writing(lambda: place_file(found, held))
        self._held[digest] = held

    async def _writing(self, work: Callable[[], _Done]) -> _Done:
        def guarded() -> _Done:
            try:
                return work()
            except OSError as error:
                raise write_error(self.place, error) from error

        return await in_thread(guarded)


class Layouts:
    """All layouts of a worker. A context manager, which removes them.

    Args:
        store: where plans lie, and their files.
    """

    def __init__(self, store: BlobStore, settings: Settings, *, idle_seconds: float = IDLE_SECONDS) -> None:
        self._store = store
        self._settings = settings
        self._idle_seconds = idle_seconds
        self._opening = asyncio.Lock()
        self._layouts: dict[Digest, Layout] = {}
        self._users: dict[Digest, int] = {}
        self._used: dict[Digest, float] = {}

    async def __aenter__(self) -> Self:
        self._sweeping = asyncio.create_task(self._sweep())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._sweeping.cancel()
        await asyncio.gather(self._sweeping, return_exceptions=True)
        for document in tuple(self._layouts):
            await self._remove(document)

    @property
    def places(self) -> tuple[Path, ...]:
        """The folders of all that lie here now."""
        return tuple(layout.place for layout in self._layouts.values())

    @asynccontextmanager
    async def hold(self, reference: PlanReference) -> AsyncIterator[Layout]:
        """The layout of a plan, which stays at least as long as the context is entered.

        Raises:
            StoreError: ``STORE_OTHER`` the plan lies in another store; or it cannot be had. PlanError: it cannot be read.
        """
        document = reference.document
        self._users[document] = self._users.get(document, 0) + 1
        try:
            async with self._opening:
                layout = self._layouts.get(document)
                if layout is None:
                    layout = self._layouts[document] = await self._open(reference)
            yield layout
        finally:
            self._users[document] -= 1
            if document in self._layouts:
                self._used[document] = time.monotonic()

    async def _open(self, reference: PlanReference) -> Layout:
        path = await self._document(reference)

        def work() -> Layout:
            plan = read_document(path.read_bytes(), f"The plan {reference.digest[:16]}")
            # Swept like a browser's folder when this process is killed.
            place = make_profile(self._settings.tmpdir)
            return Layout(plan, path, place, self._store)

        layout = await in_thread(work, undo=lambda unused: remove_profile(unused.place))
        _log.info("plan_opened", plan=reference.digest, place=str(layout.place))
        return layout

    async def _document(self, reference: PlanReference) -> Path:
        try:
            return await self._store.get(reference.document)
        except StoreError as error:
            if error.code != "BLOB_MISSING" or reference.store == self._store.uri:
                raise
            raise StoreError(
                f"The plan lies in {reference.store}, and this worker uses {self._store.uri}: start workers with the store "
                "of the renders.",
                code="STORE_OTHER",
            ) from error

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(self._idle_seconds / 4)
            limit = time.monotonic() - self._idle_seconds
            for document in tuple(self._layouts):
                if not self._users.get(document) and self._used.get(document, 0.0) < limit:
                    await self._remove(document)

    async def _remove(self, document: Digest) -> None:
        layout = self._layouts.pop(document)
        self._used.pop(document, None)
        await in_thread(lambda: remove_profile(layout.place))
        _log.info("plan_closed", place=str(layout.place))


async def fetch(store: BlobStore, digests: Iterable[Digest]) -> dict[Digest, Path]:
    """Files of a store, a few at a time.

    Raises:
        StoreError: one cannot be had; the others are left off.
    """
    wanted = tuple(dict.fromkeys(digests))
    return dict(zip(wanted, await each(wanted, store.get), strict=True))
