"""Server-sent events, out of bytes as they arrive, by the rules of the HTML standard (9.2.6)."""

from __future__ import annotations

import re
from dataclasses import dataclass

_LONGEST = 8 * 2**20
_LINE_END = re.compile(rb"\r\n|\n|\r")


class EndlessEventError(ValueError):
    """An event that is larger than any of ours."""


@dataclass(frozen=True, slots=True)
class ServerEvent:
    """One event.

    Attributes:
        id: of the latest event that had one; empty: none had.
        name: ``message`` where the event has none.
        data: its lines.
    """

    id: str
    name: str
    data: str


class EventReader:
    """Reads one answer. What comes after its last empty line is no event."""

    def __init__(self) -> None:
        self._rest = b""
        self._began = False
        self._id = ""
        self._name = ""
        self._data: list[str] = []
        self._size = 0

    def feed(self, read: bytes) -> list[ServerEvent]:
        """Take bytes; the events that they complete.

        Raises:
            EndlessEventError: an event has more than 8 MiB.
        """
        self._rest += read
        if len(self._rest) + self._size > _LONGEST:
            raise EndlessEventError
        found: list[ServerEvent] = []
        while (line := self._line()) is not None:
            if not self._began:
                self._began = True
                line = line.removeprefix(b"\xef\xbb\xbf")
            self._take(line, found)
        return found

    def _line(self) -> bytes | None:
        match = _LINE_END.search(self._rest)
        # A carriage return at the end may be the first half of a line's end.
        if match is None or (match[0] == b"\r" and match.end() == len(self._rest)):
            return None
        line, self._rest = self._rest[: match.start()], self._rest[match.end() :]
        return line

    def _take(self, line: bytes, found: list[ServerEvent]) -> None:
        if not line:
            if self._data:
                found.append(ServerEvent(self._id, self._name or "message", "\n".join(self._data)))
            self._name, self._data, self._size = "", [], 0
            return
        self._size += len(line)
        name, _, value = line.decode("utf-8", "replace").partition(":")
        value = value.removeprefix(" ")
        match name:
            case "event":
                self._name = value
            case "data":
                self._data.append(value)
            case "id" if "\0" not in value:
                self._id = value
            case _:  # a comment, or a field that we do not know
                pass
