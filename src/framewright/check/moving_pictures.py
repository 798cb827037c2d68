"""Whether a picture file holds several frames: GIF, PNG and WebP may."""

from __future__ import annotations

PICTURES_THAT_MAY_MOVE = frozenset({".gif", ".png", ".apng", ".webp"})
_GIF_HEADER = 13
_PNG_HEADER = 8


def moves(head: bytes) -> bool:
    """Whether the beginning of a file shows a picture of more than one frame. What is cut off counts as still."""
    if head[:6] in {b"GIF87a", b"GIF89a"}:
        return _gif_frames(head) > 1
    if head[:_PNG_HEADER] == b"\x89PNG\r\n\x1a\n":
        # The chunk of animation stands before the first one of pixels.
        return b"acTL" in head[: head.find(b"IDAT") + 1]
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return head[12:16] == b"VP8X" and len(head) > 20 and bool(head[20] & 0x02)
    return False


def _gif_frames(head: bytes) -> int:
    """Frames up to the second one; see the blocks of the GIF89a specification."""
    if len(head) < _GIF_HEADER:
        return 0
    at = _GIF_HEADER + _table(head[10])
    frames = 0
    while at + 10 <= len(head) and frames < 2:
        kind = head[at]
        if kind == 0x21:  # extension
            at = _behind_blocks(head, at + 2)
        elif kind == 0x2C:  # image: descriptor, perhaps a table of colours, the size of codes, data
            frames += 1
            at = _behind_blocks(head, at + 11 + _table(head[at + 9]))
        else:
            break
    return frames


def _table(flags: int) -> int:
    """Bytes of a table of colours."""
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _behind_blocks(head: bytes, at: int) -> int:
    """Where a row of data blocks ends, each with its size before it, the last one empty."""
    while at < len(head) and head[at]:
        at += head[at] + 1
    return at + 1
