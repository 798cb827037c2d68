"""Finished pieces and their sidecars: a piece exists once its sidecar does, and only if both agree."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING, TypeVar

from blake3 import blake3
from pydantic import ValidationError

from framewright.media import write_error
from framewright.model.piece import ChunkResult, SoundResult

if TYPE_CHECKING:
    from pathlib import Path

_PART = 8 << 20
_Result = TypeVar("_Result", ChunkResult, SoundResult)


def sidecar_of(piece: Path) -> Path:
    """Where the account of a piece stands."""
    return piece.with_name(f"{piece.name}.json")


def file_digest(path: Path) -> str:
    """The BLAKE3 digest of a file, in hexadecimal."""
    digest = blake3(max_threads=blake3.AUTO)
    # Not mapped: of a file that is cut off meanwhile, a map would end the process.
    with path.open("rb") as file:
        while part := file.read(_PART):
            digest.update(part)
    return digest.hexdigest()


def attempt_at(piece: Path) -> Path:
    """A name beside a piece that no other attempt has."""
    return piece.with_name(f".{piece.name}.{os.getpid()}-{secrets.token_hex(4)}.part")


def committed(piece: Path, key: str, kind: type[_Result]) -> _Result | None:
    """The account of a piece that was finished under this key and is whole; None: it has to be made."""
    try:
        result = kind.model_validate_json(sidecar_of(piece).read_bytes())
        if result.key != key or result.bytes != piece.stat().st_size:
            return None
        return result if file_digest(piece) == result.digest else None
    except (ValidationError, OSError):
        return None


def commit(attempt: Path, piece: Path, result: _Result) -> None:
    """Let a finished attempt become the piece, durably; its account comes last. Several may do so at once: the first wins.

    Raises:
        OutputError: the disk is full, or may not be written.
    """
    sidecar = sidecar_of(piece)
    # Somebody else may be reading it, and would find it without its account for a moment.
    if committed(piece, result.key, type(result)) is not None:
        return
    written = attempt_at(sidecar)
    try:
        _sync(attempt)
        # No moment at which an old account stands beside new bytes.
        sidecar.unlink(missing_ok=True)
        os.replace(attempt, piece)
        written.write_text(result.model_dump_json(), encoding="utf-8")
        _sync(written)
        os.replace(written, sidecar)
        _sync(piece.parent)
    except OSError as error:
        written.unlink(missing_ok=True)
        raise write_error(piece, error) from error


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
