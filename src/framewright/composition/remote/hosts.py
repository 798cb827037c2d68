"""What the host of an address stands for, however it is spelled: digits have many spellings, and all of them connect."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from urllib.parse import unquote

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
# What of the other protocol stands in the last 32 bits: addresses of translators (RFC 6052), and old forms (RFC 4291).
_TRANSLATED = tuple(ipaddress.IPv6Network(one) for one in ("64:ff9b::/96", "::ffff:0:0:0/96"))
_COMPATIBLE = ipaddress.IPv6Network("::/96")


def plain_name(host: str) -> str:
    """A host as the network sees it: small letters, full-width ones made plain, escapes undone, no dot at its end."""
    plain = unicodedata.normalize("NFKC", unquote(host)).replace("。", ".")
    return plain.lower().rstrip(".")


def address_of(host: str) -> Address | None:
    """The address that a host's letters stand for; None: it is a name.

    As browsers read it (the IPv4 parser of https://url.spec.whatwg.org), and C libraries: ``127.1``, ``0x7f000001``,
    ``0177.0.0.1`` and ``2130706433`` are one and the same.

    Raises:
        ValueError: its end is a number, so that it is no name, and it is no address either.
    """
    plain = plain_name(host).strip("[]").partition("%")[0]
    if ":" in plain:
        return _unwrapped(ipaddress.IPv6Address(plain))
    parts = plain.split(".")
    if _NUMBER.fullmatch(parts[-1]) is None:
        return None
    numbers = [_number(part) for part in parts]
    *first, last = numbers
    if len(parts) > 4 or any(number > 255 for number in first) or last >= 256 ** (5 - len(parts)):
        raise ValueError(f"{host} is no address")
    return ipaddress.IPv4Address(last + sum(number << (24 - 8 * place) for place, number in enumerate(first)))


def _number(part: str) -> int:
    if _NUMBER.fullmatch(part) is None:
        raise ValueError(f"{part!r} is no number")
    if part.startswith("0x"):
        return int(part[2:] or "0", 16)
    return int(part, 8) if len(part) > 1 and part.startswith("0") else int(part)


def _unwrapped(address: ipaddress.IPv6Address) -> Address:
    """The address of the older protocol that one of the newer stands for, where it does."""
    inner = address.ipv4_mapped or address.sixtofour
    if inner is not None:
        return inner
    compatible = address in _COMPATIBLE and int(address) > 1
    if compatible or any(address in network for network in _TRANSLATED):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address
