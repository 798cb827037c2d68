"""What stands beside a piece: reading it, and finding the pieces that somebody names."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from pydantic import ValidationError

from framewright.model.errors import AssembleError, PieceError
from framewright.model.piece import ChunkResult, PieceResult, SoundResult
from framewright.render.committing import sidecar_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_Result = TypeVar("_Result", bound=PieceResult)
_SUFFIX = ".json"
_KINDS: dict[str, type[ChunkResult | SoundResult]] = {"chunk": ChunkResult, "sound": SoundResult}
_VERSION = 1


@dataclass(frozen=True, slots=True)
class Piece(Generic[_Result]):
    """A file, and its account."""

    path: Path
    result: _Result


def read_account(piece: Path) -> PieceResult:
    """The account of a piece, of whichever kind it is.

    Raises:
        AssembleError: ``PIECE_MISSING`` there is no such file.
        PieceError: ``PIECE_UNFINISHED`` it has no account; ``PIECE_NEWER`` a newer version wrote it; ``PIECE_INVALID`` it
            cannot be read.
    """
    if not piece.is_file():
        raise AssembleError(f"There is no piece {piece}: look at its name.", code="PIECE_MISSING")
    sidecar = sidecar_of(piece)
    try:
        told = json.loads(sidecar.read_bytes())
    except FileNotFoundError as error:
        raise PieceError(
            f"{piece} has no {sidecar.name} beside it, so it was never finished: render it again.",
            code="PIECE_UNFINISHED",
        ) from error
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no JSON"
        raise _invalid(sidecar, reason or str(error)) from error
    if not isinstance(told, dict) or (kind := _KINDS.get(str(told.get("kind")))) is None:
        raise _invalid(sidecar, "it is no account of a piece")
    version = told.get("version")
    if isinstance(version, int) and version > _VERSION:
        raise PieceError(
            f"{sidecar} was written by a newer version of Framewright (format {version}, and this one reads "
            f"{_VERSION}): use one version for all pieces.",
            code="PIECE_NEWER",
        )
    try:
        return kind.model_validate_json(json.dumps(told))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(step) for step in first["loc"]) or "the document"
        raise _invalid(sidecar, f"{where}: {first['msg']}") from error


def read_chunk(path: Path) -> Piece[ChunkResult]:
    """A piece of video or of pictures.

    Raises:
        AssembleError: as :func:`read_account`, and ``PIECE_FOREIGN`` when it is a piece of sound.
        PieceError: as :func:`read_account`.
    """
    result = read_account(path)
    if isinstance(result, SoundResult):
        raise AssembleError(f"{path} is a piece of sound, not one of video.", code="PIECE_FOREIGN")
    return Piece(path, result)


def read_sound(path: Path) -> Piece[SoundResult]:
    """A piece of sound.

    Raises:
        AssembleError: as :func:`read_account`, and ``SOUND_FOREIGN`` when it is a piece of video.
        PieceError: as :func:`read_account`.
    """
    result = read_account(path)
    if isinstance(result, ChunkResult):
        raise AssembleError(f"{path} is a piece of video, not one of sound.", code="SOUND_FOREIGN")
    return Piece(path, result)


def find_pieces(places: Iterable[Path]) -> tuple[tuple[Path, ...], Path | None]:
    """The pieces of video and the piece of sound among files, and in folders, in any order.

    In a folder whatever has an account is a piece. An account that is named itself stands for its piece, as in ``chunks/*``.

    Raises:
        AssembleError, PieceError: as :func:`read_account`; ``PIECE_TWICE`` there are two pieces of sound.
    """
    chunks: dict[Path, None] = {}
    sounds: dict[Path, None] = {}
    for path in (file for place in places for file in _files(place)):
        if path not in chunks and path not in sounds:
            (sounds if isinstance(read_account(path), SoundResult) else chunks)[path] = None
    if len(sounds) > 1:
        told = " and ".join(path.name for path in list(sounds)[:2])
        raise AssembleError(f"There are two pieces of sound, {told}: give one of them.", code="PIECE_TWICE")
    return tuple(chunks), next(iter(sounds), None)


def _files(place: Path) -> list[Path]:
    if place.is_dir():
        return [
            path
            for path in sorted(place.iterdir())
            if not path.name.startswith(".") and sidecar_of(path).exists()
        ]
    piece = place.with_name(place.name.removesuffix(_SUFFIX))
    return [piece if piece != place and piece.exists() else place]


def _invalid(sidecar: Path, reason: str) -> PieceError:
    return PieceError(
        f"{sidecar} cannot be read as the account of its piece: {reason.rstrip('.')}; render the piece again.",
        code="PIECE_INVALID",
    )
