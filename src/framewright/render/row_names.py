"""Naming the videos of a batch: a template such as ``out/{name}-{index}.mp4``, filled from each row."""

from __future__ import annotations

import os
import re
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

from framewright.model.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pydantic import JsonValue

_TOKEN = re.compile(r"\{\{|\}\}|\{(?P<field>[^{}:]+)(?::0?(?P<digits>\d{1,2}))?\}|[{}]")
# What separates folders or streams, or means something to a shell or to another system; dots count with it at an end,
# where they would hide the file or lead to the folder above.
_UNSAFE = r'[\\/:*?"<>|\s]'
_ENDS = re.compile(rf"^(?:{_UNSAFE}|\.)+|(?:{_UNSAFE}|\.)+$")
_INSIDE = re.compile(rf"{_UNSAFE}(?:{_UNSAFE}|\.)*")
_LONGEST = 100
_INDEX = "index"


def fields_of(template: str) -> frozenset[str]:
    """The fields that a template asks for, ``index`` among them.

    Raises:
        UsageError: ``TEMPLATE_INVALID`` when a brace stands alone.
    """
    found = set()
    for token in _TOKEN.finditer(template):
        if token["field"] is not None:
            found.add(token["field"])
        elif token[0] in "{}":
            raise UsageError(
                f"The brace at position {token.start() + 1} of -o {template} stands alone: write {{name}} for a field, "
                "and {{ or }} for a brace.",
                code="TEMPLATE_INVALID",
            )
    return frozenset(found)


def name_outputs(template: str, rows: Sequence[Mapping[str, JsonValue]]) -> tuple[Path, ...]:
    """The output of each row. ``{index}`` is its number from 0, ``{index:04}`` with zeros before it.

    Whatever a field holds becomes a part of one file name: it cannot lead into another folder.

    Raises:
        UsageError: ``TEMPLATE_INVALID``; ``FIELD_MISSING`` a row lacks a field; ``FIELD_INVALID`` a field is no text,
            number or truth value, or leaves nothing for a name; ``OUTPUTS_COLLIDE`` two rows have the same output.
    """
    fields_of(template)
    outputs = tuple(_fill(template, number, row) for number, row in enumerate(rows))
    taken: dict[str, int] = {}
    for number, output in enumerate(outputs):
        before = taken.setdefault(os.path.realpath(output), number)
        if before != number:
            raise UsageError(
                f"Rows {before} and {number} would both become {output}: give -o a field that differs, such as {{index}}.",
                code="OUTPUTS_COLLIDE",
            )
    return outputs


def _fill(template: str, number: int, row: Mapping[str, JsonValue]) -> Path:
    def filled(token: re.Match[str]) -> str:
        field = token["field"]
        if field is None:
            return token[0][0]
        if field == _INDEX and _INDEX not in row:
            return f"{number:0{token['digits'] or 1}}"
        if field not in row:
            raise UsageError(
                f"Row {number} has no field '{field}', which -o {template} asks for.", code="FIELD_MISSING"
            )
        return _part(row[field], number, field, digits=token["digits"])

    return Path(_TOKEN.sub(filled, template))


def _part(value: JsonValue, number: int, field: str, *, digits: str | None) -> str:
    """A value as a part of a file name."""
    if isinstance(value, bool):
        text = str(value).lower()
    elif isinstance(value, int) and digits is not None:
        text = f"{value:0{digits}}"
    elif isinstance(value, str | int | float):
        text = f"{value}"
    else:
        raise UsageError(
            f"The field '{field}' of row {number} cannot be a part of a file name: give a text, a number, or true or "
            "false.",
            code="FIELD_INVALID",
        )
    visible = "".join(
        letter for letter in unicodedata.normalize("NFC", text) if unicodedata.category(letter)[0] != "C" or letter.isspace()
    )  # fmt: skip
    part = _ENDS.sub("", _INSIDE.sub("-", _ENDS.sub("", visible))[:_LONGEST])
    if not part:
        raise UsageError(
            f"The field '{field}' of row {number} leaves nothing for a file name: {text!r}.",
            code="FIELD_INVALID",
        )
    return part
