"""What stands at an address that a page was sent to: a document, or the one sentence that says why there is none."""

from __future__ import annotations

from typing import Any, Final

from framewright.browser.journal import shortened, shown_address
from framewright.model.errors import CompositionError

_DOCUMENTS: Final = frozenset({"text/html", "application/xhtml+xml"})
_CERTIFICATE = "net::ERR_CERT"
# Chromium's names: net/base/net_error_list.h.
_REASONS: Final = {
    "net::ERR_CONNECTION_REFUSED": "nobody listens there: start its server, or mend the address",
    "net::ERR_NAME_NOT_RESOLVED": "there is no such host: mend the address, or look after the network",
    "net::ERR_INTERNET_DISCONNECTED": "there is no network",
    "net::ERR_ADDRESS_UNREACHABLE": "its host cannot be reached",
    "net::ERR_CONNECTION_TIMED_OUT": "its host did not answer",
    "net::ERR_CONNECTION_RESET": "its server broke the connection off",
    "net::ERR_CONNECTION_CLOSED": "its server broke the connection off",
    "net::ERR_EMPTY_RESPONSE": "its server broke the connection off without an answer",
    "net::ERR_TOO_MANY_REDIRECTS": "it redirects in a circle",
    "net::ERR_UNSAFE_REDIRECT": "it redirects to something that is no web address",
    "net::ERR_UNKNOWN_URL_SCHEME": "it redirects to something that is no web address",
    "net::ERR_SSL_PROTOCOL_ERROR": "its server does not speak https",
    "net::ERR_UNSAFE_PORT": "browsers refuse this port",
    "net::ERR_ABORTED": "no page comes from there, but a download or nothing: name an HTML page",
}


class Arrival:
    """Watches what answers when a page is sent to an address.

    Args:
        frame: the id of the page's main frame.

    Attributes:
        address: of the document, behind all redirections; empty until it has come.
    """

    def __init__(self, frame: str) -> None:
        self._frame = frame
        self._status = 0
        self._kind = ""
        self.address = ""

    def take(self, method: str, params: dict[str, Any]) -> None:
        """Take an event, if it is the answer."""
        if method != "Network.responseReceived" or params.get("type") != "Document":
            return
        if params.get("frameId") == self._frame and not self.address:
            answer = params["response"]
            self._status, self._kind = int(answer["status"]), str(answer["mimeType"])
            self.address = str(answer["url"])

    def expect(self) -> None:
        """The page is sent to another address."""
        self._status, self._kind, self.address = 0, "", ""

    def check(self, url: str, error: str | None = None) -> None:
        """See that a page has come.

        Args:
            url: what was asked for.
            error: the browser's own word when it has failed.

        Raises:
            CompositionError: ``LOAD_FAILED`` or ``NOT_HTML``.
        """
        asked = shown_address(url)
        if self.address and self._status >= 400:
            raise CompositionError(
                f"{asked} cannot be opened: it answered {self._status}.", code="LOAD_FAILED"
            )
        if self.address and self._kind not in _DOCUMENTS:
            raise CompositionError(
                f"{asked} is no HTML page but {shortened(self._kind) or 'of no known type'}: name a page.",
                code="NOT_HTML",
            )
        if error is not None:
            raise CompositionError(f"{asked} cannot be opened: {_reason(error)}.", code="LOAD_FAILED")


def _reason(error: str) -> str:
    if error.startswith(_CERTIFICATE):
        what = error.removeprefix("net::ERR_CERT_").replace("_", " ").lower()
        return f"its certificate is not trusted ({what})"
    return _REASONS.get(error, error)
