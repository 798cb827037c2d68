"""The window of a page: how large the page takes it for, and whether its display shows it.

A tab that is captured is drawn apart, for its copy, and then once more into its window. Outside of what the display
shows, the second draw has nothing to do: 26 → 12.5 CPU-ms a frame in the process that draws (1920×1080, a light page). The
copy is the same, bit for bit, and so is what the page is told: where its window stands is overridden.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from framewright.browser.connection import ProtocolError
from framewright.model.logs import get_logger

if TYPE_CHECKING:
    from framewright.browser.drawing import Call
    from framewright.model.size import Size

_log = get_logger(__name__)


class Window:
    """Of one page of a headless shell.

    Args:
        call: on that page.
    """

    def __init__(self, call: Call) -> None:
        self._call = call
        self._aside = False
        self._movable = True
        # Zeros leave everything as the browser was started, but for the place.
        self._metrics: dict[str, Any] = {
            "width": 0,
            "height": 0,
            "deviceScaleFactor": 0,
            "mobile": False,
            "positionX": 0,
            "positionY": 0,
        }

    async def resize(self, size: Size, *, timeout: float | None = None) -> None:
        """Give the page another size than its browser was started with, in CSS pixels.

        Raises:
            CompositionError, BrowserError: as :meth:`framewright.browser.page.Page.call`.
        """
        self._metrics |= {"width": size.width, "height": size.height}
        await self._call("Emulation.setDeviceMetricsOverride", self._metrics, timeout=timeout)

    async def stand_aside(self) -> None:
        """Be drawn for nobody but the capturer; screenshots would be empty. Nothing changes where a browser refuses it.

        Raises:
            CompositionError, BrowserError: as :meth:`framewright.browser.page.Page.call`.
        """
        if self._aside or not self._movable:
            return
        try:
            await self._call("Emulation.setDeviceMetricsOverride", self._metrics)
            await self._move(aside=True)
        except ProtocolError as error:
            self._movable = self._aside = False
            _log.warning("window_in_view", message=error.message)

    async def show(self) -> None:
        """Be where screenshots find it.

        Raises:
            CompositionError, BrowserError: as :meth:`framewright.browser.page.Page.call`.
        """
        if self._aside:
            await self._move(aside=False)

    async def _move(self, *, aside: bool) -> None:
        window = await self._call("Browser.getWindowForTarget")
        left = window["bounds"]["width"] if aside else 0
        # One that nobody is sure of is shown before a screenshot.
        self._aside = True
        await self._call(
            "Browser.setWindowBounds", {"windowId": window["windowId"], "bounds": {"left": left}}
        )
        self._aside = aside
