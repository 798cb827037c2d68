"""Whose the kept plans are, and when each was used last."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

    from framewright.service.database import Database
    from framewright.service.desk import Caller

_FRESH_SECONDS = 60.0
"""A use that was noted so lately is not noted again: a plan of ten thousand chunks is asked for often."""


class PlanBook:
    """The table of plans.

    Args:
        database: of the service.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, digest: str, owner: str, name: str) -> bool:
        """Note that a plan is this owner's; whether that is new."""
        now = time.time()

        def work(connection: sqlite3.Connection) -> bool:
            changed = connection.execute(
                "INSERT INTO plans (digest, owner, name, created, used) VALUES (?, ?, ?, ?, ?) "
                "ON CONFLICT (digest, owner) DO NOTHING",
                (digest, owner, name, now, now),
            )
            return changed.rowcount > 0

        return await self._database.run(work)

    async def use(self, digest: str, caller: Caller) -> str | None:
        """Note that a plan is used; what its owner calls it. None: it is not the caller's, or there is none."""
        now = time.time()

        def work(connection: sqlite3.Connection) -> str | None:
            rows = connection.execute(
                "SELECT owner, name, used FROM plans WHERE digest = ?", (digest,)
            ).fetchall()
            mine = [row for row in rows if caller.sees_all or row["owner"] == caller.name]
            if not mine:
                return None
            # Who sees all has one of his own perhaps.
            row = next((one for one in mine if one["owner"] == caller.name), mine[0])
            if row["used"] < now - _FRESH_SECONDS:
                connection.execute("UPDATE plans SET used = ? WHERE digest = ?", (now, digest))
            return str(row["name"])

        return await self._database.run(work)

    async def by_use(self) -> list[tuple[str, float]]:
        """All plans with the time of their last use, the one that was used longest ago first."""
        return await self._database.run(
            lambda connection: [
                (row[0], row[1])
                for row in connection.execute(
                    "SELECT digest, MAX(used) AS used FROM plans GROUP BY digest ORDER BY used"
                )
            ]
        )

    async def forget(self, digest: str) -> None:
        """A plan is nobody's any more."""

        def work(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM plans WHERE digest = ?", (digest,))

        await self._database.run(work)
