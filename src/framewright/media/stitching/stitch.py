"""Pieces of one video become its file: each packet once, in order, with sound and texts beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from framewright.media.codec_settings import settings_for
from framewright.media.stitching.video_piece import VideoPiece
from framewright.media.video_file import VideoFile
from framewright.model.errors import PieceError
from framewright.model.output import Codec

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from av.packet import Packet

    from framewright.media.sound_source import Pulse
    from framewright.media.soundtrack import Sound
    from framewright.media.subtitles.track import TextTrack
    from framewright.model.frames import FrameRange, FrameRate
    from framewright.model.output import OutputSpec
    from framewright.model.size import Size

# Codecs that decode frames in another order than they are shown in. Of the others no piece has to be opened twice.
_REORDERING = frozenset({Codec.H264, Codec.H265})


@dataclass(frozen=True, slots=True)
class Film:
    """What is written, of pictures of this size, at this exact rate."""

    spec: OutputSpec
    size: Size
    rate: FrameRate


@dataclass(frozen=True, slots=True)
class StitchedPiece:
    """A piece and the frames of the composition that it holds."""

    path: Path
    frames: FrameRange


def stitch_video(
    film: Film,
    pieces: Sequence[StitchedPiece],
    path: Path,
    pulse: Pulse,
    *,
    sound: Sound | None = None,
    texts: Sequence[TextTrack] = (),
) -> None:
    """Copy the packets of all pieces into one file. Blocks until it is done.

    Args:
        film: a video file; GIF and image sequences are made otherwise.
        pieces: in the order of their frames, without a gap.
        path: of the file; what was written when this fails is for the caller to remove.
        pulse: beats with every packet.

    Raises:
        PieceError: ``PIECE_CORRUPT``, ``PIECE_INCOMPLETE``, ``PIECE_DIFFERS``; ``SOUND_PIECE_INVALID``.
        EncoderError: ``ENCODER_FAILED`` the container refuses a packet.
        OutputError: the file cannot be written.
        StoppedError: the pulse was stopped.
    """
    settings = settings_for(film.spec, film.size, film.rate)

    def opened(piece: StitchedPiece) -> VideoPiece:
        return VideoPiece(piece.path, len(piece.frames), film.rate, settings.pixel_format)

    delay = 0
    if film.spec.codec in _REORDERING:
        for piece in pieces:
            with opened(piece) as one:
                delay = max(delay, one.delay)
    with opened(pieces[0]) as first:
        traits = _traits(first)
    file = VideoFile(
        settings, film.rate, path, parameters=first.extradata or b"", delay=delay, sound=sound, texts=texts
    )
    try:
        written = 0
        for piece in pieces:
            with opened(piece) as one:
                _check_traits(one, traits)
                for packet in _numbered(one, written, delay):
                    file.mux(packet)
                    pulse.beat()
            written += len(piece.frames)
        file.close()
    except BaseException:
        file.abort()
        raise


def _numbered(piece: VideoPiece, first: int, delay: int) -> Iterator[Packet[Any]]:
    """The packets of a piece with the frames that they show in the whole; one is decoded each frame."""
    for number, packet in enumerate(piece.packets(), first):
        shown = first + (packet.pts or 0)
        if number - delay > shown:
            raise PieceError(
                f"The piece {piece.path.name} shows frame {shown - first} before it can be decoded: render it again.",
                code="PIECE_CORRUPT",
            )
        packet.pts = shown
        yield packet


def _traits(piece: VideoPiece) -> tuple[object, ...]:
    return piece.codec, piece.width, piece.height, piece.extradata


def _check_traits(piece: VideoPiece, traits: tuple[object, ...]) -> None:
    if _traits(piece) != traits:
        raise PieceError(
            f"The piece {piece.path.name} was not encoded like the first one: render it again on a machine with the "
            "same software.",
            code="PIECE_DIFFERS",
        )
