"""The folder of a service: its own alone, and one service's at a time."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from framewright.model.errors import SetupError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DATABASE = "service.sqlite3"
SECRET = "secret"  # noqa: S105 -- the name of a file
_LOCK = "lock"


def make_data_folder(folder: Path) -> None:
    """Make it where it is not there; nobody else looks into it.

    Raises:
        SetupError: ``DATA_UNWRITABLE``.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder.stat().st_mode & 0o077:
            folder.chmod(0o700)
        if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
            raise PermissionError(None, "it may not be written")
    except OSError as error:
        raise SetupError(
            f"The service's folder {folder} cannot be used: {error.strerror}. Give another one with --data.",
            code="DATA_UNWRITABLE",
        ) from error


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep other services out of a folder. The lock ends with this process, however that ends.

    Raises:
        SetupError: ``DATA_LOCKED``, ``DATA_UNWRITABLE``.
    """
    path = folder / _LOCK
    try:
        # Not inherited: a child that outlives us must not hold it.
        lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise SetupError(
            f"The file {path} cannot be opened: {error.strerror}.", code="DATA_UNWRITABLE"
        ) from error
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise SetupError(
                f"Another service works in {folder}: stop it, or give this one a folder of its own with --data.",
                code="DATA_LOCKED",
            ) from error
        yield
    finally:
        os.close(lock)
