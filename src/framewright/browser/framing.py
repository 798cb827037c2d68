"""How messages lie on the debugging pipe: enveloped CBOR, or JSON with a zero byte behind each."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any, Protocol

from framewright.browser import cbor

if TYPE_CHECKING:
    from collections.abc import Iterator


class Framing(Protocol):
    """Turns messages into bytes, and bytes as they arrive into messages."""

    switch: str
    """The value of ``--remote-debugging-pipe``."""

    def encode(self, message: dict[str, Any]) -> bytes:
        """One message with its delimiter."""

    def feed(self, data: bytes) -> Iterator[dict[str, Any]]:
        """The messages that are complete with this piece."""


# The neighbours of a node, which come unasked before an answer about it: on a page of 10 000 elements a second to decode.
_UNREAD = b"\x66method\x71DOM.setChildNodes"
_HEAD_BYTES = 40


class CborFraming:
    """Screenshots arrive as raw bytes: 0.7 ms for a PNG of 1.6 MB against 3 to 5 ms with JSON and base64."""

    switch = "cbor"

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._wanted: int | None = None

    def encode(self, message: dict[str, Any]) -> bytes:
        """One message in its envelope."""
        return cbor.encode(message)

    def feed(self, data: bytes) -> Iterator[dict[str, Any]]:
        """The messages that are complete with this piece.

        Raises:
            CborError: the stream is out of step; nothing after it can be understood.
        """
        self._buffer += data
        while True:
            if self._wanted is None:
                self._wanted = cbor.message_length(self._buffer)
            if self._wanted is None or len(self._buffer) < self._wanted:
                return
            message = bytes(memoryview(self._buffer)[: self._wanted])
            del self._buffer[: self._wanted]
            self._wanted = None
            if message.find(_UNREAD, 0, _HEAD_BYTES) < 0:
                yield cbor.decode(message)


class JsonFraming:
    """For browsers without CBOR on the pipe."""

    switch = "json"

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._searched = 0

    def encode(self, message: dict[str, Any]) -> bytes:
        """One message and a zero byte."""
        return json.dumps(message, default=_base64).encode() + b"\0"

    def feed(self, data: bytes) -> Iterator[dict[str, Any]]:
        """The messages that are complete with this piece.

        Raises:
            ValueError: the stream is out of step.
        """
        self._buffer += data
        while (end := self._buffer.find(0, self._searched)) >= 0:
            message = bytes(memoryview(self._buffer)[:end])
            del self._buffer[: end + 1]
            self._searched = 0
            yield json.loads(message)
        self._searched = len(self._buffer)


def _base64(value: object) -> str:
    """Bytes as JSON holds them in this protocol."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise TypeError(f"{type(value).__name__} does not fit into a message")
