"""What things in a store may be called, and where its blobs stand."""

from __future__ import annotations

import re
import unicodedata

from framewright.stores.blobs import PARTIAL

BLOBS = "blobs/"
"""How the names of all blobs begin, and of nothing else."""

_DIGEST = re.compile(r"[0-9a-f]{64}")
_LONGEST_PART = 200


def blob_name(digest: str) -> str:
    """Where a blob stands: ``blobs/<aa>/<digest>``.

    Raises:
        ValueError: that is no BLAKE3 digest in hexadecimal.
    """
    if _DIGEST.fullmatch(digest) is None:
        raise ValueError(f"'{digest}' is no digest")
    return f"{BLOBS}{digest[:2]}/{digest}"


def is_name(name: str) -> bool:
    """Whether every kind of store can keep something under this name."""
    return all(_is_part(part) for part in name.split("/"))


def document_name(name: str) -> str:
    """The name of a document, as it is.

    Raises:
        ValueError: no document can be called so.
    """
    if not is_name(name) or name.startswith(BLOBS):
        raise ValueError(f"no document can be called {name!r}")
    return name


def _is_part(part: str) -> bool:
    if part in {"", ".", ".."} or part.startswith(PARTIAL):
        return False
    if any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in part):
        return False
    return len(part.encode()) <= _LONGEST_PART
