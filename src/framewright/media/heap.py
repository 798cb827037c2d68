"""Giving memory back: glibc keeps what a codec had, in holes of a heap into which the next codec fits badly."""

from __future__ import annotations

import ctypes


def give_back_freed_memory() -> None:
    """Let the system have what nobody uses any more (1 to 4 ms). Where there is no glibc nothing is done."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(ctypes.c_size_t(0))
