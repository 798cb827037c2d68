"""Which addresses may be fetched: the one place that says so."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from framewright.composition.remote.hosts import address_of, plain_name

if TYPE_CHECKING:
    from typing import Self

    from framewright.composition.remote.hosts import Address
    from framewright.model.settings import PageNetwork

# Where clouds tell a machine its credentials, beside the link-local range.
_METADATA = frozenset({"metadata.google.internal", "metadata", "instance-data"})
_METADATA_ADDRESSES = frozenset(
    ipaddress.ip_address(one)
    for one in ("169.254.169.254", "fd00:ec2::254", "100.100.100.200", "192.0.0.192")
)


@dataclass(frozen=True, slots=True)
class NetworkPolicy:
    """What the machine that fetches may reach.

    Attributes:
        private: loopback and private networks too: right for authors on their own machine, wrong for strangers' pages.
        closed: nothing but the site.
        site: the origin of a composition that itself comes from the web.
    """

    private: bool = True
    closed: bool = False
    site: str | None = None

    @classmethod
    def of(cls, network: PageNetwork, site: str | None = None) -> Self:
        """The policy of a setting. A site counts as public where pages reach nothing else."""
        return cls(private=network == "any", closed=network == "none", site=site)

    def refusal(self, url: str) -> str | None:
        """Why an address must not be asked, as the end of a sentence; None when it may, as far as its letters tell."""
        try:
            parts = urlsplit(url)
            host, _ = parts.hostname, parts.port
        except ValueError:
            return "it is no valid address"
        if parts.scheme not in {"http", "https"}:
            return "only http and https are fetched"
        if not host:
            return "it names no host"
        if parts.username is not None or parts.password is not None:
            return "addresses with passwords are not fetched"
        name = plain_name(host)
        if name in _METADATA:
            return "the machine's metadata are not for pages"
        if not self.private and (name == "localhost" or name.endswith(".localhost")):
            return "private networks are not for pages"
        if self.closed and not (self.site is not None and url.startswith(f"{self.site}/")):
            return "pages reach no network here"
        try:
            found = address_of(host)
        except ValueError:
            return "it is no valid address"
        # A name's addresses are judged once they are known.
        return None if found is None else self._refusal_of(found)

    def refusal_of_address(self, address: str) -> str | None:
        """As :meth:`refusal`, for the digits that a host's name stands for.

        Raises:
            ValueError: it is no address of digits.
        """
        found = address_of(address)
        if found is None:
            raise ValueError(f"{address} is a name")
        return self._refusal_of(found)

    def _refusal_of(self, found: Address) -> str | None:
        if found.is_link_local or found in _METADATA_ADDRESSES:
            return "the machine's metadata are not for pages"
        inner = not found.is_global or getattr(found, "is_site_local", False)
        if not self.private and inner:
            return "private networks are not for pages"
        if found.is_multicast or (found.is_unspecified and not self.private):
            return "no host has such an address"
        return None
