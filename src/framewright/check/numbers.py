"""Numbers and references in attributes, read as the page's runtime reads them."""

from __future__ import annotations

import math
import re

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?", re.IGNORECASE)
_WITH_UNIT = re.compile(r"([+-]?(?:\d+(?:[.,]\d*)?|\.\d+))\s*(s|sec|secs|seconds?|ms)?", re.IGNORECASE)
_PIXELS = re.compile(r"\s*(\d+(?:\.0*)?)(?:px)?\s*")
_REFERENCE = re.compile(r"(.+?)\s+([+-])\s+(\d+\.?\d*|\.\d+)", re.DOTALL)


def number(written: str | None) -> float | None:
    """A finite number; None for everything else, also for nothing."""
    text = (written or "").strip()
    if not _NUMBER.fullmatch(text):
        return None
    value = float(text)
    return value if math.isfinite(value) else None


def meant_seconds(written: str) -> float | None:
    """What ``2s``, ``500ms`` or ``1,5`` would mean, if units and commas were understood; None when it is none of these."""
    match = _WITH_UNIT.fullmatch(written.strip())
    if match is None or number(written) is not None:
        return None
    value = float(match[1].replace(",", "."))
    return value / 1000 if (match[2] or "").lower() == "ms" else value


def pixels(written: str) -> int | None:
    """Whole pixels above 0, also with ``px`` behind; None for everything else."""
    match = _PIXELS.fullmatch(written)
    return int(float(match[1])) or None if match else None


def referred(written: str) -> str:
    """The id in a reference such as ``intro``, ``intro + 2`` or ``intro - 0.5``."""
    match = _REFERENCE.fullmatch(written.strip())
    return match[1] if match else written.strip()
