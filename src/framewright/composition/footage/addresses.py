"""From the address of a source to the file that its bytes lie in: of the project, recorded, in the address, or sent."""

from __future__ import annotations

import asyncio
import base64
import binascii
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol
from urllib.parse import unquote, unquote_to_bytes, urlsplit

from framewright.browser import Refusal, decoded_path, find_file, name_below, shortened
from framewright.model.errors import CompositionError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from framewright.model.media import MediaFacts
    from framewright.stores.blobs import BlobFolder

_MIB = 2**20


class Recorded(Protocol):
    """Where files of other origins come from; see :class:`~framewright.composition.remote_desk.RemoteDesk`."""

    async def locate(self, address: str, origin: str) -> Path | Refusal:
        """The file of an address, the same for every page."""


@dataclass(frozen=True, slots=True)
class OwnFiles:
    """A folder that a file server shows to pages.

    Attributes:
        origin: of the server, such as ``http://127.0.0.1:43210``.
        root: the folder, free of links.
        documents: what the server answers in place of the file of that path.
        absent: what files hold that are no part of the folder here, by their paths in it: pages are told of them, and
            nobody is to ask for their frames.
    """

    origin: str
    root: Path
    documents: Mapping[str, bytes] = field(default_factory=dict)
    absent: Mapping[str, MediaFacts] = field(default_factory=dict)


class Addresses:
    """Finds the file of an address. What is sent by a page is known to all.

    Args:
        own: folders of the project; their rules are those of the file server.
        recorded: answers for other origins; None: they are refused.
        blobs: where bytes go that have no file.
        largest: bytes that one source without a file may have.
        site: the origin of the pages that ask.

    Attributes:
        found: the files of the project that were looked up so far, as paths in it.
        lacked: what was looked up in it and is not there.
        absent: what the files hold that were looked up and are not there.
    """

    def __init__(
        self,
        own: Iterable[OwnFiles],
        recorded: Recorded | None,
        blobs: BlobFolder,
        *,
        largest: int,
        site: str,
    ) -> None:
        self._own = list(own)
        self._recorded = recorded
        self._blobs = blobs
        self._largest = largest
        self._site = site
        self._sent: dict[str, Path] = {}
        self.found: set[str] = set()
        self.lacked: set[str] = set()
        self.absent: dict[Path, MediaFacts] = {}

    def add(self, own: OwnFiles) -> None:
        """Know one more folder."""
        self._own.append(own)

    def keep_sent(self, address: str, digest: str) -> None:
        """A page has sent what this ``blob:`` address means to it."""
        self._sent.setdefault(address, self._blobs.path(digest))

    async def locate(self, address: str) -> Path:
        """The file of a whole address.

        Raises:
            CompositionError: ``SOURCE_MISSING``, ``SOURCE_TOO_LARGE``, ``SOURCE_UNSUPPORTED``; or what the remote desk
                says.
        """
        address = address.partition("#")[0] if not address.startswith("data:") else address
        try:
            scheme = urlsplit(address[:64]).scheme
        except ValueError:
            scheme = ""
        match scheme:
            case "data":
                return await asyncio.to_thread(self._unpack, address)
            case "blob":
                return self._find_sent(address)
            case "http" | "https":
                return await self._find_by_web(address)
        raise CompositionError(
            f"The source {self.shown(address)} cannot be read: only files of the project, http, https, data and blob are.",
            code="SOURCE_UNSUPPORTED",
        )

    def is_absent(self, path: Path) -> bool:
        """Whether a file that was looked up is known by what it holds alone. It may come later: files of a plan are laid out when frames need them."""
        return path in self.absent and not path.exists()

    def shown(self, address: str) -> str:
        """How an author would name it: of the project's files the path, without what the server puts before it."""
        if address.startswith("data:"):
            kind = address[5:64].partition(",")[0].partition(";")[0]
            return f"data:{kind or 'text/plain'}"
        for own in self._own:
            if address.startswith(f"{own.origin}/"):
                return unquote(address[len(own.origin) + 1 :].partition("?")[0].partition("#")[0])
        return shortened(address)

    async def _find_by_web(self, address: str) -> Path:
        for own in self._own:
            if address.startswith(f"{own.origin}/"):
                return await self._find_own(own, address)
        if self._recorded is None:
            raise CompositionError(
                f"The source {self.shown(address)} is of another origin, and nothing is fetched here.",
                code="REMOTE_REFUSED",
            )
        found = await self._recorded.locate(address, self._site)
        if isinstance(found, Refusal):
            raise CompositionError(found.message, code=found.code)
        if not found.is_file():
            raise CompositionError(f"The recorded body of {self.shown(address)} is gone.", code="REMOTE_LOST")
        return found

    async def _find_own(self, own: OwnFiles, address: str) -> Path:
        path = decoded_path(address[len(own.origin) :].partition("?")[0])
        document = own.documents.get(path)
        if document is not None:
            return self._blobs.path(await asyncio.to_thread(self._blobs.put, document))
        found = await asyncio.to_thread(find_file, own.root, path)
        if found is None and (facts := own.absent.get(path.lstrip("/"))) is not None:
            self.absent[missing := own.root / path.lstrip("/")] = facts
            return missing
        if found is None:
            self.lacked.add(path.strip("/"))
            raise CompositionError(
                f"The source {self.shown(address)} is missing: no such file lies in the project.",
                code="SOURCE_MISSING",
            )
        self.found.add(name_below(own.root, path, found[0]))
        return found[0]

    def _find_sent(self, address: str) -> Path:
        found = self._sent.get(address)
        if found is None:
            raise CompositionError(
                f"The source {self.shown(address)} cannot be read: the page has revoked it, or it holds no file.",
                code="SOURCE_MISSING",
            )
        return found

    def _unpack(self, address: str) -> Path:
        head, comma, written = address[5:].partition(",")
        if not comma:
            raise CompositionError(
                f"The source {self.shown(address)} is no address: no comma stands before its data.",
                code="SOURCE_INVALID",
            )
        data = unquote_to_bytes(written)
        if head.rstrip().lower().endswith(";base64"):
            try:
                # Browsers pass over blanks and missing padding.
                packed = b"".join(data.split())
                data = base64.b64decode(packed + b"=" * (-len(packed) % 4), validate=True)
            except binascii.Error as error:
                raise CompositionError(
                    f"The source {self.shown(address)} holds no base64.", code="SOURCE_INVALID"
                ) from error
        if len(data) > self._largest:
            raise too_large(self.shown(address), self._largest)
        return self._blobs.path(self._blobs.put(data))


def too_large(shown: str, largest: int) -> CompositionError:
    """What is said of a source that may not be held."""
    return CompositionError(
        f"The source {shown} is larger than {largest // _MIB} MiB.", code="SOURCE_TOO_LARGE"
    )
