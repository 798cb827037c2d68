"""The service's SQLite file: one thread of its own, so that no request waits for a disk in the event loop."""

from __future__ import annotations

import asyncio
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from typing import TYPE_CHECKING, TypeVar

from framewright.model.errors import SetupError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Self

VERSION = 1
"""Of the schema; a file of a later one is refused."""
_BUSY_SECONDS = 10.0

_Result = TypeVar("_Result")


class Database:
    """An async context manager around one file. Whatever is asked of it happens one after the other.

    Args:
        path: made when it is not there; its folder must be.

    Raises:
        SetupError: ``DATABASE_FAILED`` it cannot be opened; ``DATABASE_NEWER`` a later version has written it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="database")
        self._connection: sqlite3.Connection | None = None

    async def __aenter__(self) -> Self:
        try:
            await self._in_thread(self._open)
        except sqlite3.Error as error:
            self._thread.shutdown()
            raise SetupError(
                f"{self._path} cannot be opened as the service's database: {error}. Give another folder with --data.",
                code="DATABASE_FAILED",
            ) from error
        except BaseException:
            self._thread.shutdown()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._in_thread(self._close)
        self._thread.shutdown()

    async def run(self, work: Callable[[sqlite3.Connection], _Result]) -> _Result:
        """Have ``work`` done in one transaction: all of it, or nothing where it raises.

        Once begun it is done, also where the caller is cancelled meanwhile.
        """
        return await self._in_thread(lambda: self._transaction(work))

    def _transaction(self, work: Callable[[sqlite3.Connection], _Result]) -> _Result:
        connection = self._connection
        assert connection is not None
        connection.execute("BEGIN IMMEDIATE")
        try:
            result = work(connection)
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")
        return result

    async def _in_thread(self, work: Callable[[], _Result]) -> _Result:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _open(self) -> None:
        connection = sqlite3.connect(
            self._path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            self._prepare(connection)
        except BaseException:
            connection.close()
            raise
        self._connection = connection
        self._path.chmod(0o600)

    def _prepare(self, connection: sqlite3.Connection) -> None:
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode = WAL")
        # A power cut may cost the last moments of a story, never the file: SQLite's documentation of WAL.
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > VERSION:
            raise SetupError(
                f"{self._path} was written by a later version of Framewright: install that one, or give another folder "
                "with --data.",
                code="DATABASE_NEWER",
            )
        if version < VERSION:
            written = files("framewright.service").joinpath("schema.sql").read_text(encoding="utf-8")
            connection.executescript(f"BEGIN IMMEDIATE; {written} PRAGMA user_version = {VERSION}; COMMIT;")

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
