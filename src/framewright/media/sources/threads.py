"""A few threads that decode. They end with the process even when a decoder never comes back."""

from __future__ import annotations

import asyncio
import threading
from queue import SimpleQueue
from typing import TYPE_CHECKING, TypeVar

from framewright.media.sources.errors import SourceFault

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Self

_T = TypeVar("_T")


class Threads:
    """Runs calls that release the GIL.

    Args:
        count: of threads at most.
        patience: seconds after which a call that has not come back is given up; its thread is replaced.
    """

    def __init__(self, count: int, patience: float) -> None:
        self._count = count
        self._patience = patience
        self._queue: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._started: list[threading.Thread] = []
        self._idle = 0
        self._lost = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for _ in self._started:
            self._queue.put(None)

    async def join(self) -> None:
        """Wait until the threads have ended, but not for one that does not come back."""
        if self._lost == 0:
            for thread in self._started:
                await asyncio.to_thread(thread.join, self._patience)

    async def run(self, call: Callable[[], _T]) -> _T:
        """The result of a call in a thread.

        The caller must not go away before the call ends: it is shielded from being cancelled.

        Raises:
            SourceFault: ``SOURCE_STALLED``: it takes too long.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[_T] = loop.create_future()

        def work() -> None:
            try:
                result = call()
            except BaseException as error:  # noqa: BLE001 - it is raised where it is waited for
                self._tell(loop, future, error=error)
            else:
                self._tell(loop, future, result=result)

        if len(self._started) - self._lost < self._count:
            thread = threading.Thread(target=self._serve, name="source", daemon=True)
            self._started.append(thread)
            thread.start()
        self._queue.put(work)
        done, _ = await asyncio.wait([future], timeout=self._patience)
        if not done:
            self._lost += 1
            raise SourceFault(
                "SOURCE_STALLED",
                f"keeps its decoder busy for more than {self._patience:g} seconds without a picture",
            )
        return future.result()

    def _serve(self) -> None:
        while (work := self._queue.get()) is not None:
            work()
            del work

    @staticmethod
    def _tell(
        loop: asyncio.AbstractEventLoop,
        future: asyncio.Future[_T],
        *,
        result: _T | None = None,
        error: BaseException | None = None,
    ) -> None:
        def settle() -> None:
            if future.done():
                return
            if error is not None:
                future.set_exception(error)
            else:
                future.set_result(result)  # type: ignore[arg-type]  # None is then what the call gave

        try:
            loop.call_soon_threadsafe(settle)
        except RuntimeError:
            return  # the loop is closed: nobody waits any more
