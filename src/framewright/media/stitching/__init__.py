"""From finished pieces to one file: packets are copied with their times, never encoded again."""

from framewright.media.stitching.pictures import unpack_pictures
from framewright.media.stitching.stitch import Film, StitchedPiece, stitch_video

__all__ = ["Film", "StitchedPiece", "stitch_video", "unpack_pictures"]
