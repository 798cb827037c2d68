"""What a page reports while it runs: errors, warnings, missing files, foreign addresses. Bounded and without repeats."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

from framewright.model.composition import Notice

_MOST = 200
_LONGEST = 500
LONGEST_ADDRESS = _LONGEST
"""Letters of an address that a notice keeps."""
_SHORT = 200
_WEB: Final = frozenset({"http", "https", "ws", "wss"})
_LOOKS: Final = frozenset({"Image", "Font", "Stylesheet"})
_WORK: Final = frozenset({"Fetch", "Script", "XHR"})
# The answer of a browser that asks of its own accord; no author misses it.
_UNASKED = "/favicon.ico"


class Journal:
    """Turns events of the DevTools protocol into notices."""

    def __init__(self) -> None:
        self.notices: list[Notice] = []
        self.script_errors: list[str] = []
        self.remote: set[str] = set()
        self.origins: set[str] = set()
        self.lost_scripts: set[str] = set()
        self._known: set[tuple[str, str]] = set()
        self._requests: dict[str, str] = {}
        self._looks: set[str] = set()
        self._work: set[str] = set()
        # Requests that only ask whether something is there: "no" is an answer.
        self._questions: set[str] = set()
        self._forgiven: set[str] = set()
        self._origin = ""

    def set_origin(self, url: str) -> None:
        """Addresses of this one's origin belong to the project; others are remote."""
        self._origin = _origin(url)
        self.origins.add(self._origin)

    def note(self, code: str, message: str, address: str | None = None) -> None:
        """Add a notice, unless it is known or there are too many."""
        if len(self._known) < _MOST and (code, message) not in self._known:
            self._known.add((code, message))
            self.notices.append(Notice(code=code, message=message, address=address))

    def forgive(self, url: str) -> None:
        """Say nothing when this address cannot be loaded: the reason has been told."""
        if len(self._forgiven) < 10 * _MOST:
            self._forgiven.add(url)

    def drain(self) -> list[Notice]:
        """The notices since the last time."""
        drained, self.notices = self.notices, []
        return drained

    def unanswered(self) -> list[str]:
        """Addresses that were asked for and have not answered, the oldest first."""
        return list(self._requests.values())

    def waits_for_looks(self) -> bool:
        """Whether a picture, a font or a style is still on its way."""
        return bool(self._looks)

    def waits_for_work(self) -> bool:
        """Whether something that scripts asked for is still on its way."""
        return bool(self._work)

    def take(self, method: str, params: dict[str, Any]) -> None:
        """Take an event, if it says something."""
        match method:
            case "Network.requestWillBeSent":
                self._request(params)
            case "Network.responseReceived":
                self._response(params)
            case "Network.loadingFinished":
                self._questions.discard(params["requestId"])
                self._requests.pop(params["requestId"], None)
                self._looks.discard(params["requestId"])
                self._work.discard(params["requestId"])
            case "Network.loadingFailed":
                self._failure(params)
            case "Network.webSocketCreated":
                self._remember_remote(params["url"])
            case "Runtime.exceptionThrown":
                self._exception(params["exceptionDetails"])
            case "Runtime.consoleAPICalled":
                self._console(params)

    def _request(self, params: dict[str, Any]) -> None:
        url = params["request"]["url"]
        if urlsplit(url).scheme in _WEB:
            if params["request"].get("method") == "HEAD" and len(self._questions) < 10 * _MOST:
                self._questions.add(params["requestId"])
            elif len(self._requests) < 10 * _MOST:
                self._requests[params["requestId"]] = url
                if params.get("type") in _LOOKS:
                    self._looks.add(params["requestId"])
                # The script of a worker has no loader, and nobody tells when it is there.
                if params.get("type") in _WORK and params.get("loaderId"):
                    self._work.add(params["requestId"])
            self._remember_remote(url)

    def _remember_remote(self, url: str) -> None:
        if len(self.remote) < 10 * _MOST and urlsplit(url).scheme in _WEB and _origin(url) != self._origin:
            self.remote.add(url[:2000])
            if not url.startswith("ws"):
                self.origins.add(_origin(url))

    def _response(self, params: dict[str, Any]) -> None:
        answer = params["response"]
        if params["requestId"] in self._questions:
            return
        if answer["status"] >= 400 and not answer["url"].endswith(_UNASKED):
            url = answer["url"][:_LONGEST]
            self.note("ASSET_UNAVAILABLE", f"{url} answered {answer['status']}.", url)

    def _failure(self, params: dict[str, Any]) -> None:
        self._looks.discard(params["requestId"])
        self._work.discard(params["requestId"])
        self._questions.discard(params["requestId"])
        url = self._requests.pop(params["requestId"], None)
        if url is not None and params["type"] == "Script" and len(self.lost_scripts) < _MOST:
            self.lost_scripts.add(url[:_LONGEST])
        # A style or a script that is refused for its status or type counts as cancelled; for others it is the page's will.
        refused = params["type"] in {"Stylesheet", "Script"}
        if (
            url is None
            or url in self._forgiven
            or url.endswith(_UNASKED)
            or (params.get("canceled") and not refused)
        ):
            return
        reason = "it is missing or has a wrong type" if params.get("canceled") else params["errorText"]
        shown = url[:_LONGEST]
        self.note("ASSET_UNAVAILABLE", f"{shown} could not be loaded: {reason}.", shown)

    def _exception(self, details: dict[str, Any]) -> None:
        message = describe_exception(details)
        if len(self.script_errors) < _MOST and message not in self.script_errors:
            self.script_errors.append(message)
        self.note("SCRIPT_ERROR", f"A script failed: {message}.")

    def _console(self, params: dict[str, Any]) -> None:
        kind = params["type"]
        if kind not in {"error", "warning", "assert"}:
            return
        text = " ".join(_spoken(argument) for argument in params["args"])[:_LONGEST]
        frames = params.get("stackTrace", {}).get("callFrames", ())
        where = f" ({_place(frames[0])})" if frames else ""
        code = "CONSOLE_WARNING" if kind == "warning" else "CONSOLE_ERROR"
        self.note(code, f"The page's console says: {text}{where}")


def describe_exception(details: dict[str, Any]) -> str:
    """An uncaught exception in one line, with file and line."""
    thrown = details.get("exception", {})
    text = str(thrown.get("description") or thrown.get("value") or details.get("text") or "an exception")
    frames = details.get("stackTrace", {}).get("callFrames", ())
    # Scripts of ours, which the author's may throw through, have no address.
    written = [frame for frame in frames if frame.get("url")]
    place = _place((written or [*frames, details])[0])
    return f"{text.splitlines()[0][:_LONGEST]} ({place})"


def _place(frame: dict[str, Any]) -> str:
    url = frame.get("url") or "inline script"
    return f"{url[:_LONGEST]}:{frame.get('lineNumber', 0) + 1}:{frame.get('columnNumber', 0) + 1}"


def _spoken(argument: dict[str, Any]) -> str:
    value = argument.get(
        "value", argument.get("description", argument.get("unserializableValue", argument["type"]))
    )
    return str(value).splitlines()[0] if str(value) else ""


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def shortened(text: str) -> str:
    """A text that fits into a message."""
    return text if len(text) <= _SHORT else f"{text[:_SHORT]}…"


def shown_address(url: str) -> str:
    """An address that fits into a message, without a password that may stand in it."""
    parts = urlsplit(url)
    if "@" in parts.netloc:
        url = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    return shortened(url)
