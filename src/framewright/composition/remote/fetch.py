"""Asking the network for one thing, with a limit on everything: time, size, and where to."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from framewright.stores.blobs import BlobWriter

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    import aiohttp
    from yarl import URL

    from framewright.composition.remote.policy import NetworkPolicy
    from framewright.stores.blobs import BlobFolder

_PIECE = 1 << 16
_LONGEST_URL = 64 * 1024
_MIB = 2**20


class FetchError(Exception):
    """Nothing was got. The text is the end of a sentence: ``it did not answer within 30 s``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """An answer of the network; redirections are answers too.

    Attributes:
        headers: names in small letters, in their order.
        blob: the digest of the body, which lies decompressed in the folder that was given.
        bytes: of the body.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    blob: str
    bytes: int

    def header(self, name: str) -> str:
        """The value of a header; empty when there is none."""
        return next((value for key, value in self.headers if key == name), "")


@dataclass(slots=True)
class Allowance:
    """Bytes that all fetches of one render may still take together."""

    left: int


class Fetcher:
    """Fetches through the machine's proxies. An async context manager.

    Args:
        policy: where to.
        timeout: seconds that one answer may take, from the first byte sent to the last one received.
        largest: bytes that one answer may have once it is decompressed.
        allowance: bytes for all together.
    """

    def __init__(self, policy: NetworkPolicy, *, timeout: float, largest: int, allowance: Allowance) -> None:
        self._policy = policy
        self._timeout = timeout
        self._largest = largest
        self._allowance = allowance
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    def refusal(self, url: str) -> str | None:
        """Why an address is not fetched, as far as its letters tell; see :meth:`NetworkPolicy.refusal`."""
        return self._policy.refusal(url)

    async def fetch(
        self,
        url: str,
        into: BlobFolder,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Fetched:
        """One answer, without following redirections.

        Raises:
            FetchError: none came, or none that may be taken.
            OSError: ``into`` cannot be written.
        """
        reason = self.refusal(url)
        if reason is not None:
            raise FetchError(reason)
        if len(url) > _LONGEST_URL:
            raise FetchError("the address is too long")
        from framewright.composition.remote import network

        try:
            async with asyncio.timeout(self._timeout):
                return await self._fetch(network.address(url), into, method, dict(headers or {}), body)
        except TimeoutError as error:
            raise FetchError(f"it did not answer within {self._timeout:g} s") from error
        except network.FAILURES as error:
            raise FetchError(network.reason(error)) from error

    async def _fetch(
        self, url: URL, into: BlobFolder, method: str, headers: dict[str, str], body: bytes | None
    ) -> Fetched:
        from framewright.composition.remote import network

        if self._session is None:
            self._session = network.open_session(self._policy, _PIECE)
        proxy = network.proxy_of(url)
        if proxy is not None and not self._policy.private:
            raise FetchError("it would go through a proxy, of which nobody here can tell where it leads")
        asking = self._session.request(
            method, url, headers=headers, data=body, allow_redirects=False, proxy=proxy
        )
        async with asking as answer:
            declared = answer.content_length
            if method != "HEAD" and declared is not None:
                self._refuse_size(declared)
            with BlobWriter(into) as writer:
                async for piece in answer.content.iter_chunked(_PIECE):
                    self._refuse_size(writer.bytes + len(piece))
                    writer.write(piece)
                self._allowance.left -= writer.bytes
                return Fetched(
                    status=answer.status,
                    headers=tuple((name.lower(), value) for name, value in answer.headers.items()),
                    bytes=writer.bytes,
                    blob=writer.commit(),
                )

    def _refuse_size(self, size: int) -> None:
        if size > self._largest:
            raise FetchError(f"it is larger than {self._largest // _MIB} MiB")
        if size > self._allowance.left:
            raise FetchError("all that the page asks for is too large together")
