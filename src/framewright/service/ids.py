"""Names of jobs, uploads and deliveries that nobody guesses."""

from __future__ import annotations

import base64
import secrets


def new_id() -> str:
    """128 random bits, as :data:`~framewright.model.job_request.ID_PATTERN` has them."""
    return base64.b32encode(secrets.token_bytes(16)).decode("ascii").rstrip("=").lower()
