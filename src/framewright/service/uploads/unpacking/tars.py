"""TAR archives, plain or packed by gzip, as POSIX and GNU write them; of their many kinds of entries only files and folders."""

from __future__ import annotations

import gzip
import zlib
from typing import TYPE_CHECKING, BinaryIO

from .limits import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .limits import Limits
    from .tree import Tree

_BLOCK = 512
_PIECE = 1 << 18
_FILE, _FOLDER = {b"0", b"\0", b"7"}, {b"5"}
_LONG_NAME, _OWN_FIELDS, _COMMON_FIELDS = b"L", b"x", b"g"
_LONGEST_FIELDS = 1 << 16
"""Bytes of what stands before an entry and tells more of it."""
_GZIP = b"\x1f\x8b"
_EMPTY = bytes(_BLOCK)


def unpack_tar(file: BinaryIO, tree: Tree, limits: Limits, packed: int) -> None:
    """Unpack into a tree.

    Raises:
        RefusedError: the archive or one of its entries is not taken.
    """
    file.seek(0)
    is_packed = file.read(2) == _GZIP
    file.seek(0)
    try:
        if is_packed:
            with gzip.GzipFile(fileobj=file) as unpacked:
                _unpack(_Stream(unpacked, limits, packed), tree)
        else:
            _unpack(_Stream(file, limits, packed), tree)
    except (zlib.error, EOFError, gzip.BadGzipFile) as error:
        raise RefusedError("ARCHIVE_BROKEN", f"The packed TAR archive is damaged: {error}.") from error


class _Stream:
    """What is read of an archive, with a limit on all of it."""

    def __init__(self, source: BinaryIO | gzip.GzipFile, limits: Limits, packed: int) -> None:
        self._source = source
        self._limits = limits
        self._packed = packed
        # Beside the files themselves: a header, a longer one, and what fills up the last block, for each of them.
        self._beside = limits.files * 8 * _BLOCK + 64 * _BLOCK
        self._read = 0

    def read(self, size: int) -> bytes:
        """So many bytes.

        Raises:
            RefusedError: there are fewer, or it was too much.
        """
        data = self._source.read(size)
        self._read += len(data)
        self._limits.refuse_size(self._read - self._beside, self._packed)
        if len(data) < size:
            raise RefusedError("ARCHIVE_BROKEN", "The TAR archive is cut off, or is none.")
        return data

    def pieces(self, size: int) -> Iterator[bytes]:
        """The content of an entry; what fills up its last block is read, too."""
        left = size
        while left:
            piece = self.read(min(left, _PIECE))
            left -= len(piece)
            yield piece
        self.read(-size % _BLOCK)

    def drain(self) -> None:
        """Read to the end, where gzip tells whether everything before was right."""
        while data := self._source.read(_PIECE):
            self._read += len(data)
            self._limits.refuse_size(self._read - self._beside, self._packed)


def _unpack(stream: _Stream, tree: Tree) -> None:
    told: dict[str, str] = {}
    while (header := stream.read(_BLOCK)) != _EMPTY:
        _check_sum(header)
        kind = header[156:157]
        size = _number(header[124:136])
        if kind in {_LONG_NAME, _OWN_FIELDS, _COMMON_FIELDS}:
            if size > _LONGEST_FIELDS:
                raise RefusedError("ARCHIVE_REFUSED", "The TAR archive has a name or field that is too long.")
            content = b"".join(stream.pieces(size))
            if kind == _LONG_NAME:
                told["path"] = _text(content.rstrip(b"\0"))
            elif kind == _OWN_FIELDS:
                told.update(_fields(content))
            else:
                _refuse_common(_fields(content))
            continue
        name = told.get("path") or _plain_name(header)
        size = _told_size(told["size"]) if "size" in told else size
        if any(field.startswith("GNU.sparse") for field in told):
            kind = b"S"
        told = {}
        if kind in _FOLDER or (kind in _FILE and name.endswith("/")):
            tree.folder(name)
            for _ in stream.pieces(size):  # old ones write a size there, and nothing after it
                raise RefusedError("ARCHIVE_REFUSED", f"The archive has a folder {name[:80]!a} with content.")
        elif kind in _FILE:
            tree.file(name, stream.pieces(size), size)
        else:
            raise RefusedError(
                "ARCHIVE_REFUSED",
                f"The archive has {name[:80]!a}, which is a link, a device or a file with holes: send plain files.",
            )
    stream.drain()


def _check_sum(header: bytes) -> None:
    blank = header[:148] + b" " * 8 + header[156:]
    if _number(header[148:156]) != sum(blank):
        raise RefusedError(
            "ARCHIVE_BROKEN", "The TAR archive is damaged, or is none: a header does not add up."
        )


def _number(field: bytes) -> int:
    """Octal digits, or, as GNU writes large ones, the bytes themselves behind a bit."""
    if field[0] & 0x80:
        number = int.from_bytes(bytes([field[0] & 0x7F]) + field[1:], "big")
    else:
        digits = field.split(b"\0")[0].strip()
        if digits.strip(b"01234567"):
            raise RefusedError("ARCHIVE_BROKEN", "The TAR archive is damaged: a number is none.")
        number = int(digits or b"0", 8)
    return number


def _plain_name(header: bytes) -> str:
    name = header[:100].split(b"\0")[0]
    # POSIX has room for the folders apart; GNU uses the same place for times.
    prefix = header[345:500].split(b"\0")[0] if header[257:263] == b"ustar\0" else b""
    return _text(prefix + b"/" + name if prefix else name)


def _text(written: bytes) -> str:
    try:
        return written.decode("utf-8")
    except UnicodeDecodeError:
        raise RefusedError(
            "NAME_REFUSED", f"The project has a file named {written[:80]!r}: names are UTF-8."
        ) from None


def _fields(content: bytes) -> dict[str, str]:
    """The records of an extended header: ``length key=value``, each with its line's end."""
    found = {}
    while content:
        length, blank, _ = content.partition(b" ")
        size = int(length) if blank and length.isdigit() and len(length) < 8 else 0
        record, content = content[:size], content[size:]
        key, equals, value = record[len(length) + 1 :].partition(b"=")
        if not equals or not value.endswith(b"\n"):
            raise RefusedError("ARCHIVE_BROKEN", "The TAR archive is damaged: a field cannot be read.")
        name = _text(key)
        # Times, owners and attributes are not unpacked, and need not be text.
        if name in {"path", "size"} or name.startswith("GNU.sparse"):
            found[name] = _text(value[:-1])
    return found


def _refuse_common(fields: dict[str, str]) -> None:
    if fields:
        raise RefusedError("ARCHIVE_REFUSED", "The TAR archive gives all its files one name or size.")


def _told_size(written: str) -> int:
    if not (written.isascii() and written.isdigit() and len(written) < 20):
        raise RefusedError("ARCHIVE_BROKEN", "The TAR archive is damaged: a size is none.")
    return int(written)
