"""A page that stands somewhere on the web, named by its address."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from framewright.model.errors import UsageError

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]+):(?=//)", re.IGNORECASE)
_USUAL_PORTS = {"http": ":80", "https": ":443"}


@dataclass(frozen=True, slots=True)
class Site:
    """A composition on the web.

    Attributes:
        url: the page's address.
    """

    url: str

    @property
    def origin(self) -> str:
        """Such as ``https://example.org``, as browsers write it: small letters, and no port that goes without saying."""
        parts = urlsplit(self.url)
        origin = f"{parts.scheme}://{parts.netloc.lower()}"
        return origin.removesuffix(_USUAL_PORTS[parts.scheme])

    def address(self, origin: str) -> str:
        """Where the page stands; there is no file server whose origin would matter."""
        del origin
        return self.url


def is_address(composition: str) -> bool:
    """Whether a composition is named by an address, not by a path."""
    return _SCHEME.match(composition) is not None


def open_site(address: str) -> Site:
    """See that an address is one of the web. Nothing is fetched yet.

    Raises:
        UsageError: ``URL_UNSUPPORTED`` it is not of http or https, or has a password in it; ``URL_INVALID`` no host stands in it, or nonsense.
    """
    match = _SCHEME.match(address)
    if match is None or match[1].lower() not in _USUAL_PORTS:
        raise UsageError(
            f"{address} is no web address: give one of http or https, or the path of a page.",
            code="URL_UNSUPPORTED",
        )
    url = f"{match[1].lower()}{address[match.end(1) :]}"
    try:
        parts = urlsplit(url)
        if parts.username is not None or parts.password is not None:
            raise UsageError(
                f"The address of {parts.hostname} has a password in it, and such pages are not opened: serve the page without one.",
                code="URL_UNSUPPORTED",
            )
        wrong = parts.hostname is None or parts.port == 0 or re.search(r"[\x00-\x20\x7f<>\"\\]", url)
    except ValueError:  # a port that is no number, a bracket that is not closed
        wrong = True
    if wrong:
        raise UsageError(
            f"{address!r} is no address: write it like https://example.org/page.", code="URL_INVALID"
        )
    return Site(url)
