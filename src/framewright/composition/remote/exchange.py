"""The pure part of asking and answering: what tells requests apart, what is passed on, and what a page is shown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import urlsplit

from framewright.browser import Answer
from framewright.stores.blobs import digest_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from framewright.browser import Request
    from framewright.model.recording import RecordedAnswer

# Between two neighbours only, or ours to say: the fetcher's size and encoding, the cache's conditions, whole bodies.
_NOT_SENT: Final = frozenset(
    {
        "host",
        "connection",
        "content-length",
        "transfer-encoding",
        "accept-encoding",
        "cookie",
        "referer",
        "range",
        "if-range",
        "if-none-match",
        "if-modified-since",
        "if-match",
        "if-unmodified-since",
        "cache-control",
        "pragma",
        "upgrade",
        "te",
        "trailer",
        "keep-alive",
        "proxy-authorization",
        "proxy-connection",
        "upgrade-insecure-requests",
    }
)
# The body is whole and decompressed, and nothing outside of the recording shall be asked because of an answer.
_NOT_KEPT: Final = frozenset(
    {
        "connection",
        "keep-alive",
        "content-length",
        "content-encoding",
        "transfer-encoding",
        "trailer",
        "upgrade",
        "set-cookie",
        "date",
        "age",
        "alt-svc",
        "expect-ct",
        "nel",
        "report-to",
        "reporting-endpoints",
        "strict-transport-security",
        "server-timing",
        "link",
        "refresh",
        "content-security-policy-report-only",
        "vary",
    }
)
_ALLOWED: Final = "access-control-allow-origin"
# Stands for the origin of whoever asks: the project's own has another port in every render.
_ASKING: Final = "{origin}"
_RANGE = re.compile(r"bytes=(\d{1,15})-(\d{0,15})")
# Players ask for the rest of a file and take it piece by piece; an answer is held in memory as a whole.
_LONGEST_PIECE = 4 * 2**20


class Key(NamedTuple):
    """What makes two requests one."""

    method: str
    url: str
    sent: str | None


def key_of(request: Request) -> Key:
    """The key of a request. Fragments never leave a browser."""
    sent = None if request.body is None else digest_of(request.body)
    return Key(request.method, request.url.partition("#")[0], sent)


def headers_to_send(request: Request) -> dict[str, str]:
    """What is passed on of a page's headers.

    The origin is always told, so that one answer serves those who ask with and without ``crossorigin``: some servers
    allow other origins only when they hear of one.
    """
    headers = {name: value for name, value in request.headers.items() if name not in _NOT_SENT}
    referrer = urlsplit(request.headers.get("referer", ""))
    if request.kind != "Document" and referrer.netloc:
        headers.setdefault("origin", f"{referrer.scheme}://{referrer.netloc}")
    return headers


def headers_to_keep(
    headers: Iterable[tuple[str, str]], sent: Mapping[str, str]
) -> tuple[tuple[str, str], ...]:
    """What is recorded of an answer's headers, once ``sent`` was asked with."""
    kept = [(name, value) for name, value in headers if name not in _NOT_KEPT]
    asking = sent.get("origin")
    return tuple(
        (name, _ASKING if name == _ALLOWED and asking is not None and value == asking else value)
        for name, value in kept
    )


def present(recorded: RecordedAnswer, body: bytes, request: Request) -> Answer:
    """What the page is shown of a recorded answer that has a status."""
    assert recorded.status is not None
    asking = request.headers.get("origin", "*")
    headers = [(name, asking if value == _ASKING else value) for name, value in recorded.headers]
    part = _part(request.headers.get("range", ""), len(body)) if recorded.status == 200 else None
    if part is None:
        return Answer(status=recorded.status, headers=tuple(headers), body=body)
    start, stop = part
    if start >= stop:
        headers.append(("content-range", f"bytes */{len(body)}"))
        return Answer(status=416, headers=tuple(headers))
    headers = [(name, value) for name, value in headers if name not in {"accept-ranges", "content-range"}]
    headers += [("accept-ranges", "bytes"), ("content-range", f"bytes {start}-{stop - 1}/{len(body)}")]
    return Answer(status=206, headers=tuple(headers), body=body[start:stop])


def _part(wished: str, size: int) -> tuple[int, int] | None:
    match = _RANGE.fullmatch(wished)
    if match is None:
        return None
    start = int(match[1])
    stop = min(int(match[2]) + 1, size) if match[2] else size
    return start, min(stop, start + _LONGEST_PIECE)
