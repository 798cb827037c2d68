"""The connections that fetches go through. Loaded by the first fetch: most pages ask for nothing."""

from __future__ import annotations

import ipaddress
import socket
import ssl
import urllib.request
from typing import TYPE_CHECKING

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

if TYPE_CHECKING:
    from aiohappyeyeballs import AddrInfoType

    from framewright.composition.remote.policy import NetworkPolicy

_CONNECT_SECONDS = 10.0
_CONNECTIONS = 16


class ProxyError(ValueError):
    """The environment names a proxy that we do not speak to, such as one of SOCKS."""


# Whatever of these is raised, :func:`reason` tells it.
FAILURES = (aiohttp.ClientError, ValueError)


def _trusted() -> ssl.SSLContext:
    """Whom this machine trusts now. aiohttp asks once, when it is imported: before somebody may have set ``SSL_CERT_FILE``."""
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    return context


def open_session(policy: NetworkPolicy, piece: int) -> aiohttp.ClientSession:
    """A session without cookies, and without what ~/.netrc knows: a page names where its requests go.

    Args:
        policy: holds for each address that is connected to, whatever name stood for it.
        piece: bytes that are read ahead.
    """
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(
            limit=_CONNECTIONS,
            ssl=_trusted(),
            resolver=_GuardedResolver(policy),
            # Of what it takes for digits, aiohttp asks no resolver.
            socket_factory=lambda found: _guarded_socket(policy, found),
        ),
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT_SECONDS),
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
        read_bufsize=piece,
    )


def address(url: str) -> URL:
    """An address, its escapes left as they are."""
    return URL(url, encoded=True)


def proxy_of(url: URL) -> str | None:
    """The proxy that the environment names for an address, by HTTPS_PROXY and its kin, but for NO_PROXY and this machine.

    Raises:
        ProxyError: it is of a kind that we do not speak to.
    """
    host = url.host or ""
    if _is_here(host) or urllib.request.proxy_bypass(host):
        return None
    proxy = urllib.request.getproxies().get(url.scheme)
    if proxy is not None and not proxy.lower().startswith(("http://", "https://")):
        raise ProxyError
    return proxy


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def reason(error: Exception) -> str:
    """What went wrong, without the names of our libraries."""
    match error:
        case ProxyError():
            return "the environment names a proxy for it that is none of HTTP"
        case aiohttp.ClientConnectorDNSError():
            return "its host is not known here"
        case aiohttp.ClientConnectorCertificateError():
            return "its certificate is not trusted"
        case (
            aiohttp.ClientConnectorError() | aiohttp.ServerDisconnectedError() | aiohttp.ServerTimeoutError()
        ):
            return "its host cannot be reached"
        case aiohttp.ClientPayloadError():
            return "it broke off in the middle"
        case aiohttp.InvalidURL() | ValueError():
            return "it is no valid address"
    return f"it could not be fetched ({type(error).__name__})"


def _guarded_socket(policy: NetworkPolicy, found: AddrInfoType) -> socket.socket:
    family, kind, protocol, _, where = found
    if policy.refusal_of_address(str(where[0])) is not None:
        raise OSError(None, f"{where[0]} is not for pages")
    return socket.socket(family, kind, protocol)


class _GuardedResolver(AbstractResolver):
    """The system's resolver, without addresses that must not be asked: so that no name can stand for them."""

    def __init__(self, policy: NetworkPolicy) -> None:
        self._policy = policy
        self._system = aiohttp.ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await self._system.resolve(host, port, family)
        allowed = [one for one in found if self._policy.refusal_of_address(one["host"]) is None]
        if not allowed:
            raise OSError(None, f"{host} stands for an address that is not for pages")
        return allowed

    async def close(self) -> None:
        await self._system.close()
