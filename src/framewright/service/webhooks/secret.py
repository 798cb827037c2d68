"""The secret that signs messages: the operator's, or one that is made once and lies in the data folder."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING

from framewright.model.errors import SetupError

if TYPE_CHECKING:
    from pathlib import Path

    from framewright.service.settings import ServiceSettings

SECRET_FILE = "webhook-secret"  # noqa: S105 -- the name of a file
_SHORTEST = 16


def read_webhook_secret(settings: ServiceSettings) -> str:
    """The secret of this installation; it blocks.

    Raises:
        SetupError: ``WEBHOOK_SECRET``.
    """
    path = settings.webhook_secret_file or settings.data_folder / SECRET_FILE
    try:
        if settings.webhook_secret_file is None and not path.exists():
            _make(path)
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SetupError(
            f"The secret of webhooks cannot be read from {path}: {error}.", code="WEBHOOK_SECRET"
        ) from error
    secret = lines[0].strip() if lines else ""
    if len(secret) < _SHORTEST:
        raise SetupError(
            f"The first line of {path} is no secret for webhooks: write at least {_SHORTEST} letters that nobody guesses.",
            code="WEBHOOK_SECRET",
        )
    return secret


def _make(path: Path) -> None:
    partial = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
    with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(f"{secrets.token_urlsafe(32)}\n")
    partial.replace(path)
