"""The connection of one page: it asks for facts and frames, and each of its questions gets one answer.

Messages are JSON. The page's worker says ``{describe: [{id, address}]}``, ``{frames: [{id, source, seconds, width,
height, have, light}], read}``, ``{read}``, ``{made}``, ``{upload: address}`` with pieces behind it and ``{uploaded: address}``.
It is told ``{answers: [...]}`` with an answer for each id, ``{make: {bytes, token}}`` and ``{mapped}``.
"""

from __future__ import annotations

import asyncio
import itertools
import json
from collections import deque
from contextlib import suppress
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from websockets.exceptions import ConnectionClosed

from framewright.browser import shortened
from framewright.composition.footage.carrier import Carrier, Reply
from framewright.composition.footage.uploads import Uploads
from framewright.model.errors import CompositionError, FramewrightError
from framewright.model.logs import get_logger
from framewright.model.media import Transfer
from framewright.model.size import Size

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from websockets.asyncio.server import ServerConnection

    from framewright.composition.footage.desk import FootageDesk
    from framewright.media.sources import SourceFrame

# More than any page asks for at a time: 200 overlapping clips, each drawn a few times.
_MOST_WAITING = 2_000
_MOST_SOURCES = 10_000
_AT_A_TIME = 4
# Frames of one seek are answered together, up to so many bytes; the rest goes out once the page has read these.
_MOST_TOGETHER = 64 * 2**20
# Times come as doubles of what are often fractions: a frame that begins a millionth of a second later is meant.
_EARLY = Fraction(1, 1_000_000)
_log = get_logger(__name__)


class Line:
    """Answers one page, over one connection. Made by :meth:`FootageDesk.admit`; leave by :meth:`close`.

    Args:
        profile: of the page's browser.
        address: the secret one at which the page finds us.
    """

    def __init__(self, desk: FootageDesk, profile: Path, address: str) -> None:
        self.address = address
        self.carrier = Carrier(profile, self._send)
        self._desk = desk
        self._connection: ServerConnection | None = None
        self._closed = False
        self._uploads = Uploads(desk)
        self._numbers: dict[str, int] = {}
        self._sources: list[tuple[str, Path]] = []
        self._asked: asyncio.Queue[list[dict[str, Any]]] = asyncio.Queue()
        self._waiting = 0
        self._describing: set[asyncio.Task[None]] = set()
        self._slots = asyncio.Semaphore(_AT_A_TIME)

    async def close(self) -> None:
        """Answer nothing more. May be called again."""
        self._closed = True
        self._desk.forget(self)
        if self._connection is not None:
            # A page that hangs does not answer the goodbye.
            self._connection.transport.abort()

    async def serve(self, connection: ServerConnection) -> None:
        """Answer until the page is gone."""
        if self._connection is not None or self._closed:
            return  # a page has one connection: whoever comes second is not it
        self._connection = connection
        answering = asyncio.create_task(self._answer_frames())
        try:
            async for message in connection:
                await self._take(message)
        except ConnectionClosed:
            pass
        except (ValueError, TypeError, KeyError, AttributeError, OSError) as error:
            # Our own worker says nothing of the kind, unless the disk is full.
            _log.warning("footage_line_broken", error=repr(error))
        finally:
            tasks = (answering, *self._describing)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self.carrier.close()
            self._uploads.abandon()

    async def _take(self, message: str | bytes) -> None:
        if isinstance(message, bytes):
            self._uploads.take(message)
            return
        said = json.loads(message)
        if "read" in said:
            await self.carrier.has_read(int(said["read"]))
        if "made" in said:
            self.carrier.has_made(said["made"])
        if "upload" in said:
            self._uploads.begin(str(said["upload"]))
        if "uploaded" in said:
            self._uploads.finish()
        for ask in said.get("describe", ()):
            await self._ask_facts(ask)
        if "frames" in said:
            await self._ask_frames(said["frames"])

    async def _ask_facts(self, ask: dict[str, Any]) -> None:
        if len(self._describing) >= _MOST_WAITING or len(self._sources) >= _MOST_SOURCES:
            await self._send({"answers": [_failed(ask, _flood())]})
            return
        task = asyncio.create_task(self._describe(ask, str(ask["address"])))
        self._describing.add(task)
        task.add_done_callback(self._describing.discard)

    async def _describe(self, ask: dict[str, Any], address: str) -> None:
        try:
            async with self._slots:
                self._uploads.check(address)
                path, facts = await self._desk.describe(address)
            answer = {"id": ask["id"], "facts": facts.model_dump(mode="json")}
            answer["source"] = self._number(address, path)
        except FramewrightError as error:
            answer = _failed(ask, error)
        await self._send({"answers": [answer]})

    def _number(self, address: str, path: Path) -> int:
        """By which frames are asked for: an address may be as long as a file."""
        if address not in self._numbers:
            self._numbers[address] = len(self._sources)
            self._sources.append((address, path))
        return self._numbers[address]

    async def _ask_frames(self, asks: list[dict[str, Any]]) -> None:
        if self._waiting + len(asks) > _MOST_WAITING:
            await self._send({"answers": [_failed(ask, _flood()) for ask in asks]})
            return
        self._waiting += len(asks)
        self._asked.put_nowait(asks)

    async def _answer_frames(self) -> None:
        while True:
            asks = await self._asked.get()
            reply = Reply()
            async for ask, found in self._frames_of(asks):
                if isinstance(found, FramewrightError):
                    reply.add(_failed(ask, found))
                    continue
                answer = _answer(ask, found)
                if "layout" not in answer:
                    reply.add(answer)
                    continue
                if reply.length and reply.length + len(found.data) > _MOST_TOGETHER:
                    await self.carrier.carry(reply)
                    reply = Reply()
                self._desk.handed_out(self._sources[ask["source"]][1])
                reply.add(answer, found.data)
            await self.carrier.carry(reply)
            self._waiting -= len(asks)

    async def _frames_of(
        self, asks: list[dict[str, Any]]
    ) -> AsyncIterator[tuple[dict[str, Any], SourceFrame | FramewrightError]]:
        """A few are read at a time: they do not all lie in memory."""
        tasks: deque[asyncio.Task[SourceFrame | FramewrightError]] = deque()
        coming = iter(asks)
        try:
            for ask in asks:
                for soon in itertools.islice(coming, _AT_A_TIME - len(tasks)):
                    tasks.append(asyncio.create_task(self._frame(soon)))
                yield ask, await tasks[0]
                tasks.popleft()
        finally:
            for task in tasks:
                task.cancel()

    async def _frame(self, ask: dict[str, Any]) -> SourceFrame | FramewrightError:
        try:
            address, path = self._sources[int(ask["source"])]
            seconds = Fraction(ask["seconds"]) + _EARLY
            box = Size(int(ask["width"]), int(ask["height"])) if ask.get("width") else None
            light = Transfer(ask.get("light") or Transfer.SDR)
            return await self._desk.frame(path, seconds, box, address, light)
        except FramewrightError as error:
            return error
        except (ValueError, TypeError, KeyError, IndexError, OverflowError):
            told = shortened(json.dumps(ask))
            return CompositionError(
                f"The page asks for a frame that cannot be: {told}.", code="FRAME_INVALID"
            )

    async def _send(self, told: dict[str, Any], behind: bytes | None = None) -> None:
        assert self._connection is not None
        with suppress(ConnectionClosed):
            await self._connection.send(json.dumps(told))
            if behind is not None:
                await self._connection.send(behind)


def _answer(ask: dict[str, Any], frame: SourceFrame) -> dict[str, Any]:
    """All but where the pixels lie; nothing of them when the page has this very frame."""
    start = float(frame.start)
    answer = {"id": ask["id"], "start": start, "stop": None if frame.stop is None else float(frame.stop)}
    if ask.get("have") == start:
        return answer
    return answer | {
        "layout": frame.layout,
        "width": frame.size.width,
        "height": frame.size.height,
        "length": len(frame.data),
    }


def _failed(ask: dict[str, Any], error: FramewrightError) -> dict[str, Any]:
    return {"id": ask.get("id"), "failed": {"code": error.code, "message": error.message}}


def _flood() -> CompositionError:
    return CompositionError("The page asks for too many frames at a time.", code="FOOTAGE_FLOOD")
