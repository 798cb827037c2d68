"""Where a service is, and the token that opens it: checked once, and never shown."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from pydantic import SecretStr

from framewright.model.errors import UsageError

_TOKEN = re.compile(r"[\x21-\x7e]{1,4096}")


@dataclass(frozen=True, slots=True)
class Address:
    """A service.

    Attributes:
        base: its address without a slash at the end; it may lie below a path of a proxy.
        token: None: it needs none.
    """

    base: str
    token: SecretStr | None = None

    @classmethod
    def read(cls, url: str, token: str | None = None) -> Self:
        """From what people write.

        Raises:
            UsageError: ``SERVER_INVALID``, ``TOKEN_INVALID``; what was given for a token is not repeated.
        """
        base = url.strip().rstrip("/")
        try:
            parts = urlsplit(base)
            usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
        except ValueError:
            usable = False
        if not usable or any(letter.isspace() for letter in base):
            raise UsageError(
                "The address of the service is none of http or https: give one such as http://127.0.0.1:8080.",
                code="SERVER_INVALID",
            )
        if parts.username is not None or parts.password is not None:
            raise UsageError(
                f"The address of the service at {parts.hostname} has a password in it: leave it out, and give a token.",
                code="SERVER_INVALID",
            )
        if parts.query or parts.fragment:
            raise UsageError(
                f"The address of the service at {parts.hostname} goes on behind its path: give what stands before ? and #.",
                code="SERVER_INVALID",
            )
        if token is not None and not _TOKEN.fullmatch(token):
            raise UsageError(
                "The token cannot be sent: it is empty, or has blanks or letters in it that no token has.",
                code="TOKEN_INVALID",
            )
        return cls(base, None if token is None else SecretStr(token))

    @property
    def headers(self) -> dict[str, str]:
        """What shows the service who asks."""
        return {} if self.token is None else {"Authorization": f"Bearer {self.token.get_secret_value()}"}
