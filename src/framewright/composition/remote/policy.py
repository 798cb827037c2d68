"""Which addresses may be fetched: the one place that says so."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

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
    """

    private: bool = True

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
        if host.rstrip(".").lower() in _METADATA:
            return "the machine's metadata are not for pages"
        try:
            return self.refusal_of_address(host)
        except ValueError:
            return None  # a name: its addresses are judged once they are known

    def refusal_of_address(self, address: str) -> str | None:
        """As :meth:`refusal`, for the digits that a host's name stands for.

        Raises:
            ValueError: it is no address of digits.
        """
        found = ipaddress.ip_address(address.partition("%")[0])
        mapped = getattr(found, "ipv4_mapped", None)
        found = mapped or found
        if found.is_link_local or found in _METADATA_ADDRESSES:
            return "the machine's metadata are not for pages"
        if not self.private and not found.is_global:
            return "private networks are not for pages"
        if found.is_multicast or (found.is_unspecified and not self.private):
            return "no host has such an address"
        return None
