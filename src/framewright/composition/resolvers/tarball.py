"""The files of a package, out of its tarball and into memory: bounded, and never onto a disk."""

from __future__ import annotations

import base64
import hashlib
import io
import tarfile
import zlib
from typing import Final

LARGEST_PACKAGE: Final = 256 * 2**20
_MOST_FILES: Final = 50_000
_STRENGTH: Final = ("sha512", "sha384", "sha256", "sha1")


class TarballError(Exception):
    """The tarball must not be used. The text is the end of a sentence."""


def check_integrity(data: bytes, integrity: str, shasum: str) -> None:
    """See that a tarball is the one that its registry means.

    Args:
        integrity: as in a registry's ``dist.integrity``: one or more ``sha512-…``; the strongest kind decides.
        shasum: SHA-1 in hexadecimal, for old packages without it.

    Raises:
        TarballError: it is another one, or nothing says which.
    """
    wished: dict[str, set[str]] = {}
    for one in integrity.split():
        kind, _, value = one.partition("-")
        wished.setdefault(kind, set()).add(value.partition("?")[0])
    for kind in _STRENGTH:
        if kind in wished:
            found = base64.b64encode(hashlib.new(kind, data, usedforsecurity=False).digest()).decode()
            if found not in wished[kind]:
                raise TarballError(f"its {kind} is not the one that the registry names")
            return
    if not shasum:
        raise TarballError("the registry names no digest for it")
    if hashlib.sha1(data, usedforsecurity=False).hexdigest() != shasum.lower():
        raise TarballError("its sha1 is not the one that the registry names")


def unpack(data: bytes, *, largest: int = LARGEST_PACKAGE) -> dict[str, bytes]:
    """The regular files of a package by their paths below its folder. Links are left out.

    Args:
        largest: bytes that it may have once it is decompressed.

    Raises:
        TarballError: it is damaged, too large, or has paths that lead out of it.
    """
    archive = _inflate(data, largest)
    files: dict[str, bytes] = {}
    try:
        with tarfile.open(fileobj=io.BytesIO(archive), mode="r:") as tar:
            for member in tar:
                if not member.isreg():
                    continue
                if len(files) >= _MOST_FILES:
                    raise TarballError(f"it holds more than {_MOST_FILES} files")
                content = tar.extractfile(member)
                if content is not None:
                    files[_inside(member.name)] = content.read()
    except (tarfile.TarError, EOFError, ValueError, OSError) as error:
        raise TarballError("it is damaged") from error
    return files


def _inflate(data: bytes, largest: int) -> bytes:
    inflating = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        archive = inflating.decompress(data, largest + 1)
    except zlib.error as error:
        raise TarballError("it is damaged") from error
    if len(archive) > largest:
        raise TarballError(f"it holds more than {largest // 2**20} MiB")
    if not inflating.eof:
        raise TarballError("it is cut off")
    return archive


def _inside(name: str) -> str:
    """The path below the package's own folder, which is mostly called ``package``."""
    parts = name.replace("\\", "/").split("/")
    if name.startswith("/") or ".." in parts or "\0" in name:
        raise TarballError(f"it holds a path that leads out of it, {name[:80]!r}")
    return "/".join(part for part in parts[1:] if part not in {"", "."})
