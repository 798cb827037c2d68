"""Where all pages of one render ask for their sources: the same files, read once for all of them."""

from __future__ import annotations

import asyncio
import secrets
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Self, TypeVar

from framewright.browser import listening, make_profile, remove_profile
from framewright.composition.footage.addresses import Addresses
from framewright.composition.footage.line import Line
from framewright.model.errors import CompositionError
from framewright.model.media import Transfer
from framewright.model.report import FootageReport
from framewright.stores.blobs import BlobFolder

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterable
    from fractions import Fraction
    from pathlib import Path
    from types import TracebackType

    from websockets.asyncio.server import ServerConnection

    from framewright.browser import Page
    from framewright.composition.footage.addresses import OwnFiles, Recorded
    from framewright.media.sources import SourceFrame, SourceShelf
    from framewright.model.media import MediaFacts
    from framewright.model.settings import Settings
    from framewright.model.size import Size
    from framewright.stores.blobs import BlobWriter

# An address that holds its own data is one message.
_LONGEST_MESSAGE = 64 * 2**20
_MOST_UNREAD = 2
_PART_OF_PATIENCE = 0.8
_Read = TypeVar("_Read")


class FootageDesk:
    """Answers every page of one render. An async context manager.

    Args:
        shelf: reads the files. It is somebody else's to close.
        own: folders of the project.
        recorded: files of other origins; None: they are refused.
        site: the origin of the pages.
    """

    def __init__(
        self,
        shelf: SourceShelf,
        settings: Settings,
        *,
        own: Iterable[OwnFiles] = (),
        recorded: Recorded | None = None,
        site: str = "",
    ) -> None:
        self._shelf = shelf
        self._settings = settings
        self._own = tuple(own)
        self._recorded = recorded
        self._site = site
        self._stack = AsyncExitStack()
        self._lines: dict[str, Line] = {}
        self._left = settings.remote_total
        self._shown: set[Path] = set()
        self._frames = 0
        self.largest = settings.remote_size

    async def __aenter__(self) -> Self:
        # Swept like a browser's when we are killed.
        folder = make_profile(self._settings.tmpdir)
        self._stack.push_async_callback(asyncio.to_thread, remove_profile, folder)
        self.blobs = BlobFolder(folder)
        self._addresses = Addresses(
            self._own, self._recorded, self.blobs, largest=self.largest, site=self._site
        )
        self._port = await self._stack.enter_async_context(
            listening(self._listen, longest=_LONGEST_MESSAGE, unread=_MOST_UNREAD)
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    @property
    def report(self) -> FootageReport | None:
        """What pages have got so far; None: no frame."""
        if not self._frames:
            return None
        decoded = self._shelf.counters.decoded
        return FootageReport(sources=len(self._shown), frames=self._frames, decoded=decoded)

    @property
    def files_found(self) -> frozenset[str]:
        """The files of the project that pages have asked about so far, as paths in it."""
        return frozenset(self._addresses.found)

    @property
    def files_lacked(self) -> frozenset[str]:
        """What pages have asked about so far and the project does not have, as paths in it."""
        return frozenset(self._addresses.lacked)

    @property
    def files_shown(self) -> frozenset[Path]:
        """The files of which pages have got a frame so far."""
        return frozenset(self._shown)

    def handed_out(self, path: Path) -> None:
        """A frame of this file goes to a page."""
        self._shown.add(path)
        self._frames += 1

    def own(self, files: OwnFiles) -> None:
        """Know one more folder of the project."""
        self._addresses.add(files)

    def admit(self, page: Page) -> Line:
        """A line for one page. Its address is a secret: a page that guesses the port cannot ask."""
        path = f"/{secrets.token_urlsafe(24)}"
        line = self._lines[path] = Line(self, page.profile, f"ws://{page.loopback}:{self._port}{path}")
        return line

    def forget(self, line: Line) -> None:
        """The page of a line is gone."""
        self._lines = {path: one for path, one in self._lines.items() if one is not line}

    async def _listen(self, connection: ServerConnection) -> None:
        line = self._lines.get(connection.request.path) if connection.request is not None else None
        if line is not None:
            await line.serve(connection)

    async def locate(self, address: str) -> Path:
        """The file in which the bytes of a whole address lie: the same for picture and sound, and for every page.

        Raises:
            CompositionError: there is none; see :meth:`Addresses.locate`.
        """
        return await self._addresses.locate(address)

    def shown(self, address: str) -> str:
        """How an author would name a whole address."""
        return self._addresses.shown(address)

    async def describe(self, address: str) -> tuple[Path, MediaFacts]:
        """The file of a whole address, and what it holds.

        Raises:
            CompositionError: it cannot be read.
        """
        return await self._within(self._describe(address), address)

    async def _describe(self, address: str) -> tuple[Path, MediaFacts]:
        path = await self.locate(address)
        absent = self._addresses.absent.get(path)
        if absent is not None:
            return path, absent
        return path, await self._shelf.facts(path, shown=self._addresses.shown(address))

    async def frame(
        self,
        path: Path,
        seconds: Fraction,
        box: Size | None,
        address: str,
        light: Transfer = Transfer.SDR,
    ) -> SourceFrame:
        """The frame of a time; see :meth:`SourceShelf.frame <framewright.media.sources.SourceShelf.frame>`.

        Raises:
            CompositionError: it cannot be read.
        """
        shown = self._addresses.shown(address)
        if self._addresses.is_absent(path):
            raise CompositionError(
                f"The page shows the source {shown} in a frame for which it was not planned: keep data-start and "
                "data-duration true to where scripts show it, or render from the project itself.",
                code="SOURCE_UNPLANNED",
            )
        return await self._within(
            self._shelf.frame(path, seconds, box=box, light=light, shown=shown), address
        )

    async def _within(self, reading: Awaitable[_Read], address: str) -> _Read:
        # Before the page's own limit, so that the message names the source.
        limit = _PART_OF_PATIENCE * self._settings.page_timeout
        try:
            async with asyncio.timeout(limit):
                return await reading
        except TimeoutError as error:
            raise CompositionError(
                f"The source {self._addresses.shown(address)} could not be read within {limit:.3g} s.",
                code="SOURCE_SLOW",
            ) from error

    # What pages send.

    def may_take(self, size: int) -> bool:
        """Whether a source of so many bytes may be sent."""
        return size <= min(self.largest, self._left)

    def take(self, address: str, writer: BlobWriter) -> None:
        """Keep what a page has sent for an address."""
        self._left -= writer.bytes
        self._addresses.keep_sent(address, writer.commit())
