"""What the environment of a process tells that none of its children needs to know."""

from __future__ import annotations

import os

_SECRET = (
    "FRAMEWRIGHT_TEMPORAL_",
    "FRAMEWRIGHT_SERVICE_",
    "FRAMEWRIGHT_SERVER_",
    "AWS_",
    "AZURE_",
    "GOOGLE_",
    "OTEL_",
)


def public_environment() -> dict[str, str]:
    """The environment without the ways and keys to servers and stores: whoever draws strangers' pages speaks to neither."""
    return {name: value for name, value in os.environ.items() if not name.startswith(_SECRET)}
