"""The latest frame of a render, for people who want to see how it goes: a small JPEG, about once a second."""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
import time
from typing import TYPE_CHECKING

from framewright.media.colour import as_it_came
from framewright.media.jpeg import jpeg_of
from framewright.model.logs import get_logger
from framewright.model.media import Transfer

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from framewright.model.picture import Picture

_SECONDS = 1.0
# Of the time that passes, at most this part is spent on looking.
_SHARE = 0.01

_log = get_logger(__name__)


class Glimpse:
    """Shows pictures in a file, from time to time. An async context manager.

    Nothing that goes wrong here is an error: a render that nobody sees is as good.

    Args:
        path: always holds a whole JPEG, once there is one; None: nothing is shown.
        transfer: of pictures in I010.
    """

    def __init__(self, path: Path | None, transfer: Transfer = Transfer.SDR) -> None:
        self._path = path
        self._transfer = transfer
        self._next = 0.0
        self._showing: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._showing is not None:
            await asyncio.wait((self._showing,))

    def note(self, picture: Picture | None) -> None:
        """A frame is done; None: it equals the one before. Costs nothing but where the time has come."""
        if self._path is None or picture is None or time.monotonic() < self._next:
            return
        if self._showing is not None and not self._showing.done():
            return
        self._next = time.monotonic() + _SECONDS
        self._showing = asyncio.create_task(self._show(picture, self._path))

    async def _show(self, picture: Picture, path: Path) -> None:
        try:
            spent = await asyncio.to_thread(self._write, picture, path)
        except Exception as error:  # noqa: BLE001 -- see the class
            _log.debug("glimpse_failed", error=repr(error))
            spent = _SECONDS
        self._next = time.monotonic() + max(_SECONDS, spent / _SHARE)

    def _write(self, picture: Picture, path: Path) -> float:
        began = time.thread_time()
        partial = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_native_id()}.part")
        try:
            partial.write_bytes(jpeg_of(as_it_came(picture, self._transfer)))
            os.replace(partial, path)
        finally:
            with contextlib.suppress(OSError):
                partial.unlink(missing_ok=True)
        return time.thread_time() - began
