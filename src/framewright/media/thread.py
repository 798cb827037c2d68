"""The encoder in a thread of its own, behind a bounded queue. Codecs release the GIL, so pictures arrive meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
import queue
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

from framewright.media.codec_log import last_messages
from framewright.model.errors import EncoderError
from framewright.model.logs import get_logger

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from framewright.media.encoder import Encoder
    from framewright.model.picture import Picture

_log = get_logger(__name__)
_FINISH = object()
_ABORT = object()
# A few pictures bridge the codec's uneven pace; more would only hold memory (3 MB each at 1080p).
CAPACITY = 8
STALLED_AFTER = 120.0


class EncoderThread:
    """Feeds an encoder from asyncio. One task puts; nothing blocks the event loop.

    Use it as an async context manager: leaving without :meth:`finish` aborts.

    Args:
        encoder: belongs to the thread from now on.
        capacity: pictures that may wait.
        stalled_after: seconds without any progress after which waiting is given up.

    Attributes:
        busy_seconds: wall seconds in which the encoder worked.
    """

    def __init__(
        self, encoder: Encoder, *, capacity: int = CAPACITY, stalled_after: float = STALLED_AFTER
    ) -> None:
        self._encoder = encoder
        self._stalled_after = stalled_after
        self._loop = asyncio.get_running_loop()
        self._queue: queue.SimpleQueue[object] = queue.SimpleQueue()
        self._room = asyncio.Semaphore(capacity)
        self._done = asyncio.Event()
        self._error: BaseException | None = None
        self._aborting = threading.Event()
        self.busy_seconds = 0.0
        # A daemon: a codec that never returns must not keep the process from ending.
        self._thread = threading.Thread(target=self._run, name="encoder", daemon=True)
        self._thread.start()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        if not self._done.is_set():
            await self.abort()

    @property
    def progress(self) -> int:
        """A number that grows while the encoder gets on."""
        return sum(self._progress())

    async def put(self, picture: Picture | None) -> None:
        """Hand over the next frame; None: it equals the one before. Waits while the queue is full.

        Raises:
            EncoderError: ``ENCODER_STALLED``, ``ENCODER_CLOSED``, or what the encoder raised for this frame or one
                before.
            OutputError: what the encoder raised.
        """
        if self._room.locked():
            await self._progressing(self._room.acquire())
        else:
            await self._room.acquire()
        self._check()
        if self._done.is_set() or self._aborting.is_set():
            raise EncoderError("The encoder is closed and takes no more frames.", code="ENCODER_CLOSED")
        self._queue.put(picture)

    async def finish(self) -> None:
        """Wait until every frame is encoded and the file is closed.

        Raises:
            EncoderError: as :meth:`put`.
            OutputError: as :meth:`put`.
        """
        self._queue.put(_FINISH)
        await self._progressing(self._done.wait())
        self._check()
        if self._aborting.is_set():
            raise EncoderError("The encoder was closed before its film was complete.", code="ENCODER_CLOSED")

    async def abort(self, patience: float = 5.0) -> None:
        """Give up. Waits for the frame in work, at most ``patience`` seconds; then the thread is left behind."""
        self._aborting.set()
        self._queue.put(_ABORT)
        self._encoder.interrupt()
        try:
            async with asyncio.timeout(patience):
                await self._done.wait()
        except TimeoutError:
            _log.warning("encoder_abandoned", patience=patience, messages=last_messages())

    def _check(self) -> None:
        if self._error is not None:
            raise self._error

    async def _progressing(self, waiting: Coroutine[object, object, object]) -> None:
        """Wait for something, or for the thread's end, as long as the encoder gets on.

        Raises:
            EncoderError: ``ENCODER_STALLED``.
        """
        wanted = asyncio.ensure_future(waiting)
        ended = asyncio.ensure_future(self._done.wait())
        seen, since = self._progress(), time.monotonic()
        try:
            while not (wanted.done() or ended.done()):
                await asyncio.wait(
                    {wanted, ended},
                    timeout=min(1.0, self._stalled_after / 4),
                    return_when=asyncio.FIRST_COMPLETED,
                )
                if (now := self._progress()) != seen:
                    seen, since = now, time.monotonic()
                elif time.monotonic() - since > self._stalled_after:
                    raise self._stalled()
        finally:
            wanted.cancel()
            ended.cancel()

    def _progress(self) -> tuple[int, int]:
        """What grows while the encoder gets on: a long file is moved as a whole when its index goes to the front."""
        return self._encoder.progress, _bytes_written(self._thread.native_id)

    def _stalled(self) -> EncoderError:
        said = last_messages()
        return EncoderError(
            f"The encoder made no progress for {self._stalled_after:g} seconds"
            f"{f'; it last said: {said}' if said else ' and said nothing'}.",
            code="ENCODER_STALLED",
        )

    def _run(self) -> None:
        try:
            finished = self._work()
        except BaseException as error:  # noqa: BLE001 -- raised again where the next frame is put
            self._error = error
            finished = False
        if not finished:
            self._encoder.abort()
        with contextlib.suppress(RuntimeError):  # the loop may be closed by now
            self._loop.call_soon_threadsafe(self._done.set)

    def _work(self) -> bool:
        """True when the file is complete."""
        while not self._aborting.is_set():
            item = self._queue.get()
            if item is _ABORT:
                break
            began = time.perf_counter()
            try:
                if item is _FINISH:
                    self._encoder.finish()
                    return True
                if item is None:
                    self._encoder.repeat()
                else:
                    self._encoder.write(item)  # type: ignore[arg-type]
            finally:
                self.busy_seconds += time.perf_counter() - began
            with contextlib.suppress(RuntimeError):  # the loop may be closed by now
                self._loop.call_soon_threadsafe(self._room.release)
        return False


def _bytes_written(thread: int | None) -> int:
    """Bytes that a thread has written to files; 0 where the system does not count them."""
    try:
        account = Path(f"/proc/self/task/{thread}/io").read_text(encoding="ascii")
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in account.splitlines() if line.startswith("wchar:")), 0)
