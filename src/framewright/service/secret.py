"""The service's own secret: made once, kept in its folder for data, and never shown to anybody."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
from typing import TYPE_CHECKING

from framewright.model.errors import SetupError

if TYPE_CHECKING:
    from pathlib import Path

_BYTES = 32


def read_secret(path: Path) -> bytes:
    """The secret in a file, which is made where it is not there.

    Raises:
        SetupError: ``SECRET_INVALID`` the file cannot be read or written, or holds no secret of ours.
    """
    try:
        # Written aside and linked, so that nobody ever reads half of it; of two who make it, the first one counts.
        if not path.exists():
            aside = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
            with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(secrets.token_bytes(_BYTES))
            with contextlib.suppress(FileExistsError):
                os.link(aside, path)
            aside.unlink()
        found = path.read_bytes()
    except OSError as error:
        raise SetupError(
            f"The service's secret {path} cannot be used: {error.strerror}.", code="SECRET_INVALID"
        ) from error
    if len(found) != _BYTES:
        raise SetupError(
            f"The file {path} holds no secret of the service: remove it, and a new one is made.",
            code="SECRET_INVALID",
        )
    return found


def derived(secret: bytes, purpose: str) -> bytes:
    """A key for one purpose: whoever learns it knows none of the others."""
    return hmac.new(secret, purpose.encode(), hashlib.sha256).digest()
