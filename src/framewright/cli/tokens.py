"""``framewright tokens create|list|revoke``: who may use a render service, also while it runs."""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rich.text import Text

from framewright.cli.console import hanging, line, people_console
from framewright.model.errors import ExitCode, UsageError
from framewright.service.data_folder import DATABASE, make_data_folder
from framewright.service.database import Database
from framewright.service.settings import ServiceSettings
from framewright.service.tokens import TokenBook

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from pathlib import Path
    from typing import TypeVar

    from framewright.service.tokens import Token

    _Result = TypeVar("_Result")

_USUAL = ("read", "write")


def run_tokens_create(
    name: str,
    scopes: Sequence[str] | None,
    *,
    days: float | None,
    token_file: Path | None,
    data: Path | None,
    as_json: bool,
) -> int:
    """Make a token; stdout gets the token alone, and none that was made elsewhere.

    Returns:
        The exit code 0.

    Raises:
        ServiceError: what cannot be made, or is there already. SetupError: the folder cannot be used.
        UsageError: ``TOKEN_INVALID`` the file cannot be read.
    """
    token = None if token_file is None else _token_in(token_file)
    made = _with_book(data, lambda book: book.create(name, scopes or _USUAL, days=days, token=token))
    if as_json:
        told = made.model_dump_json(indent=2, exclude=None if token is None else {"token"})
        sys.stdout.write(f"{told}\n")
        return ExitCode.DONE
    if token is None:
        sys.stdout.write(f"{made.token}\n")
    until = "" if made.expires is None else f", until {made.expires:%Y-%m-%d %H:%M} UTC"
    what = (
        "Keep it: it is shown this once. It"
        if token is None
        else f"The token '{name}' is known here, too. It"
    )
    line(people_console(), f"{what} may {_may(made)}{until}.", style="dim")
    return ExitCode.DONE


def run_tokens_list(*, data: Path | None, as_json: bool) -> int:
    """Say which tokens there are.

    Returns:
        The exit code 0.

    Raises:
        SetupError: the folder cannot be used.
    """
    found = _with_book(data, lambda book: book.all())
    if as_json:
        told = [token.model_dump(mode="json") for token in found]
        sys.stdout.write(f"{json.dumps(told, indent=2)}\n")
        return ExitCode.DONE
    console = people_console(sys.stdout)
    if not found:
        line(console, "There are no tokens; 'framewright tokens create NAME' makes one.")
    for token in found:
        hanging(console, _mark(token), Text.assemble((token.name, "bold"), f"  {_facts(token)}"))
    return ExitCode.DONE


def run_tokens_revoke(name: str, *, data: Path | None, as_json: bool) -> int:
    """Take a token back.

    Returns:
        The exit code 0.

    Raises:
        UnknownError: ``TOKEN_UNKNOWN``. SetupError: the folder cannot be used.
    """
    gone = _with_book(data, lambda book: book.revoke(name))
    if as_json:
        sys.stdout.write(f"{gone.model_dump_json(indent=2)}\n")
    else:
        line(people_console(sys.stdout), f"The token '{gone.name}' opens nothing any more.")
    return ExitCode.DONE


def _with_book(data: Path | None, work: Callable[[TokenBook], Awaitable[_Result]]) -> _Result:
    folder = ServiceSettings.read(data=data).data_folder

    async def done() -> _Result:
        make_data_folder(folder)
        async with Database(folder / DATABASE) as database:
            return await work(TokenBook(database))

    return asyncio.run(done())


def _token_in(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise UsageError(
            f"The file {path} of --token-file cannot be read: {reason}.", code="TOKEN_INVALID"
        ) from error


def _mark(token: Token) -> Text:
    return Text("○", style="dim") if _over(token) else Text("●", style="green")


def _over(token: Token) -> bool:
    return token.expires is not None and token.expires <= datetime.now(UTC)


def _facts(token: Token) -> str:
    used = "never used" if token.used is None else f"last used {token.used:%Y-%m-%d %H:%M}"
    ends = (
        "" if token.expires is None else f", {'ended' if _over(token) else 'until'} {token.expires:%Y-%m-%d}"
    )
    return f"{token.id}, may {_may(token)}, made {token.created:%Y-%m-%d}, {used}{ends}"


def _may(token: Token) -> str:
    return " and ".join(token.scopes)
