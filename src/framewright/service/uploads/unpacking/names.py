"""Names of files in projects: which are taken, and which mean one and the same file to somebody."""

from __future__ import annotations

import unicodedata

from .limits import RefusedError

LONGEST_NAME = 1024
"""Letters of a whole name."""
LONGEST_PART = 255
"""Bytes of one part of it: what file systems take."""
DEEPEST = 32
"""Parts of a name."""
_JUNK = {".DS_Store", "Thumbs.db", "desktop.ini"}


def clean_name(written: str) -> str | None:
    """A name as it is unpacked, with slashes; None: it is the folder itself, or what desktops leave beside files.

    Raises:
        RefusedError: ``NAME_REFUSED`` it could mean something outside of the project, or is too long or deep.
    """
    if not written or len(written) > LONGEST_NAME:
        raise _refused(written, f"names have 1 to {LONGEST_NAME} letters")
    if written.startswith("/") or "\\" in written:
        raise _refused(written, "names are relative, with '/' between their parts")
    try:
        written.encode("utf-8")
    except UnicodeEncodeError:
        raise _refused(written, "names are UTF-8") from None
    # Cc: NUL, line ends and their kin. Cf would take emoji apart.
    if any(unicodedata.category(letter) in {"Cc", "Zl", "Zp"} for letter in written):
        raise _refused(written, "names have no control characters")
    parts = [part for part in written.split("/") if part not in {"", "."}]
    if ".." in parts:
        raise _refused(written, "'..' leads out of the project")
    if len(parts) > DEEPEST:
        raise _refused(written, f"folders are at most {DEEPEST} deep")
    if any(len(part.encode()) > LONGEST_PART for part in parts):
        raise _refused(written, f"each part has at most {LONGEST_PART} bytes")
    if not parts or parts[0] == "__MACOSX" or parts[-1] in _JUNK:
        return None
    return "/".join(parts)


def _refused(written: str, why: str) -> RefusedError:
    shown = ascii(written if len(written) <= 80 else written[:80] + "…")
    return RefusedError("NAME_REFUSED", f"The project has a file named {shown}: {why}.")


class Names:
    """The names of one project, no two of which mean one file: not even on disks that do not tell letters' cases apart."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, bool]] = {}

    def add(self, name: str, *, folder: bool = False) -> None:
        """Take a clean name, and all folders above it.

        Raises:
            RefusedError: ``NAME_TWICE``.
        """
        parts = name.split("/")
        for end in range(1, len(parts)):
            self._take("/".join(parts[:end]), folder=True)
        self._take(name, folder=folder)

    def _take(self, name: str, *, folder: bool) -> None:
        key = unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
        known = self._known.get(key)
        if known is None:
            self._known[key] = (name, folder)
        elif known != (name, True) or not folder:  # a folder may be told of again
            raise RefusedError(
                "NAME_TWICE",
                f"The project has both {known[0]!a} and {name!a}, which are one file on many disks: rename one.",
            )
