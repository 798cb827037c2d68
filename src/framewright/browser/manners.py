"""What a page may not do on its own: ask people, open windows, download, leave. Each attempt becomes a notice."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from framewright.browser.journal import shortened, shown_address
from framewright.model.errors import CompositionError

if TYPE_CHECKING:
    from collections.abc import Callable

    from framewright.browser.journal import Journal


class Manners:
    """Watches over one page by the events of the DevTools protocol.

    Needs the domains ``Page`` and ``Fetch``, the latter with requests for documents paused.

    Args:
        frame: the id of the page's main frame.
        tell: sends a call whose answer nobody needs.
        fail: called with the reason when the page cannot be rendered any more.
    """

    def __init__(
        self,
        frame: str,
        journal: Journal,
        *,
        tell: Callable[[str, dict[str, Any]], None],
        fail: Callable[[CompositionError], None],
    ) -> None:
        self._frame = frame
        self._journal = journal
        self._tell = tell
        self._fail = fail
        self._expecting = False
        self._document: str | None = None
        self._arrived = False
        self._loaded = False

    def expect_document(self) -> None:
        """The page is sent to an address: the next document, and only that, is let through."""
        self._expecting = True
        self._document = None
        self._arrived = self._loaded = False

    def take(self, method: str, params: dict[str, Any]) -> None:
        """Take an event, if it is one of ours."""
        match method:
            case "Page.loadEventFired":
                self._loaded = True
            case "Page.javascriptDialogOpening":
                self._dismiss(params)
            case "Page.windowOpen":
                self._note(
                    "POPUP_CLOSED", f"opened a window ({shown_address(params['url'])}), which was closed"
                )
            case "Page.frameNavigated":
                self._arrive(params["frame"])

    def download_denied(self, url: str) -> None:
        """The page has started a download, which the browser denies."""
        self._note("DOWNLOAD_DENIED", f"tried to download {shown_address(url)}, which was denied")

    def _dismiss(self, dialog: dict[str, Any]) -> None:
        self._tell("Page.handleJavaScriptDialog", {"accept": False})
        said = json.dumps(shortened(dialog["message"]), ensure_ascii=False)
        self._note("DIALOG_DISMISSED", f"opened a dialog ({dialog['type']}: {said}), which was dismissed")

    def permits(self, params: dict[str, Any]) -> bool:
        """Whether a held document may come: the one that was asked for, and those of frames inside. Else it is refused."""
        if params["frameId"] != self._frame or self._is_expected(
            params.get("networkId", params["requestId"])
        ):
            return True
        # "Aborted" leaves the page as it is; any other reason would show an error page.
        self._tell("Fetch.failRequest", {"requestId": params["requestId"], "errorReason": "Aborted"})
        url = params["request"]["url"]
        self._note("NAVIGATION_REFUSED", f"tried to leave for {shown_address(url)}, which was refused")
        if not self._loaded:  # to begin to leave has ended the loading for good
            self._fail(_left(url))
        return False

    def _is_expected(self, document: str) -> bool:
        """Whether this is the first document after :meth:`expect_document`, redirections included."""
        if self._expecting:
            self._expecting = False
            self._document = document
        return document == self._document

    def _arrive(self, frame: dict[str, Any]) -> None:
        # Addresses such as about:blank ask nobody, and can only be noticed.
        if frame["id"] != self._frame:
            return
        if self._arrived:
            self._fail(_left(frame["url"]))
        self._arrived = True

    def _note(self, code: str, what: str) -> None:
        self._journal.note(code, f"The page {what}.")


def _left(url: str) -> CompositionError:
    return CompositionError(
        f"The page left for {shown_address(url)}: let it stay where it is, or render that address itself.",
        code="NAVIGATED",
    )
