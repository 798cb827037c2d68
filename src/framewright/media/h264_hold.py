"""Frames that repeat the one before, written without an encoder: some fifteen bytes each.

H.264 can say "every macroblock as in the reference" with one number. Such a slice needs no entropy coder's state if it
uses CAVLC, so a second picture parameter set (id 1) with CAVLC stands beside x264's own. A skipped macroblock takes
motion from its neighbours; all of them skipped, with one reference, it is zero (8.4.1.1); deblocking is off: the frame
is the reference, bit for bit.

The slices are references themselves, so that they count like any other frame with both ways of ordering pictures that
x264 uses (7.4.3, 8.2.1).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from framewright.media.bits import BitReader, BitWriter, escape, nal_units, unescape

_SLICE, _IDR, _SEI, _SPS = 1, 5, 6, 7
_REFERENCE_SLICE = 0x40 | _SLICE
_PPS_HEADER = 0x68
_START = b"\0\0\0\1"
_PROFILES_WITH_CHROMA_FORMAT = frozenset({100, 110, 122, 244, 44, 83, 86, 118, 128})


@dataclass(frozen=True, slots=True)
class SequenceParameters:
    """What a slice header needs to know of the sequence parameter set (7.3.2.1.1)."""

    frame_number_bits: int
    order_bits: int | None
    macroblocks: int

    @classmethod
    def read(cls, extradata: bytes) -> Self:
        """From x264's parameter sets, Annex B.

        Raises:
            ValueError: when it is none of x264's: interlaced, with scaling lists, or cut off.
        """
        sps = next(unit for unit in nal_units(extradata) if unit[0] & 31 == _SPS)
        reader = BitReader(unescape(sps[1:]))
        profile = reader.bits(8)
        reader.bits(16)
        reader.golomb()
        if profile in _PROFILES_WITH_CHROMA_FORMAT:
            for _ in range(3):
                reader.golomb()
            reader.bits(1)
            if reader.bits(1):
                raise ValueError("scaling lists")
        frame_number_bits = reader.golomb() + 4
        order_type = reader.golomb()
        if order_type == 1:
            raise ValueError("picture order count type 1")
        order_bits = reader.golomb() + 4 if order_type == 0 else None
        reader.golomb()
        reader.bits(1)
        width, height = reader.golomb() + 1, reader.golomb() + 1
        if not reader.bits(1):
            raise ValueError("interlaced")
        return cls(frame_number_bits, order_bits, width * height)

    def frame_number(self, packet: bytes) -> int:
        """The ``frame_num`` of the packet's first slice (7.3.3)."""
        unit = next(unit for unit in nal_units(packet) if unit[0] & 31 in {_SLICE, _IDR})
        reader = BitReader(unescape(unit[1:32]))
        for _ in range(3):
            reader.golomb()
        return reader.bits(self.frame_number_bits)

    def skipped_frame(self, frame_number: int, order: int) -> bytes:
        """A frame equal to the reference before it.

        Args:
            frame_number: one more than that of the reference.
            order: twice the number of frames since the last IDR.
        """
        writer = BitWriter()
        writer.golomb(0)  # first macroblock
        writer.golomb(5)  # P, like all slices of this frame
        writer.golomb(1)  # our picture parameter set
        writer.bits(frame_number % (1 << self.frame_number_bits), self.frame_number_bits)
        if self.order_bits is not None:
            writer.bits(order % (1 << self.order_bits), self.order_bits)
        writer.bits(0, 3)  # one reference; in the usual order; the oldest slides out
        writer.golomb(0)  # the QP as it is
        writer.golomb(1)  # no deblocking
        writer.golomb(self.macroblocks)  # all skipped
        return _START + bytes([_REFERENCE_SLICE]) + escape(writer.payload())


def hold_parameters() -> bytes:
    """The picture parameter set of the skipped frames (7.3.2.2)."""
    writer = BitWriter()
    writer.golomb(1)  # its id
    writer.golomb(0)  # x264's sequence parameter set
    writer.bits(0, 2)  # CAVLC; no bottom field order
    writer.golomb(0)  # one slice group
    writer.golomb(0)  # one reference
    writer.golomb(0)
    writer.bits(0, 3)  # no weights
    writer.golomb(0)  # QP 26
    writer.golomb(0)
    writer.golomb(0)
    writer.bits(0b100, 3)  # slices say whether they deblock; intra as usual; no redundant pictures
    return _START + bytes([_PPS_HEADER]) + escape(writer.payload())


def is_reference(packet: bytes) -> bool:
    """Whether other frames may refer to this one."""
    return any(unit[0] & 31 in {_SLICE, _IDR} and unit[0] & 0x60 for unit in nal_units(packet[:4096]))


def without_comments(packet: bytes) -> bytes:
    """The packet without SEI: x264 introduces itself anew whenever it is opened."""
    return b"".join(_START + unit for unit in nal_units(packet) if unit[0] & 31 != _SEI)
