"""The values that take the place of what a composition declares: any JSON, by the ids of its variables."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

from framewright.model.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import JsonValue

MOST_BYTES = 4 * 2**20
"""Every frame of a page is told all of them: more belongs into a file that the page fetches."""


def check_variables(values: object, said: str) -> dict[str, JsonValue]:
    """A copy of ``values``, once they are known to be an object that JSON can hold.

    Args:
        values: what a caller gave, or what a file holds.
        said: how people would call it: ``--variables``, ``Row 3``.

    Raises:
        UsageError: ``VARIABLES_INVALID``.
    """
    if not hasattr(values, "items"):
        raise UsageError(
            f'{said} must be a JSON object such as {{"title": "Hello"}}, and is {_spoken(values)}.',
            code="VARIABLES_INVALID",
        )
    own = dict(cast("Mapping[object, object]", values))
    nameless = next((key for key in own if not isinstance(key, str)), None)
    if nameless is not None:
        raise UsageError(
            f"{said} has {nameless!r} for the id of a variable: use texts.", code="VARIABLES_INVALID"
        )
    try:
        text = json.dumps(own, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise UsageError(
            f"{said} holds a value that JSON cannot hold: {_reason(error)}.", code="VARIABLES_INVALID"
        ) from error
    if len(text) > MOST_BYTES:
        raise UsageError(
            f"{said} holds {len(text)} bytes, and variables may have {MOST_BYTES}: let the page fetch a file instead.",
            code="VARIABLES_INVALID",
        )
    return cast("dict[str, JsonValue]", json.loads(text))


def parse_json(text: str, said: str) -> JsonValue:
    """What a JSON text holds.

    Raises:
        UsageError: ``VARIABLES_INVALID``, also for the ``NaN`` and ``Infinity`` that Python's reader lets through.
    """
    try:
        return cast("JsonValue", json.loads(text, parse_constant=_refuse_constant))
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{said} is no JSON: {_reason(error)}.", code="VARIABLES_INVALID") from error


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")


def _reason(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        # Some of Python's sentences end in "at" already, for a number of characters that follows.
        return f"{error.msg.rstrip('.').removesuffix(' at')} at line {error.lineno} column {error.colno}"
    return "it is nested too deeply" if isinstance(error, RecursionError) else str(error)


def _spoken(value: object) -> str:
    kinds = {list: "a list", tuple: "a list", str: "a text", bool: str(value).lower(), type(None): "null"}
    return kinds.get(type(value), str(value) if isinstance(value, int | float) else type(value).__name__)
