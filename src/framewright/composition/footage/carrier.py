"""How frames reach a page: by the ring that its worker keeps, or by the connection where there can be no ring."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from framewright.composition.footage.ring import AREAS, Ring, round_up
from framewright.model.logs import get_logger

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

_MAKING_SECONDS = 10.0
_READING_SECONDS = 10.0
_TOKEN_BYTES = 16
_log = get_logger(__name__)


@dataclass(slots=True)
class Reply:
    """Answers that go out together, and the pixels behind some of them.

    Attributes:
        length: bytes of all pixels.
    """

    answers: list[dict[str, Any]] = field(default_factory=list)
    pictured: list[dict[str, Any]] = field(default_factory=list)
    pieces: list[bytes | memoryview] = field(default_factory=list)
    length: int = 0

    def add(self, answer: dict[str, Any], piece: bytes | memoryview | None = None) -> None:
        """Add an answer, and its pixels if it has some."""
        self.answers.append(answer)
        if piece is not None:
            self.pictured.append(answer)
            self.pieces.append(piece)
            self.length += len(piece)

    def lay(self, places: list[int]) -> dict[str, Any]:
        """The message, once it is known where the pixels lie."""
        for answer, place in zip(self.pictured, places, strict=True):
            answer["at"] = place
        return {"answers": self.answers}


class Carrier:
    """Carries the frames of one page. One reply at a time; leave by :meth:`close`.

    Args:
        profile: of the page's browser, in which the page's file is looked for.
        send: sends a message, and bytes behind it.
    """

    def __init__(
        self, profile: Path, send: Callable[[dict[str, Any], bytes | None], Awaitable[None]]
    ) -> None:
        self._profile = profile
        self._send = send
        self._ring: Ring | None = None
        self._has_rings = True
        self._sent = 0
        self._read = 0
        self._heard = asyncio.Condition()
        self._made: asyncio.Future[str | None] | None = None

    @property
    def area(self) -> int | None:
        """Bytes of an area of the ring; None while frames do not go by one."""
        return None if self._ring is None else self._ring.area

    def close(self) -> None:
        """Let go of the file."""
        if self._ring is not None:
            self._ring.close()
            self._ring = None

    async def has_read(self, number: int) -> None:
        """The page has read all answers up to this one."""
        async with self._heard:
            self._read = max(self._read, min(number, self._sent))
            self._heard.notify_all()

    def has_made(self, failure: str | None) -> None:
        """The page has made a file, or tells why it cannot."""
        if self._made is not None and not self._made.done():
            self._made.set_result(failure)

    async def carry(self, reply: Reply) -> None:
        """Send answers with their pixels."""
        ring = await self._room_for(reply.length) if reply.pieces else None
        if ring is not None:
            self._sent += 1
            told = reply.lay(ring.write(self._sent, reply.pieces))
            # The page says with its next question what it has read. When there is no more room, it says so at once.
            full = self._sent - self._read >= AREAS
            await self._send(told | {"number": self._sent, "tell": full}, None)
            return
        places = [0]
        for piece in reply.pieces:
            places.append(places[-1] + len(piece))
        told = reply.lay(places[:-1])
        if reply.pieces:
            await self._send(told | {"behind": reply.length}, b"".join(reply.pieces))
        else:
            await self._send(told, None)

    async def _room_for(self, size: int) -> Ring | None:
        """The ring, once an area of this size is free in it; None where there is none."""
        if self._has_rings and (self._ring is None or self._ring.area < size):
            await self._grow(round_up(max(size, 2 * self._ring.area if self._ring else 0)))
        if self._ring is None:
            return None
        try:
            async with asyncio.timeout(_READING_SECONDS), self._heard:
                await self._heard.wait_for(lambda: self._sent - self._read < AREAS)
        except TimeoutError:
            return None
        return self._ring

    async def _grow(self, area: int) -> None:
        """Have the page make a file of larger areas; before it does, it reads what we have written into the old one."""
        token = secrets.token_hex(_TOKEN_BYTES)
        self._made = asyncio.get_running_loop().create_future()
        await self._send({"make": {"bytes": AREAS * area, "token": token}}, None)
        failure: str | None
        try:
            async with asyncio.timeout(_MAKING_SECONDS):
                failure = await self._made
            self.close()
            if failure is None:
                self._ring = await asyncio.to_thread(Ring, self._profile, area, token.encode())
        except (TimeoutError, OSError, ValueError) as error:
            self.close()
            failure = str(error) or type(error).__name__
        self._read = self._sent
        self._has_rings = failure is None
        await self._send({"mapped": True}, None)
        if failure is None:
            _log.info("footage_ring", area=area)
        else:
            _log.info("footage_without_ring", reason=failure)
