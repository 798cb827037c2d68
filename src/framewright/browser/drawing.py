"""Drawing a page when it is told to: one draw at a time, on the compositor's own clock."""

from __future__ import annotations

import asyncio
import base64
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from framewright.browser.connection import ProtocolError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

_HEAD_START_MS = 3_600_000.0
_TICK_MS = 300.0
_PENDING_PAUSE = 0.005


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a draw did.

    Attributes:
        damage: something changed since the draw before.
        png: the picture when it was asked for; None also when the browser had none ready, which does not mean that
            nothing changed.
    """

    damage: bool
    png: bytes | None = None


class Call(Protocol):
    """A call of the DevTools protocol on one page."""

    async def __call__(
        self, method: str, params: dict[str, Any] | None = None, *, timeout: float | None = None
    ) -> dict[str, Any]:
        """Its answer."""
        ...


class Pencil:
    """Draws one page.

    Args:
        call: on that page.
        patience: seconds that a draw may take unless it says otherwise.

    Attributes:
        ticks: milliseconds on the compositor's clock at the last draw.
    """

    def __init__(self, call: Call, *, patience: float) -> None:
        # Far ahead of the real clock, and 300 ms a draw: with smaller steps the frame stream's copies come late.
        self.ticks = time.monotonic() * 1000 + _HEAD_START_MS
        self._call = call
        self._patience = patience
        self._drawing = asyncio.Lock()
        self._may_draw = asyncio.Event()
        self._may_draw.set()

    @asynccontextmanager
    async def laid_down(self) -> AsyncIterator[None]:
        """Draw nothing meanwhile, whoever asks: they wait."""
        async with self._drawing:  # not while a draw is under way
            self._may_draw.clear()
        try:
            yield
        finally:
            self._may_draw.set()

    async def draw(self, ticks: float | None, interval: float, *, png: bool, timeout: float | None) -> Drawn:
        """Draw the page as it is now; see :meth:`framewright.browser.page.Page.begin_frame`."""
        async with self._drawing:  # the browser refuses a second draw at the same time
            await self._may_draw.wait()
            self.ticks = max(self.ticks + _TICK_MS if ticks is None else ticks, self.ticks + 0.001)
            params: dict[str, Any] = {"frameTimeTicks": self.ticks, "interval": float(interval)}
            if png:
                params["screenshot"] = {"format": "png", "optimizeForSpeed": True}
            answer = await self._begin(params, timeout)
        data = answer.get("screenshotData")
        return Drawn(bool(answer.get("hasDamage")), base64.b64decode(data) if isinstance(data, str) else data)

    async def _begin(self, params: dict[str, Any], timeout: float | None) -> dict[str, Any]:
        deadline = time.monotonic() + (self._patience if timeout is None else timeout)
        while True:
            try:
                return await self._call("HeadlessExperimental.beginFrame", params, timeout=timeout)
            except ProtocolError as error:
                # A draw whose caller was cancelled is still going on.
                if "pending" not in error.message or time.monotonic() > deadline:
                    raise
            await asyncio.sleep(_PENDING_PAUSE)
