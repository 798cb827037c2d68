"""Bits as H.264 writes them: fixed width, Exp-Golomb, and the escapes that keep start codes out of the data."""

from __future__ import annotations


class BitReader:
    """Reads a NAL unit's payload from its first bit on."""

    def __init__(self, payload: bytes) -> None:
        self._value = int.from_bytes(payload, "big")
        self._left = len(payload) * 8

    def bits(self, count: int) -> int:
        """u(n)."""
        self._left -= count
        if self._left < 0:
            raise ValueError("the payload ends early")
        return (self._value >> self._left) & ((1 << count) - 1)

    def golomb(self) -> int:
        """ue(v)."""
        zeros = 0
        while self.bits(1) == 0:
            zeros += 1
        return (1 << zeros) - 1 + self.bits(zeros)


class BitWriter:
    """Writes a NAL unit's payload."""

    def __init__(self) -> None:
        self._value = 0
        self._count = 0

    def bits(self, value: int, count: int) -> None:
        """u(n)."""
        self._value = (self._value << count) | value
        self._count += count

    def golomb(self, value: int) -> None:
        """ue(v); the zero of se(v) is the same bit."""
        self.bits(value + 1, 2 * (value + 1).bit_length() - 1)

    def payload(self) -> bytes:
        """The bits, closed by a one and zeros up to the byte."""
        self.bits(1, 1)
        self.bits(0, -self._count % 8)
        return self._value.to_bytes(self._count // 8, "big")


def escape(payload: bytes) -> bytes:
    """Put 3 between two zero bytes and whatever could be taken for a start code (H.264, 7.4.1.1)."""
    out = bytearray()
    zeros = 0
    for byte in payload:
        if zeros == 2 and byte <= 3:
            out.append(3)
            zeros = 0
        out.append(byte)
        zeros = zeros + 1 if byte == 0 else 0
    return bytes(out)


def unescape(data: bytes) -> bytes:
    """The payload of an escaped NAL unit."""
    return data.replace(b"\0\0\3", b"\0\0")


def nal_units(stream: bytes) -> list[bytes]:
    """The NAL units of an Annex B stream, header byte first. One that the stream cuts off at its start code is none."""
    return [unit for piece in stream.split(b"\0\0\1")[1:] if (unit := piece.rstrip(b"\0"))]
