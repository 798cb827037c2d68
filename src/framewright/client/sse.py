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
        self._line = bytearray()
        self._returned = False
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
        found: list[ServerEvent] = []
        if not read:
            return found
        if self._returned:
            read = read.removeprefix(b"\n")  # the second half of a line's end
        self._returned = read.endswith(b"\r")
        *ends, rest = _LINE_END.split(read)
        for end in ends:
            self._grow(end)
            line = bytes(self._line)
            self._line.clear()
            if not self._began:
                self._began = True
                line = line.removeprefix(b"\xef\xbb\xbf")
            self._take(line, found)
        self._grow(rest)
        return found

    def _grow(self, part: bytes) -> None:
        self._line += part
        if len(self._line) + self._size > _LONGEST:
            raise EndlessEventError

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
