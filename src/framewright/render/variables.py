"""Reading the variables that a caller gives: a mapping, a JSON text, or the name of a file that holds one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from framewright.model.errors import UsageError
from framewright.model.variables import MOST_BYTES, check_variables, parse_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import JsonValue

_OPTION = "--variables"


def read_variables(wish: Mapping[str, JsonValue] | str) -> dict[str, JsonValue]:
    """The values by their ids.

    Args:
        wish: a mapping; a JSON object as text; or ``@`` and the name of a file that holds one.

    Raises:
        UsageError: ``VARIABLES_INVALID`` when it is no JSON object, ``VARIABLES_UNREADABLE`` when the file is not there.
    """
    if not isinstance(wish, str):
        return check_variables(wish, _OPTION)
    if not wish.startswith("@"):
        return check_variables(parse_json(wish, _OPTION), _OPTION)
    said = f"{_OPTION} {wish}"
    return check_variables(parse_json(read_text(wish[1:], said, most=MOST_BYTES), said), said)


def read_text(name: str, said: str, *, most: int) -> str:
    """What a file of at most so many bytes holds.

    Raises:
        UsageError: ``VARIABLES_UNREADABLE`` when it cannot be read, is longer, or is no UTF-8.
    """
    try:
        with Path(name).expanduser().open("rb") as file:
            content = file.read(most + 1)
    except (OSError, ValueError, RuntimeError) as error:  # a NUL in the name; no such user
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"{said} cannot be read: {reason}.", code="VARIABLES_UNREADABLE") from error
    if len(content) > most:
        raise UsageError(
            f"{said} is longer than the {most // 2**20} MiB that are read.", code="VARIABLES_UNREADABLE"
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{said} is no UTF-8 text: save it in that encoding.", code="VARIABLES_UNREADABLE"
        ) from error
