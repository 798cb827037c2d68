"""Pieces: what the chunks of a render write, each a file of its own that others join without encoding again.

A piece of a video is a video file without sound, in the container of the output. A piece of a GIF or of an image
sequence is a picture pack.
"""

from framewright.media.codec_settings import segment_of
from framewright.media.gif import write_gif
from framewright.media.pack import PackedPictures, PackReader, read_pack
from framewright.media.pieces.parameters import parameters_digest
from framewright.media.pieces.unpacking import write_sequence
from framewright.media.pieces.writing import is_packed, open_piece

__all__ = [
    "PackReader",
    "PackedPictures",
    "is_packed",
    "open_piece",
    "parameters_digest",
    "read_pack",
    "segment_of",
    "write_gif",
    "write_sequence",
]
