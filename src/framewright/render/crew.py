"""The workers of one render: each a performance with a source of pictures; the first one is there already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from framewright.capture import (
    CaptureKind,
    CaptureWorker,
    FullPageSource,
    PicturesLostError,
    ScreenshotSource,
    StreamSource,
)
from framewright.model.events import FellBack
from framewright.model.logs import get_logger
from framewright.render.mode_choice import Mode

if TYPE_CHECKING:
    from collections.abc import Callable

    from framewright.capture import FrameSource
    from framewright.model.errors import FramewrightError
    from framewright.render.opening import Opened
    from framewright.render.theatre import Performance

_LOSSES_OF_A_STREAM = 2
_log = get_logger(__name__)


class Crew:
    """Opens workers for the capture pool.

    Args:
        opened: the composition; its first performance becomes the first worker.
        kind: how pictures are to be taken.
        alpha: where the page paints nothing, pictures are transparent.
        must_stream: a stream that cannot be had is an error, not a reason for screenshots.
        on_fallback: told when it cannot be had.
    """

    def __init__(
        self,
        opened: Opened,
        kind: CaptureKind,
        *,
        alpha: bool,
        must_stream: bool,
        on_fallback: Callable[[FellBack], None],
    ) -> None:
        self._opened = opened
        self._first: Performance | None = opened.first
        self._alpha = alpha
        self._must_stream = must_stream
        self._on_fallback = on_fallback
        self._runs = opened.mode is Mode.RUN
        self._losses = 0
        self.kind = kind
        self.opened = 0

    async def open_worker(self, number: int, after: FramewrightError | None) -> CaptureWorker:
        """A worker that is ready for its first block.

        Args:
            number: of the worker; all are alike.
            after: what ended its predecessor.

        Raises:
            BrowserError: no browser could be opened, or no stream where there must be one.
        """
        del number
        self.opened += 1
        self._losses += isinstance(after, PicturesLostError)
        performance, self._first = self._first, None
        if performance is None:
            performance = await self._opened.theatre.open(self._opened.size)
        try:
            return await self._worker(performance)
        except BaseException:
            await self._opened.theatre.close(performance)
            raise

    async def _worker(self, performance: Performance) -> CaptureWorker:
        if self._alpha:
            await performance.bare()
        source, spare = await self._sources(performance)

        async def release() -> None:
            await self._opened.theatre.close(performance)

        return CaptureWorker(
            performance, self._opened.timing.rate, source, spare=spare, release=release, run=self._runs
        )

    async def _sources(self, performance: Performance) -> tuple[FrameSource, FrameSource | None]:
        drawn = self._opened.drawn
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
                performance.page, performance, drawn, profile, careful=self._losses > 0
            )
        except PicturesLostError as error:
            if self._must_stream:
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
