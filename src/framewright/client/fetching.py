"""Fetching a finished file: gone on with where it broke off, and looked at before anybody gets it."""

from __future__ import annotations

import base64
import hashlib
import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from blake3 import blake3

from framewright.client.problems import gone, strange
from framewright.client.transport import Ask
from framewright.media import write_error
from framewright.model.errors import FramewrightError
from framewright.model.logs import get_logger
from framewright.model.service_errors import ServerGoneError
from framewright.render.threads import in_thread

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

    import aiohttp

    from framewright.client.transport import Transport

_SILENT_SECONDS = 30.0
_PIECE = 2**20
_CONTENT_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")
# RFC 9530; of several digests the first one that is known here counts.
_DIGEST = re.compile(r"(sha-256|blake3)=:([A-Za-z0-9+/=]{1,100}):")
_log = get_logger(__name__)


@dataclass(slots=True)
class _Got:
    """How far a file is.

    Attributes:
        tag: tells its version; None: the service gives none, and what broke off is begun anew.
        whole: how many bytes it has.
        digest: what they amount to, as ``Repr-Digest`` has it.
    """

    bytes: int = 0
    tag: str | None = None
    whole: int | None = None
    digest: str | None = None


async def fetch(transport: Transport, path: str, target: Path, *, size: int | None = None) -> None:
    """Write what lies at a path of the service into a file of ours.

    Args:
        target: it is overwritten.
        size: bytes that it must have; None: as the service says.

    Raises:
        OutputError: it cannot be written.
        ServerGoneError: ``DOWNLOAD_BROKEN`` what came is not what the service holds.
        FramewrightError: as :meth:`~framewright.client.transport.Transport.ask`.
    """
    patience = transport.patience()
    got = _Got()
    with _told_as_output(target):
        file = await in_thread(lambda: target.open("wb"), undo=lambda file: file.close())
        with file:
            while True:
                before = got.bytes
                try:
                    await _go_on(transport, path, file, got, target)
                    break
                except Exception as error:
                    translated = transport.translated(error)
                    if not isinstance(translated, FramewrightError):
                        raise
                    if got.bytes > before:
                        patience.succeeded()
                    await patience.wait(translated)
                    _log.info("download_resumed", path=path, at=got.bytes, code=translated.code)
        await in_thread(lambda: _check(target, got, size, transport.base))


async def _go_on(transport: Transport, path: str, file: BinaryIO, got: _Got, target: Path) -> None:
    headers = {"Accept": "*/*", "Accept-Encoding": "identity"}
    if got.bytes and got.tag is not None:
        headers |= {"Range": f"bytes={got.bytes}-", "If-Range": got.tag}
    ask = Ask(method="GET", path=path, headers=headers, silent_seconds=_SILENT_SECONDS)
    async with transport.answer(ask) as answer:
        start = _start(answer, got, transport.base)
        if start != got.bytes or start == 0:
            await in_thread(lambda: _cut(file, start, target))
            got.bytes = start
        piece = bytearray()
        try:
            async for read in answer.content.iter_any():
                piece += read
                if len(piece) >= _PIECE:
                    await _write(file, bytes(piece), got, target)
                    piece.clear()
        finally:
            # What came before the connection broke off need not come again.
            await _write(file, bytes(piece), got, target)
    if got.whole is not None and got.bytes < got.whole:
        raise gone(transport.base, "its answer broke off")


def _start(answer: aiohttp.ClientResponse, got: _Got, base: str) -> int:
    """Where in the file the answer begins; of another version than before it begins at 0."""
    tag = answer.headers.get("ETag")
    strong = tag if tag is not None and not tag.startswith("W/") else None
    if answer.status == 206:
        match = _CONTENT_RANGE.fullmatch(answer.headers.get("Content-Range", ""))
        if match is None or int(match[1]) != got.bytes or strong not in {got.tag, None}:
            raise strange(base, "another part of the file than was asked for")
        got.whole = int(match[3])
        return got.bytes
    got.tag, got.whole = strong, answer.content_length
    got.digest = answer.headers.get("Repr-Digest")
    return 0


def _cut(file: BinaryIO, start: int, target: Path) -> None:
    with _told_as_output(target):
        file.seek(start)
        file.truncate()


async def _write(file: BinaryIO, piece: bytes, got: _Got, target: Path) -> None:
    def write() -> None:
        with _told_as_output(target):
            file.write(piece)
            file.flush()

    if piece:
        await in_thread(write)
        got.bytes += len(piece)


def _check(target: Path, got: _Got, size: int | None, base: str) -> None:
    for expected in (got.whole, size):
        if expected is not None and got.bytes != expected:
            raise _broken(base, f"{got.bytes} bytes in place of {expected}")
    told = _DIGEST.search(got.digest or "")
    if told is None:
        return
    digest = blake3() if told[1] == "blake3" else hashlib.sha256()
    with target.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    if base64.b64encode(digest.digest()).decode() != told[2]:
        raise _broken(base, "other bytes")


def _broken(base: str, how: str) -> ServerGoneError:
    return ServerGoneError(
        f"What came from {base} is not the file that it holds ({how}): fetch it again.",
        code="DOWNLOAD_BROKEN",
    )


@contextmanager
def _told_as_output(target: Path) -> Iterator[None]:
    """Errors of our disk are not those of a connection."""
    try:
        yield
    except ConnectionError:
        raise
    except OSError as error:
        raise write_error(target, error) from error
