"""Reading the rows of a batch: JSON, one JSON object a line, or a table with a head."""

from __future__ import annotations

import csv
import io
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from framewright.model.errors import UsageError
from framewright.model.variables import check_variables, parse_json
from framewright.render.variables import read_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pydantic import JsonValue

MOST_ROWS = 100_000
_MOST_BYTES = 256 * 2**20
_TABLES = {".csv": ",", ".tsv": "\t"}
_LINES = {".ndjson", ".jsonl"}


@dataclass(frozen=True, slots=True)
class Rows:
    """The variables of each video.

    Attributes:
        values: one object a row.
        written: they come from a table, where numbers and truth values are text.
    """

    values: tuple[dict[str, JsonValue], ...]
    written: bool = False


def read_rows(source: Sequence[object] | str | os.PathLike[str]) -> Rows:
    """The rows of a batch.

    Args:
        source: a list of mappings, or the name of a file: JSON (a list of objects, or an object whose ``rows`` is one),
            ``.ndjson`` or ``.jsonl`` (one object a line), ``.csv`` or ``.tsv`` (with a head; an empty cell is no value).

    Raises:
        UsageError: ``BATCH_UNREADABLE``; ``BATCH_INVALID``; ``VARIABLES_INVALID`` for a row that is no object.
    """
    if not isinstance(source, str | os.PathLike):
        return Rows(_checked(source, "rows"))
    name = os.fspath(source)
    said = f"--batch {name}"
    try:
        text = read_text(name, said, most=_MOST_BYTES)
    except UsageError as error:
        raise UsageError(error.message, code="BATCH_UNREADABLE") from error
    suffix = Path(name).suffix.lower()
    if suffix in _TABLES:
        return Rows(_checked(_table(text, _TABLES[suffix], said), said), written=True)
    if suffix in _LINES:
        return Rows(_checked(_lines(text, said), said))
    return Rows(_checked(_listed(_json(text, said), said), said))


def _json(text: str, said: str) -> JsonValue:
    try:
        return parse_json(text, said)
    except UsageError as error:
        raise UsageError(error.message, code="BATCH_INVALID") from error


def _listed(found: JsonValue, said: str) -> list[JsonValue]:
    if isinstance(found, dict) and isinstance(found.get("rows"), list):
        found = found["rows"]
    if not isinstance(found, list):
        raise UsageError(
            f'{said} must hold a list of rows such as [{{"title": "Hello"}}].', code="BATCH_INVALID"
        )
    return found


def _lines(text: str, said: str) -> Iterable[JsonValue]:
    for number, line in enumerate(io.StringIO(text), 1):
        if line.strip():
            yield _json(line, f"Line {number} of {said}")


def _table(text: str, separator: str, said: str) -> Iterable[dict[str, str]]:
    # Cells may be as long as the file.
    csv.field_size_limit(_MOST_BYTES)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        head = [name.strip() for name in next(reader, [])]
        _check_head(head, said)
        for cells in reader:
            if len(cells) > len(head):
                raise UsageError(
                    f"Line {reader.line_num} of {said} has {len(cells)} cells, and its head has {len(head)}.",
                    code="BATCH_INVALID",
                )
            if cells:
                yield {name: cell for name, cell in zip(head, cells, strict=False) if cell != ""}
    except csv.Error as error:
        raise UsageError(
            f"Line {reader.line_num} of {said} cannot be read: {error}.", code="BATCH_INVALID"
        ) from error


def _check_head(head: list[str], said: str) -> None:
    twice = next((name for place, name in enumerate(head) if name in head[:place]), None)
    if not head or "" in head:
        raise UsageError(f"{said} needs a name for each column in its first line.", code="BATCH_INVALID")
    if twice is not None:
        raise UsageError(f"{said} has two columns named '{twice}'.", code="BATCH_INVALID")


def _checked(rows: Iterable[object], said: str) -> tuple[dict[str, JsonValue], ...]:
    found: list[dict[str, JsonValue]] = []
    for number, row in enumerate(rows):
        if number >= MOST_ROWS:
            raise UsageError(
                f"{said} holds more than {MOST_ROWS} rows: split it into several.", code="BATCH_INVALID"
            )
        found.append(check_variables(row, f"Row {number}"))
    if not found:
        raise UsageError(f"{said} holds no rows.", code="BATCH_INVALID")
    return tuple(found)
