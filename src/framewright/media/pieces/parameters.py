"""What must be equal in all pieces of one film."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import av
import blake3

from framewright.media.codec_log import complaint, listen
from framewright.media.pack import read_pack
from framewright.model.errors import PieceError

if TYPE_CHECKING:
    from pathlib import Path

_ZIP = b"PK"
_PNG_SIZE = slice(16, 24)  # of the header: width and height, 4 bytes each


def parameters_digest(path: Path) -> str:
    """A digest of what a decoder must know before the first packet of a piece: equal ones can be joined by copying.

    It covers the codec, the size, the pixel format, the colour tags, the time base and the parameter sets; of a picture
    pack its kind and size.

    Raises:
        PieceError: ``PIECE_INVALID``.
    """
    try:
        with path.open("rb") as file:
            packed = file.read(2) == _ZIP
        known = _of_pack(path) if packed else _of_video(path)
    except (av.FFmpegError, OSError, IndexError) as error:
        raise PieceError(
            f"{path} is no whole piece of a render ({complaint(error)}): render this chunk again.",
            code="PIECE_INVALID",
        ) from error
    return blake3.blake3(json.dumps(known).encode()).hexdigest()


def _of_pack(path: Path) -> list[object]:
    with read_pack(path) as pack:
        _, picture = next(pack.pictures())
    return ["pictures", picture[_PNG_SIZE].hex()]


def _of_video(path: Path) -> list[object]:
    listen()
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        codec = stream.codec_context
        return [
            codec.codec.canonical_name,
            codec.codec_tag,
            codec.width,
            codec.height,
            codec.pix_fmt,
            stream.metadata.get("alpha_mode"),
            int(codec.colorspace),
            int(codec.color_range),
            int(codec.color_primaries),
            int(codec.color_trc),
            str(stream.time_base),
            str(stream.average_rate),
            (codec.extradata or b"").hex(),
        ]
