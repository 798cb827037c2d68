"""The file behind an address of another origin, through all redirections."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol
from urllib.parse import urljoin

from framewright.browser import Refusal, Request, shortened

if TYPE_CHECKING:
    from pathlib import Path

    from framewright.model.recording import RecordedAnswer
    from framewright.stores import BlobFolder

_OK = 200
_REDIRECTIONS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTIONS = 10


class Finder(Protocol):
    """Whoever answers requests, and knows where the bodies lie."""

    async def find(self, request: Request) -> RecordedAnswer | Refusal:
        """The answer to a request, with its body where it lies."""
        ...


async def locate_file(finder: Finder, blobs: BlobFolder, address: str, origin: str) -> Path | Refusal:
    """The file that a page's media of another origin come from: the same for every page.

    Args:
        origin: of the page.
    """
    for _ in range(_MOST_REDIRECTIONS):
        found = await finder.find(request_for(address, origin, kind="Media"))
        if isinstance(found, Refusal):
            return found
        location = dict(found.headers).get("location")
        if location is None or found.status not in _REDIRECTIONS:
            return _file_of(found, blobs)
        address = urljoin(address, location)
    return Refusal(code="REMOTE_FAILED", message=f"{shortened(address)} leads from one address to the next.")


def request_for(address: str, origin: str, *, kind: str) -> Request:
    """A request as a page of this origin would send it."""
    headers = {"accept": "*/*", "origin": origin, "referer": f"{origin}/"}
    return Request(method="GET", url=address, headers=headers, kind=kind)


def _file_of(found: RecordedAnswer, blobs: BlobFolder) -> Path | Refusal:
    if found.status is None:
        return Refusal(code="REMOTE_FAILED", message=found.failure or "")
    if found.status != _OK or found.blob is None:
        message = f"{shortened(found.url)} answered {found.status}."
        return Refusal(code="REMOTE_FAILED", message=message)
    return blobs.path(found.blob)
