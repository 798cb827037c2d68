"""The workers of one plan: each a performance with a source of pictures. They wait for the next chunk when one is done."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from framewright.capture import (
    BrightSource,
    CaptureKind,
    CaptureWorker,
    FullPageSource,
    PictureMemory,
    PicturesLostError,
    ScreenshotSource,
    StreamSource,
)
from framewright.model.errors import FramewrightError
from framewright.model.events import FellBack
from framewright.model.logs import get_logger
from framewright.model.media import Transfer

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Self

    from framewright.capture import FrameSource
    from framewright.model.plan import PicturePlan
    from framewright.render.theatre import Performance, Theatre

_LOSSES_OF_A_STREAM = 2
_log = get_logger(__name__)


class Crew:
    """Opens workers for the capture pool. An async context manager, which closes those that wait.

    Args:
        theatre: where they perform.
        picture: how pictures are made.
        first: a performance that becomes the first worker; None: it is opened like the others.
        alpha: where the page paints nothing, pictures are transparent.
        transfer: of the output.
        on_fallback: told when the stream that is planned cannot be had.
    """

    def __init__(
        self,
        theatre: Theatre,
        picture: PicturePlan,
        *,
        first: Performance | None = None,
        alpha: bool,
        transfer: Transfer = Transfer.SDR,
        on_fallback: Callable[[FellBack], None],
    ) -> None:
        self._theatre = theatre
        self._picture = picture
        self._rate = picture.frame_rate
        self._first = first
        self._alpha = alpha
        self._transfer = transfer
        self._on_fallback = on_fallback
        self._parked: list[CaptureWorker] = []
        self._memory = PictureMemory()
        self._losses = 0
        self.kind = CaptureKind(picture.capture)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        parked, self._parked = self._parked, []
        for worker in parked:
            # What is wrong with a browser that is thrown away concerns nobody.
            with suppress(FramewrightError, OSError):
                await worker.close()

    def park(self, worker: CaptureWorker) -> None:
        """Let a worker wait for the next chunk."""
        self._parked.append(worker)

    async def open_worker(self, number: int, after: FramewrightError | None) -> CaptureWorker:
        """A worker that is ready for a block: one that waits, or a new one.

        Args:
            number: of the worker; all are alike.
            after: what ended its predecessor.

        Raises:
            BrowserError: no browser could be opened, or no stream where there must be one.
        """
        del number
        # One that died may have broken what its twins rest on: the next is new.
        if after is None and self._parked:
            return self._parked.pop()
        self._losses += isinstance(after, PicturesLostError)
        performance, self._first = self._first, None
        if performance is None:
            performance = await self._theatre.open(self._picture.size)
        try:
            return await self._worker(performance)
        except BaseException:
            await self._theatre.close(performance)
            raise

    async def _worker(self, performance: Performance) -> CaptureWorker:
        if self._alpha:
            await performance.bare()
        if self._transfer is not Transfer.SDR:
            await performance.brighten(self._transfer)
        source, spare = await self._sources(performance)

        async def release() -> None:
            await self._theatre.close(performance)

        return CaptureWorker(
            performance, self._rate, source, spare=spare, release=release, run=self._picture.mode == "run"
        )

    async def _sources(self, performance: Performance) -> tuple[FrameSource, FrameSource | None]:
        drawn = self._picture.drawn
        if self._transfer is not Transfer.SDR:
            return BrightSource(performance.page, performance, drawn, self._transfer), None
        if self.kind is CaptureKind.FULL_PAGE:
            return FullPageSource(performance.page, drawn), None
        screenshots = ScreenshotSource(performance.page, drawn)
        # A page that cannot go back has lost its pictures for good; the next one tries with more and more care.
        if self._losses >= _LOSSES_OF_A_STREAM and self.kind is CaptureKind.STREAM:
            self._give_up_streaming("pictures of it were lost again and again.")
        if self.kind is CaptureKind.SCREENSHOT:
            return screenshots, None
        try:
            profile = performance.browser.profile
            stream = await StreamSource.open(
                performance.page,
                performance,
                drawn,
                profile,
                memory=self._memory,
                careful=self._losses > 0,
            )
        except PicturesLostError as error:
            if self._picture.must_stream:
                raise
            # Those that follow need not try: what one browser refuses, its twins refuse too.
            self._give_up_streaming(error.message)
            return screenshots, None
        return stream, screenshots

    def _give_up_streaming(self, why: str) -> None:
        self.kind = CaptureKind.SCREENSHOT
        _log.warning("stream_unavailable", message=why)
        message = f"Screenshots take the place of the stream: {why}"
        self._on_fallback(FellBack(code="STREAM_UNAVAILABLE", message=message))
