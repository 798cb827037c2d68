"""Who does the work of the desk: runners, and whoever stands in for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from framewright.service.runner.cage import Cage
from framewright.service.runner.frames import frame_as_jpeg
from framewright.service.runner.running import run_order
from framewright.service.runner.spare import SpareRunner

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from framewright.service.runner.messages import Answer, RunEvent, RunProbe, RunRender
    from framewright.service.settings import ServiceSettings


class RunTracing(Protocol):
    """Makes spans of runs; see :class:`~framewright.service.tracing.Tracing`, which is imported where it is wanted."""

    def run(
        self, kind: str, *, job: str | None = None, parent: str | None = None
    ) -> AbstractContextManager[RunSpans]:
        """The spans of a run, from here to the end of the context."""
        ...


class RunSpans(Protocol):
    """The spans of one run."""

    def heard(self, event: RunEvent) -> None:
        """Something was told."""
        ...


class Hands(Protocol):
    """Has orders done."""

    async def run(
        self,
        order: RunRender | RunProbe,
        work: Path,
        on_event: Callable[[RunEvent], None],
        *,
        job: str | None = None,
        trace: str | None = None,
    ) -> Answer:
        """Have an order done. Cancelled, it returns within two seconds, and nothing is left.

        Args:
            work: a folder for this alone, that is made, and removed in the end.
            on_event: called in this thread.
            job: for logs and traces.
            trace: the W3C ``traceparent`` with which its spans go on; None: with what is under way here.

        Raises:
            FramewrightError: whatever the render raises. Those whose codes begin with ``RUNNER_`` are of the process that
                did it: another one may do better.
        """
        ...

    async def frame(self, video: Path, number: int, fps: str | None) -> bytes:
        """One frame of a finished file, as a JPEG.

        Args:
            video: the file, or of an image sequence its archive.
            fps: frames a second; None: as the file says.

        Raises:
            UnknownError: ``FRAME_UNKNOWN``. OutputError: ``FRAME_UNREADABLE``.
        """
        ...


class Runners:
    """The usual hands: each order has a process of its own, in a cage. An async context manager.

    Args:
        spans: makes spans of what is done; None: nobody traces.
    """

    def __init__(self, settings: ServiceSettings, spans: RunTracing | None = None) -> None:
        self._settings = settings
        self._spans = spans
        self._spare = SpareRunner()

    async def __aenter__(self) -> Self:
        await self._spare.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._spare.__aexit__(kind, error, trace)

    async def run(
        self,
        order: RunRender | RunProbe,
        work: Path,
        on_event: Callable[[RunEvent], None],
        *,
        job: str | None = None,
        trace: str | None = None,
    ) -> Answer:
        """See :class:`Hands`."""
        cage = Cage(
            work=work,
            seconds=self._settings.run_seconds,
            memory=self._settings.run_memory,
            disk=self._settings.run_disk,
        )
        if self._spans is None:
            return await run_order(order, cage, on_event, spare=self._spare, job=job)
        with self._spans.run(order.kind, job=job, parent=trace) as spans:

            def told(event: RunEvent) -> None:
                spans.heard(event)
                on_event(event)

            return await run_order(order, cage, told, spare=self._spare, job=job)

    async def frame(self, video: Path, number: int, fps: str | None) -> bytes:
        """See :class:`Hands`."""
        return await frame_as_jpeg(video, number, fps=fps)
