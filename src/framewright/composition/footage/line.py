"""The connection of one page: it asks for facts and frames, and each of its questions gets one answer.

Messages are JSON. The page's worker says ``{describe: [{id, address}]}``, ``{frames: [{id, source, seconds, width,
height, have}], read}``, ``{read}``, ``{made}``, ``{upload: address}`` with pieces behind it and ``{uploaded: address}``.
It is told ``{answers: [...]}`` with an answer for each id, and ``{make: {...}}``.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from websockets.exceptions import ConnectionClosed

from framewright.browser import shortened
from framewright.composition.footage.addresses import too_large
from framewright.composition.footage.ring import AREAS, Ring, round_up
from framewright.composition.remote.blobs import BlobWriter
from framewright.model.errors import CompositionError, FramewrightError
from framewright.model.logs import get_logger
from framewright.model.size import Size

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from websockets.asyncio.server import ServerConnection

    from framewright.composition.footage.desk import FootageDesk
    from framewright.media.sources import SourceFrame

# More than any page asks at a time: 200 overlapping clips, each drawn a few times.
_MOST_WAITING = 2_000
_AT_A_TIME = 4
# Frames of one seek are answered together, up to so many bytes; the rest goes out as soon as the page has read these.
_MOST_TOGETHER = 64 * 2**20
_MOST_SOURCES = 10_000
_READING_SECONDS = 10.0
_TOKEN_BYTES = 32
# Times come as doubles of what are often fractions: a frame that begins a millionth of a second later is meant.
_EARLY = Fraction(1, 1_000_000)
_log = get_logger(__name__)


@dataclass(slots=True)
class _Reply:
    """Answers that go out together, and the pixels behind some of them."""

    answers: list[dict[str, Any]] = field(default_factory=list)
    pictured: list[dict[str, Any]] = field(default_factory=list)
    pieces: list[bytes | memoryview] = field(default_factory=list)
    bytes: int = 0


class Line:
    """Answers one page, over one connection. Made by :meth:`FootageDesk.admit`; leave by :meth:`close`.

    Args:
        profile: of the page's browser, in which the page's file is looked for.
        address: the secret address at which the page finds us.
    """

    def __init__(self, desk: FootageDesk, profile: Path, address: str) -> None:
        self.address = address
        self._desk = desk
        self._profile = profile
        self._connection: ServerConnection | None = None
        self._closed = False
        self._sources: dict[str, tuple[int, Path]] = {}
        self._paths: list[tuple[str, Path]] = []
        self._asked: asyncio.Queue[list[dict[str, Any]]] = asyncio.Queue()
        self._waiting = 0
        self._describing: set[asyncio.Task[None]] = set()
        self._slots = asyncio.Semaphore(_AT_A_TIME)
        self._ring: Ring | None = None
        self._rings = True
        self._sent = 0
        self._read = 0
        self._heard = asyncio.Condition()
        self._made: asyncio.Future[str | None] | None = None
        self._upload: _Upload | None = None
        self._uploads: dict[str, CompositionError] = {}

    async def close(self) -> None:
        """Answer nothing more. May be called again."""
        self._closed = True
        self._desk.forget(self)
        if self._connection is not None:
            await self._connection.close()

    async def serve(self, connection: ServerConnection) -> None:
        """Answer until the page is gone."""
        if self._connection is not None or self._closed:
            return  # one page has one connection: whoever comes second is not it
        self._connection = connection
        answering = asyncio.create_task(self._answer_frames())
        try:
            async for message in connection:
                await self._take(message)
        except ConnectionClosed:
            pass
        except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
            _log.warning("footage_line_broken", error=repr(error))
        finally:
            tasks = (answering, *self._describing)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            if self._ring is not None:
                self._ring.close()
                self._ring = None
            if self._upload is not None:
                self._upload.abandon()

    # What the page says.

    async def _take(self, message: str | bytes) -> None:
        if isinstance(message, bytes):
            if self._upload is not None:
                self._upload.take(message)
            return
        said = json.loads(message)
        if "read" in said:
            async with self._heard:
                self._read = max(self._read, min(int(said["read"]), self._sent))
                self._heard.notify_all()
        if "frames" in said:
            await self._ask_frames(said["frames"])
        for ask in said.get("describe", ()):
            await self._ask_facts(ask)
        if "made" in said and self._made is not None and not self._made.done():
            self._made.set_result(said["made"])
        if "upload" in said:
            self._begin_upload(str(said["upload"]))
        if "uploaded" in said:
            self._end_upload()

    async def _ask_frames(self, asks: list[dict[str, Any]]) -> None:
        if self._waiting + len(asks) > _MOST_WAITING:
            await self._send({"answers": [_failed(ask["id"], _flood()) for ask in asks]})
            return
        self._waiting += len(asks)
        self._asked.put_nowait(asks)

    async def _ask_facts(self, ask: dict[str, Any]) -> None:
        if len(self._describing) >= _MOST_WAITING or len(self._paths) >= _MOST_SOURCES:
            await self._send({"answers": [_failed(ask["id"], _flood())]})
            return
        task = asyncio.create_task(self._describe(int(ask["id"]), str(ask["address"])))
        self._describing.add(task)
        task.add_done_callback(self._describing.discard)

    def _begin_upload(self, address: str) -> None:
        if self._upload is not None:
            self._upload.abandon()
        self._upload = _Upload(self._desk, address)

    def _end_upload(self) -> None:
        upload, self._upload = self._upload, None
        if upload is None:
            return
        failure = upload.finish()
        if failure is not None:
            self._uploads[upload.address] = failure

    # What it is told.

    async def _describe(self, number: int, address: str) -> None:
        try:
            async with self._slots:
                if address in self._uploads:
                    raise self._uploads[address]
                path = await self._desk.locate(address)
                facts = await self._desk.facts(path, address)
                answer = {"id": number, "facts": facts.model_dump(mode="json")}
                answer["source"] = self._number(address, path)
        except FramewrightError as error:
            answer = _failed(number, error)
        await self._send({"answers": [answer]})

    def _number(self, address: str, path: Path) -> int:
        known = self._sources.get(address)
        if known is None:
            known = self._sources[address] = (len(self._paths), path)
            self._paths.append((address, path))
        return known[0]

    async def _answer_frames(self) -> None:
        while True:
            asks = await self._asked.get()
            reply = _Reply()
            try:
                async for ask, found in self._frames_of(asks):
                    if isinstance(found, FramewrightError):
                        reply.answers.append(_failed(ask["id"], found))
                        continue
                    size = len(found.data)
                    answer = _answer(ask, found)
                    if "layout" in answer and reply.bytes and reply.bytes + size > _MOST_TOGETHER:
                        await self._reply(reply)
                        reply = _Reply()
                    reply.answers.append(answer)
                    if "layout" in answer:
                        reply.pictured.append(answer)
                        reply.pieces.append(found.data)
                        reply.bytes += size
                await self._reply(reply)
            finally:
                self._waiting -= len(asks)

    async def _frames_of(
        self, asks: list[dict[str, Any]]
    ) -> AsyncIterator[tuple[dict[str, Any], SourceFrame | FramewrightError]]:
        """A few are read at a time, so that they do not all lie in memory."""
        tasks: list[asyncio.Task[SourceFrame | FramewrightError]] = []
        try:
            for place, ask in enumerate(asks):
                while len(tasks) < min(place + _AT_A_TIME, len(asks)):
                    tasks.append(asyncio.create_task(self._frame(asks[len(tasks)])))
                yield ask, await tasks[place]
        finally:
            for task in tasks:
                task.cancel()

    async def _frame(self, ask: dict[str, Any]) -> SourceFrame | FramewrightError:
        try:
            address, path = self._paths[int(ask["source"])]
            seconds = Fraction(ask["seconds"]) + _EARLY
            box = Size(int(ask["width"]), int(ask["height"])) if ask.get("width") else None
            return await self._desk.frame(path, seconds, box, address)
        except FramewrightError as error:
            return error
        except (ValueError, TypeError, KeyError, IndexError, OverflowError):
            return CompositionError(
                f"The page asks for a frame that cannot be: {shortened(str(ask))}", code="FRAME_INVALID"
            )

    async def _reply(self, reply: _Reply) -> None:
        told: dict[str, Any] = {"answers": reply.answers}
        if not reply.pieces:
            await self._send(told)
            return
        ring = await self._room_for(reply.bytes)
        if ring is None:
            at = 0
            for answer, piece in zip(reply.pictured, reply.pieces, strict=True):
                answer["at"] = at
                at += len(piece)
            await self._send(told | {"behind": reply.bytes}, b"".join(reply.pieces))
            return
        self._sent += 1
        places = ring.write(self._sent, reply.pieces)
        for answer, place in zip(reply.pictured, places, strict=True):
            answer["at"] = place
        # The page says with its next question what it has read; asked, it says so at once.
        await self._send(told | {"number": self._sent, "tell": self._sent - self._read >= AREAS})

    async def _room_for(self, size: int) -> Ring | None:
        """The ring, once an area of this size is free in it; None where there is none."""
        if not self._rings:
            return None
        if self._ring is None or self._ring.area < size:
            await self._grow(round_up(max(size, 2 * self._ring.area if self._ring else 0)))
        try:
            async with asyncio.timeout(_READING_SECONDS), self._heard:
                await self._heard.wait_for(lambda: self._sent - self._read < AREAS)
        except TimeoutError:
            return None
        return self._ring

    async def _grow(self, area: int) -> None:
        """Have the page make a file of larger areas. What was written into the old one has been read by then."""
        token = secrets.token_hex(_TOKEN_BYTES // 2)
        self._made = asyncio.get_running_loop().create_future()
        reason: object
        try:
            await self._send({"make": {"bytes": AREAS * area, "token": token}})
            async with asyncio.timeout(_READING_SECONDS):
                reason = await self._made
            if reason is None:
                old, self._ring = self._ring, None
                if old is not None:
                    old.close()
                self._ring = await asyncio.to_thread(Ring, self._profile, area, token.encode())
                self._read = self._sent
        except (TimeoutError, OSError, ValueError) as error:
            reason = error
        await self._send({"mapped": True})
        if reason is not None:
            self._rings = False
        _log.info("footage_ring", area=area, used=reason is None, reason=reason and str(reason))

    async def _send(self, told: dict[str, Any], behind: bytes | None = None) -> None:
        assert self._connection is not None
        with suppress(ConnectionClosed):
            await self._connection.send(json.dumps(told))
            if behind is not None:
                await self._connection.send(behind)


class _Upload:
    """What a ``blob:`` address of the page holds, on its way into a file."""

    def __init__(self, desk: FootageDesk, address: str) -> None:
        self.address = address
        self._desk = desk
        self._writer: BlobWriter | None = BlobWriter(desk.blobs)
        self._writer.__enter__()
        self._failure: CompositionError | None = None

    def take(self, piece: bytes) -> None:
        """The next bytes."""
        if self._writer is None:
            return
        if self._desk.may_take(self._writer.bytes + len(piece)):
            self._writer.write(piece)
            return
        self._failure = too_large(shortened(self.address), self._desk.largest)
        self.abandon()

    def finish(self) -> CompositionError | None:
        """All is there; or why not."""
        if self._writer is not None:
            self._desk.take(self.address, self._writer)
            self.abandon()
        return self._failure

    def abandon(self) -> None:
        """Forget it."""
        if self._writer is not None:
            self._writer.__exit__(None, None, None)
            self._writer = None


def _answer(ask: dict[str, Any], frame: SourceFrame) -> dict[str, Any]:
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


def _failed(number: object, error: FramewrightError) -> dict[str, Any]:
    return {"id": number, "failed": {"code": error.code, "message": error.message}}


def _flood() -> CompositionError:
    return CompositionError("The page asks for too many frames at a time.", code="FOOTAGE_FLOOD")
