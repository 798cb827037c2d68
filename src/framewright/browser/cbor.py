"""The dialect of CBOR that Chromium speaks on its debugging pipe.

Every message is an envelope: the bytes ``D8 18 5A``, a big-endian 32-bit length, and a map of indefinite length. Maps
and arrays inside are enveloped again. Text of 7-bit characters is CBOR text, other text is a byte string of UTF-16LE,
bytes carry tag 22, integers have 32 bits and everything longer is a double. So the outer envelope delimits messages,
and a screenshot crosses the pipe as it is, without base64.

Source: ``third_party/inspector_protocol/crdtp/cbor.h`` in Chromium.
"""

from __future__ import annotations

import struct
from typing import Any, Final

ENVELOPE: Final = b"\xd8\x18\x5a"
HEADER_BYTES: Final = len(ENVELOPE) + 4

_MAP, _ARRAY, _STOP = 0xBF, 0x9F, 0xFF
_OLD_ENVELOPE, _TAGGED, _ENVELOPE_TAG, _BINARY_TAG = 0x5A, 0xD8, 0x18, 0xD6
_UNSIGNED, _NEGATIVE, _BYTES, _TEXT = 0, 1, 2, 3
_SIMPLE: Final[dict[int, bool | None]] = {0xF4: False, 0xF5: True, 0xF6: None}
_DOUBLE = 0xFB
_LARGEST_INT, _SMALLEST_INT = 2**31 - 1, -(2**31)
_pack_double = struct.Struct(">d").pack
_unpack_double = struct.Struct(">d").unpack_from
_WIDTHS = {24: 1, 25: 2, 26: 4, 27: 8}


class CborError(ValueError):
    """These bytes are no message in Chromium's dialect."""


def encode(value: dict[str, Any]) -> bytes:
    """One message, ready for the pipe.

    Raises:
        TypeError: for a value that JSON could not hold either (bytes excepted).
    """
    out = bytearray()
    _write(out, value)
    return bytes(out)


def decode(data: bytes) -> dict[str, Any]:
    """The message in one whole envelope.

    Raises:
        CborError: it is cut off, has bytes too many, or is no map.
    """
    try:
        value, end = _read(data, 0)
    except (IndexError, struct.error, UnicodeDecodeError, RecursionError) as error:
        raise CborError(f"malformed message: {error}") from error
    if end != len(data) or not isinstance(value, dict):
        raise CborError("malformed message: not exactly one map")
    return value


def message_length(buffer: bytes | bytearray) -> int | None:
    """Bytes of the message that begins here, its header included; None while the header is incomplete.

    Raises:
        CborError: no message begins here.
    """
    if len(buffer) < HEADER_BYTES:
        return None
    if not buffer.startswith(ENVELOPE):
        raise CborError(f"no message begins with {bytes(buffer[:HEADER_BYTES]).hex()}")
    return HEADER_BYTES + int.from_bytes(buffer[len(ENVELOPE) : HEADER_BYTES], "big")


def _write(out: bytearray, value: Any) -> None:
    if isinstance(value, str):
        if value.isascii():
            _write_head(out, _TEXT, len(value))
            out += value.encode("ascii")
        else:
            wide = value.encode("utf-16-le", "surrogatepass")
            _write_head(out, _BYTES, len(wide))
            out += wide
    elif value is None:
        out.append(0xF6)
    elif isinstance(value, bool):
        out.append(0xF5 if value else 0xF4)
    elif isinstance(value, int) and _SMALLEST_INT <= value <= _LARGEST_INT:
        if value >= 0:
            _write_head(out, _UNSIGNED, value)
        else:
            _write_head(out, _NEGATIVE, -1 - value)
    elif isinstance(value, (int, float)):
        out.append(_DOUBLE)
        out += _pack_double(value)
    elif isinstance(value, (bytes, bytearray, memoryview)):
        out.append(_BINARY_TAG)
        _write_head(out, _BYTES, len(value))
        out += value
    else:
        _write_container(out, value)


def _write_container(out: bytearray, value: Any) -> None:
    start = len(out)
    out += ENVELOPE
    out += b"\0\0\0\0"
    if isinstance(value, dict):
        out.append(_MAP)
        for key, item in value.items():
            _write(out, str(key))
            _write(out, item)
    elif isinstance(value, (list, tuple)):
        out.append(_ARRAY)
        for item in value:
            _write(out, item)
    else:
        raise TypeError(f"{type(value).__name__} has no place in a message")
    out.append(_STOP)
    out[start + len(ENVELOPE) : start + HEADER_BYTES] = (len(out) - start - HEADER_BYTES).to_bytes(4, "big")


def _write_head(out: bytearray, major: int, number: int) -> None:
    if number < 24:
        out.append(major << 5 | number)
    elif number < 2**8:
        out += bytes((major << 5 | 24, number))
    elif number < 2**16:
        out.append(major << 5 | 25)
        out += number.to_bytes(2, "big")
    else:
        out.append(major << 5 | 26)
        out += number.to_bytes(4, "big")


def _read(data: bytes, at: int) -> tuple[Any, int]:
    first = data[at]
    major, low = first >> 5, first & 31
    if major == _TEXT:
        length, at = _read_head(data, at, low)
        return _slice(data, at, length).decode(), at + length
    if major == _UNSIGNED:
        return _read_head(data, at, low)
    if first == _TAGGED and data[at + 1] == _ENVELOPE_TAG:
        return _read_enveloped(data, at + 2)
    if first in {_MAP, _ARRAY}:
        return _read_container(data, at)
    if first in _SIMPLE:
        return _SIMPLE[first], at + 1
    if first == _DOUBLE:
        return _unpack_double(data, at + 1)[0], at + 9
    if major == _NEGATIVE:
        number, at = _read_head(data, at, low)
        return -1 - number, at
    if first == _BINARY_TAG:
        length, at = _read_head(data, at + 1, data[at + 1] & 31)
        return _slice(data, at, length), at + length
    if major == _BYTES:
        length, at = _read_head(data, at, low)
        # Half a surrogate pair, which JavaScript knows as text, could not be written as UTF-8 by whoever tells of it.
        return _slice(data, at, length).decode("utf-16-le", "replace"), at + length
    raise CborError(f"unknown byte {first:#x} at {at}")


def _read_enveloped(data: bytes, at: int) -> tuple[Any, int]:
    if data[at] != _OLD_ENVELOPE:
        raise CborError(f"an envelope without a length at {at}")
    stop = at + 5 + int.from_bytes(data[at + 1 : at + 5], "big")
    value, end = _read(data, at + 5)
    if end != stop:
        raise CborError(f"an envelope of the wrong length at {at}")
    return value, end


def _read_container(data: bytes, at: int) -> tuple[Any, int]:
    kind = data[at]
    at += 1
    if kind == _ARRAY:
        items = []
        while data[at] != _STOP:
            item, at = _read(data, at)
            items.append(item)
        return items, at + 1
    members = {}
    while data[at] != _STOP:
        key, at = _read(data, at)
        if not isinstance(key, str):
            raise CborError(f"a key that is no text before {at}")
        members[key], at = _read(data, at)
    return members, at + 1


def _read_head(data: bytes, at: int, low: int) -> tuple[int, int]:
    if low < 24:
        return low, at + 1
    width = _WIDTHS.get(low)
    if width is None:
        raise CborError(f"an unknown length at {at}")
    return int.from_bytes(_slice(data, at + 1, width), "big"), at + 1 + width


def _slice(data: bytes, at: int, length: int) -> bytes:
    piece = data[at : at + length]
    if len(piece) != length:
        raise CborError(f"cut off at {len(data)}")
    return piece
