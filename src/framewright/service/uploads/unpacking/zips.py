"""ZIP archives: what is said of each entry is judged before it is read."""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from typing import IO, TYPE_CHECKING, BinaryIO

from .limits import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .limits import Limits
    from .tree import Tree

_PIECE = 1 << 18
_ENCRYPTED = 0x1 | 0x40 | 0x2000
_UTF8 = 0x800
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_LOCAL_HEADER = 30
# The end of the list of entries, of APPNOTE.TXT 4.3.16, and what comes after it: a comment.
_END = b"PK\x05\x06"
_END_SIZE = 22
_LONGEST_COMMENT = 0xFFFF
# And that for large archives, 4.3.14.
_LARGE_END = b"PK\x06\x06"
_LONGEST_ENTRY = 46 + 3 * 1024
"""Bytes of the list for one entry: its fixed part, its name, a comment and extra fields."""


def unpack_zip(file: BinaryIO, tree: Tree, limits: Limits) -> None:
    """Unpack into a tree.

    Raises:
        RefusedError: the archive or one of its entries is not taken.
    """
    _refuse_long_list(file, limits)
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            limits.refuse_count(len(entries))
            _refuse_overlaps(entries, archive.start_dir)
            for entry in entries:
                _unpack(archive, entry, tree)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        UnicodeError,
        struct.error,
    ) as error:
        raise RefusedError(
            "ARCHIVE_BROKEN", f"The ZIP archive is damaged: {error or type(error).__name__}."
        ) from error


def _refuse_long_list(file: BinaryIO, limits: Limits) -> None:
    """The list of entries is read as a whole: see first that it is no longer than entries that may be."""
    size = file.seek(0, 2)
    tail = min(size, _END_SIZE + _LONGEST_COMMENT + 128)
    file.seek(size - tail)
    end = file.read(tail)
    at = end.rfind(_END)
    if at < 0 or len(end) - at < _END_SIZE:
        raise RefusedError("ARCHIVE_BROKEN", "The ZIP archive is cut off: its list of files is missing.")
    count, listed = struct.unpack_from("<HI", end, at + 10)
    large = end.rfind(_LARGE_END, 0, at)
    if (count == 0xFFFF or listed == 0xFFFFFFFF) and large >= 0 and len(end) - large >= 56:
        count, listed = struct.unpack_from("<QQ", end, large + 32)
    limits.refuse_count(count)
    if listed > (limits.files + 1) * _LONGEST_ENTRY:
        limits.refuse_count(limits.files + 1)


def _refuse_overlaps(entries: list[zipfile.ZipInfo], stop: int) -> None:
    """Entries that share bytes unpack a few kilobytes to petabytes: https://www.bamsoftware.com/hacks/zipbomb/."""
    ordered = sorted(entries, key=lambda entry: entry.header_offset)
    starts = [*(entry.header_offset for entry in ordered), stop]
    for entry, after in zip(ordered, starts[1:], strict=True):
        if entry.header_offset + _LOCAL_HEADER + entry.compress_size > after:
            raise RefusedError("ARCHIVE_BOMB", "The ZIP archive has entries that share their bytes.")


def _unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, tree: Tree) -> None:
    name = _name_of(entry)
    shown = ascii(name[:80])
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
        raise RefusedError(
            "ARCHIVE_REFUSED", f"The archive has {shown}, which is a link or a device: send plain files."
        )
    if entry.flag_bits & _ENCRYPTED:
        raise RefusedError(
            "ARCHIVE_REFUSED", f"The archive has {shown} encrypted: send it without a password."
        )
    if entry.compress_type not in _METHODS:
        raise RefusedError(
            "ARCHIVE_REFUSED", f"The archive has {shown} packed by a method that is not read: use 'deflate'."
        )
    if name.endswith("/") or kind == stat.S_IFDIR:
        tree.folder(name)
        return
    with archive.open(entry) as source:
        tree.file(name, _pieces(source), entry.file_size)


def _name_of(entry: zipfile.ZipInfo) -> str:
    # The library cuts off at a NUL what it calls by name.
    name = entry.orig_filename
    if entry.flag_bits & _UTF8:
        return name
    try:
        # Many write UTF-8 and do not say so.
        return name.encode("cp437").decode("utf-8")
    except UnicodeError:
        return name


def _pieces(source: IO[bytes]) -> Iterator[bytes]:
    while piece := source.read(_PIECE):
        yield piece
