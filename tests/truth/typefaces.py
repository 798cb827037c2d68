"""Font files for tests: installed ones, and copies under another name."""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING

from framewright.browser import find_fonts
from framewright.model.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path


@cache
def face(name: str) -> bytes:
    """The bytes of an installed file of a family that we bring, such as ``Tinos-Regular.ttf``."""
    found = [file for file in find_fonts(Settings()).files if file.name == name]
    assert found, f"{name} is not installed: run make setup"
    return found[0].read_bytes()


def renamed(name: str, old: str, new: str) -> bytes:
    """An installed file whose family has another name of the same length, so that no table moves."""
    assert len(old) == len(new)
    written = face(name)
    for encoding in ("utf-16-be", "latin-1"):
        written = written.replace(old.encode(encoding), new.encode(encoding))
    return written


def install(folder: Path, **files: bytes) -> Path:
    """Put font files where a user installs them, below a home of one's own; ``A_ttf`` becomes ``A.ttf``."""
    fonts = folder / "fonts"
    os.makedirs(fonts, exist_ok=True)
    for name, content in files.items():
        (fonts / name.replace("_ttf", ".ttf")).write_bytes(content)
    return folder
