"""Takes the service's own folders out of what a runner says: where things lie on the machine is nobody's business."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


class Hiding:
    """Names that are given relative to the folders that they lie in.

    Args:
        folders: absolute ones; the inner ones of nested folders come first.
    """

    def __init__(self, folders: Iterable[Path | str]) -> None:
        texts = [text for text in map(str, folders) if len(text) > 1]
        self._texts = [pair for text in texts for pair in ((f"{text}/", ""), (text, "."))]
        # A path within a JSON text has its backslashes, quotes and controls escaped.
        self._lines = [
            (json.dumps(text, ensure_ascii=False)[1:-1].encode("utf-8", "surrogateescape"), put.encode())
            for text, put in self._texts
        ]

    def of_text(self, text: str) -> str:
        """A text without them."""
        for found, put in self._texts:
            text = text.replace(found, put)
        return text

    def of_line(self, line: bytes) -> bytes:
        """A line of JSON without them."""
        for found, put in self._lines:
            line = line.replace(found, put)
        return line
