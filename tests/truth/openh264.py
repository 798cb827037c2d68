"""Cisco's H.264 decoder, which shares nothing with FFmpeg's: a second opinion on streams that we write by hand."""

from __future__ import annotations

import ctypes
import ctypes.util
from typing import TYPE_CHECKING

import av
import numpy as np
from av.bitstream import BitStreamFilterContext

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME = ctypes.util.find_library("openh264")
_INITIALIZE, _UNINITIALIZE, _DECODE, _FLUSH = 0, 1, 3, 5


class _Parameters(ctypes.Structure):
    _fields_ = [
        ("file", ctypes.c_char_p),
        ("cpu_load", ctypes.c_uint),
        ("layer", ctypes.c_ubyte),
        ("concealment", ctypes.c_int),  # 0: none, so that an error is an error
        ("parse_only", ctypes.c_bool),
        ("size", ctypes.c_uint),
        ("kind", ctypes.c_int),  # 0: AVC
    ]


class _Buffer(ctypes.Structure):
    _fields_ = [
        ("ready", ctypes.c_int),
        ("time_in", ctypes.c_ulonglong),
        ("time_out", ctypes.c_ulonglong),
        ("width", ctypes.c_int),
        ("height", ctypes.c_int),
        ("format", ctypes.c_int),
        ("strides", ctypes.c_int * 2),
        ("planes", ctypes.c_void_p * 3),
    ]


def greys(path: Path) -> Iterator[np.ndarray]:
    """The luma of every frame of an mp4, as it is stored.

    Raises:
        AssertionError: the decoder complains.
    """
    assert NAME is not None
    library = ctypes.CDLL(NAME)
    decoder = ctypes.c_void_p()
    assert library.WelsCreateDecoder(ctypes.byref(decoder)) == 0
    table = ctypes.cast(
        ctypes.cast(decoder, ctypes.POINTER(ctypes.c_void_p))[0], ctypes.POINTER(ctypes.c_void_p)
    )

    def call(index: int, *arguments: object) -> int:
        return ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, *[ctypes.c_void_p] * len(arguments))(
            table[index]
        )(decoder, *arguments)

    try:
        assert call(_INITIALIZE, ctypes.addressof(_Parameters(layer=255))) == 0
        for unit in _access_units(path):
            planes, info = (ctypes.c_void_p * 3)(), _Buffer()
            state = ctypes.CFUNCTYPE(
                ctypes.c_int, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p
            )(table[_DECODE])(decoder, unit, len(unit), ctypes.addressof(planes), ctypes.addressof(info))
            assert state == 0, f"OpenH264 says {state:#x}"
            if info.ready:
                yield _luma(planes, info)
        while True:
            planes, info = (ctypes.c_void_p * 3)(), _Buffer()
            call(_FLUSH, ctypes.addressof(planes), ctypes.addressof(info))
            if not info.ready:
                return
            yield _luma(planes, info)
    finally:
        call(_UNINITIALIZE)
        library.WelsDestroyDecoder(decoder)


def _luma(planes: ctypes.Array, info: _Buffer) -> np.ndarray:
    stride = info.strides[0]
    data = ctypes.string_at(planes[0], stride * (info.height - 1) + info.width)
    rows = np.frombuffer(data.ljust(stride * info.height, b"\0"), np.uint8).reshape(-1, stride)
    return rows[:, : info.width].copy()


def _access_units(path: Path) -> Iterator[bytes]:
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        annex_b = BitStreamFilterContext("h264_mp4toannexb", stream)
        for packet in container.demux(stream):
            for unit in annex_b.filter(packet if packet.size else None):
                yield bytes(unit)
