"""Tokens: who may use the service. Shown once when they are made; what is kept of them opens nothing."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import re
import secrets
import sqlite3
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict

from framewright.service.desk import Caller
from framewright.service.errors import (
    ConflictError,
    RequestError,
    UnauthorizedError,
    UnavailableError,
    UnknownError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from framewright.service.database import Database

Scope = Literal["read", "write", "admin"]
SCOPES: tuple[Scope, ...] = ("read", "write", "admin")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}\Z")
_TOKEN = re.compile(r"fw_([0-9a-f]{12})_([0-9a-f]{64})\Z")
_DAY = 24 * 3600.0
_LONGEST_DAYS = 36_500.0
_SEEN_EVERY = 60.0
_NOBODY = bytes(32)


class Token(BaseModel):
    """What is told of a token.

    Attributes:
        id: it stands in the token itself.
        expires: None: never.
        used: about when it was last sent; None: never.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    name: str
    scopes: tuple[Scope, ...]
    created: AwareDatetime
    expires: AwareDatetime | None = None
    used: AwareDatetime | None = None


class NewToken(Token):
    """A token that was just made.

    Attributes:
        token: the token itself, which is not kept.
    """

    token: str


class TokenBook:
    """The tokens of one service.

    Args:
        now: seconds since 1970.
    """

    def __init__(self, database: Database, *, now: Callable[[], float] = time.time) -> None:
        self._database = database
        self._now = now

    async def create(
        self, name: str, scopes: Iterable[str], *, days: float | None = None, token: str | None = None
    ) -> NewToken:
        """Make a token.

        Args:
            name: of whom it is for; jobs and uploads belong to it.
            days: for which it is good; None: until it is revoked.
            token: that another service has made, so that this one knows it, too; None: a new one.

        Raises:
            RequestError: ``TOKEN_NAME_INVALID``, ``SCOPE_INVALID``, ``DAYS_INVALID``, ``TOKEN_INVALID``.
            ConflictError: ``TOKEN_EXISTS``.
        """
        if not _NAME.match(name):
            raise RequestError(
                f"'{name[:80]}' is no name for a token: give up to 64 letters, digits and . _ @ -, a letter or digit first.",
                code="TOKEN_NAME_INVALID",
            )
        given = set(scopes)
        wanted = tuple(scope for scope in SCOPES if scope in given)
        if not wanted or len(wanted) < len(given):
            raise RequestError("A scope is one of read, write and admin.", code="SCOPE_INVALID")
        if days is not None and not 0 < days <= _LONGEST_DAYS:
            raise RequestError(
                "A token is good for more than 0 days, and at most 36500: leave the days out for one without an end.",
                code="DAYS_INVALID",
            )
        given_token = None if token is None else _TOKEN.match(token)
        if token is not None and given_token is None:
            raise RequestError("What was given is no token: they begin with fw_.", code="TOKEN_INVALID")
        created = self._now()
        expires = None if days is None else created + days * _DAY
        identity, secret = (
            given_token.groups() if given_token else (secrets.token_hex(6), secrets.token_hex(32))
        )
        row = (identity, name, _digest(secret), " ".join(wanted), created, expires, None)

        def write(db: sqlite3.Connection) -> None:
            db.execute("INSERT INTO tokens VALUES (?, ?, ?, ?, ?, ?, ?)", row)

        try:
            await self._database.run(write)
        except sqlite3.IntegrityError as error:
            raise ConflictError(
                f"There is a token '{name}' already, or this one is known: revoke it first, or give another name.",
                code="TOKEN_EXISTS",
            ) from error
        return NewToken(
            id=identity,
            name=name,
            scopes=wanted,
            created=_time(created),
            expires=None if expires is None else _time(expires),
            token=f"fw_{identity}_{secret}",
        )

    async def all(self) -> tuple[Token, ...]:
        """All tokens, by name."""
        rows = await self._database.run(
            lambda db: db.execute("SELECT * FROM tokens ORDER BY name").fetchall()
        )
        return tuple(_token(row) for row in rows)

    async def revoke(self, name: str) -> Token:
        """Have a token open nothing any more, at once.

        Args:
            name: or the id.

        Raises:
            UnknownError: ``TOKEN_UNKNOWN``.
        """
        row = await self._database.run(
            lambda db: db.execute(
                "DELETE FROM tokens WHERE name = ? OR id = ? RETURNING *", (name, name)
            ).fetchone()
        )
        if row is None:
            raise UnknownError(
                f"There is no token '{name[:80]}': 'framewright tokens list' tells them.",
                code="TOKEN_UNKNOWN",
            )
        return _token(row)

    async def caller(self, written: str) -> Caller:
        """Whose token it is.

        Raises:
            UnauthorizedError: ``TOKEN_UNKNOWN``, ``TOKEN_EXPIRED``. UnavailableError: ``DATABASE_FAILED``.
        """
        parts = _TOKEN.match(written)
        now = self._now()
        try:
            row = None if parts is None else await self._database.run(lambda db: _looked_up(db, parts[1]))
        except sqlite3.Error as error:
            raise UnavailableError(
                f"The service's database does not answer: {error}.", code="DATABASE_FAILED"
            ) from error
        # As long for one that is not there, so that time tells nobody which ids are.
        right = hmac.compare_digest(
            _digest(parts[2] if parts else ""), bytes(row["digest"]) if row is not None else _NOBODY
        )
        if row is None or not right:
            raise UnauthorizedError(
                "The token is not known: it was revoked, or is no token of this service.",
                code="TOKEN_UNKNOWN",
            )
        if row["expires"] is not None and row["expires"] <= now:
            raise UnauthorizedError(
                f"The token '{row['name']}' has expired: have a new one made.", code="TOKEN_EXPIRED"
            )
        if (row["used"] or 0) < now - _SEEN_EVERY:
            # A full disk keeps nobody out.
            with contextlib.suppress(sqlite3.Error):
                await self._database.run(
                    lambda db: db.execute("UPDATE tokens SET used = ? WHERE id = ?", (now, row["id"]))
                )
        return Caller(row["name"], frozenset(row["scopes"].split()))


def _looked_up(db: sqlite3.Connection, identity: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = db.execute("SELECT * FROM tokens WHERE id = ?", (identity,)).fetchone()
    return row


def _digest(secret: str) -> bytes:
    # 256 random bits need no slow hash: there is nothing to guess.
    return hashlib.sha256(secret.encode()).digest()


def _token(row: sqlite3.Row) -> Token:
    return Token(
        id=row["id"],
        name=row["name"],
        scopes=tuple(row["scopes"].split()),
        created=_time(row["created"]),
        expires=None if row["expires"] is None else _time(row["expires"]),
        used=None if row["used"] is None else _time(row["used"]),
    )


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
