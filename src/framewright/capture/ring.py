"""The file that carries raw frames out of the browser: the page writes slots, we map them.

The page keeps the file in a storage bucket of its own, which Chromium lays as a plain file into the profile: no frame
passes a socket, a pipe or base64. A WebSocket carries sixteen bytes a frame that say which slot is full. Against the
frames themselves over a WebSocket this saves about 3 CPU-ms a 1080p frame in the browser and 1 in Python.
"""

from __future__ import annotations

import asyncio
import mmap
import secrets
import struct
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Self

from websockets.exceptions import ConnectionClosed

from framewright.browser import listening
from framewright.capture.source import PicturesLostError
from framewright.model.output import Layout
from framewright.model.picture import Picture

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from websockets.asyncio.server import ServerConnection

    from framewright.capture.memory import PictureMemory
    from framewright.model.size import Size

SLOTS = 8
"""More than are ever in flight (2, and a sync frame), so that no slot is written while it is being read."""

_NOTE = struct.Struct("<4I")
_PAGE = mmap.PAGESIZE


class Ring:
    """Receives the frames of one page. An async context manager; ``settings`` goes to ``receiver.js``.

    Args:
        profile: of the browser.
        host: the name by which its pages reach this machine.
        memory: for the frames.
    """

    def __init__(self, size: Size, profile: Path, host: str, memory: PictureMemory) -> None:
        self._memory = memory
        self._host = host
        self._size = size
        self._profile = profile
        self._frame_bytes = size.area + 2 * ((size.width + 1) // 2) * ((size.height + 1) // 2)
        self._slot_bytes = -(-self._frame_bytes // _PAGE) * _PAGE
        self._path = f"/{secrets.token_urlsafe(24)}"
        self._bucket = f"f{secrets.token_hex(12)}"
        self._newest = -1
        self._notes: asyncio.Queue[tuple[int, bool, int, int]] = asyncio.Queue(maxsize=64)
        self._map: mmap.mmap | None = None
        self._sockets = AsyncExitStack()

    async def __aenter__(self) -> Self:
        self._port = await self._sockets.enter_async_context(listening(self._listen, longest=4096))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._sockets.aclose()
        if self._map is not None:
            self._map.close()
            self._map = None

    @property
    def settings(self) -> dict[str, int | str]:
        """What ``receiver.js`` is told."""
        return {
            "width": self._size.width,
            "height": self._size.height,
            "slots": SLOTS,
            "slotBytes": self._slot_bytes,
            "bucket": self._bucket,
            "notes": f"ws://{self._host}:{self._port}{self._path}",
        }

    async def _listen(self, connection: ServerConnection) -> None:
        # The path is a secret: a page that guesses the port cannot speak for the receiver.
        if connection.request is None or connection.request.path != self._path:
            return
        try:
            async for message in connection:
                if isinstance(message, bytes) and len(message) == _NOTE.size:
                    count, fits, width, height = _NOTE.unpack(message)
                    self._newest = count
                    await self._notes.put((count, bool(fits), width, height))
        except ConnectionClosed:
            return

    def attach(self) -> None:
        """Map the file once the receiver has made it.

        Raises:
            PicturesLostError: no such file stands in the profile.
        """
        wanted = SLOTS * self._slot_bytes
        found = [
            path
            for path in self._profile.glob("**/File System/**/*")
            if path.is_file() and path.stat().st_size == wanted
        ]
        if not found:
            found = [
                path for path in self._profile.rglob("*") if path.is_file() and path.stat().st_size == wanted
            ]
        if not found:
            raise PicturesLostError("The browser keeps the frames in no file that can be mapped.")
        newest = max(found, key=lambda path: path.stat().st_mtime_ns)
        with newest.open("rb") as file:
            self._map = mmap.mmap(file.fileno(), wanted, prot=mmap.PROT_READ)

    async def receive(self, timeout: float) -> Picture:
        """The next frame, copied out of its slot.

        Raises:
            PicturesLostError: none arrived in ``timeout`` seconds, or one of another size; or so many came behind it
                that its slot may hold one of those, and then all of them are forgotten.
        """
        try:
            async with asyncio.timeout(timeout):
                count, fits, width, height = await self._notes.get()
        except TimeoutError:
            raise PicturesLostError(f"The browser delivered no picture within {timeout:g} s.") from None
        if not fits:
            raise PicturesLostError(
                f"The browser delivered a picture of {width}×{height} instead of {self._size}."
            )
        assert self._map is not None
        start = count % SLOTS * self._slot_bytes
        # Released here, whatever fails: a map of which an error's traceback holds a part cannot be closed.
        with memoryview(self._map) as slots, slots[start : start + self._frame_bytes] as slot:
            data = self._memory.copy(slot)
        if self._newest - count >= SLOTS // 2:
            self.discard()
            raise PicturesLostError("The browser delivered pictures that nobody asked for.")
        return Picture(Layout.I420, self._size, data)

    def discard(self) -> int:
        """Forget what has arrived and was not received; how many that were."""
        waiting = self._notes.qsize()
        for _ in range(waiting):
            self._notes.get_nowait()
        return waiting
