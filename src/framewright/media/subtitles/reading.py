"""A file of subtitles, whatever its encoding and kind, as cues; or one sentence that says why not."""

from __future__ import annotations

import codecs
import re
from pathlib import Path
from typing import TYPE_CHECKING

from framewright.media.subtitles.srt import read_srt
from framewright.media.subtitles.vtt import read_vtt
from framewright.model.errors import UsageError

if TYPE_CHECKING:
    import os

    from framewright.model.subtitles import Subtitles

MOST_BYTES = 64 * 2**20
MOST_CUES = 500_000
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before the mark of UTF-16, with which it begins
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BREAK = re.compile(r"\r\n|\r|\n")
_OTHERS = {
    "[script info]": "Advanced SubStation",
    "<?xml": "XML",
    "<tt": "TTML",
    "<sami": "SAMI",
    "{0}": "MicroDVD",
    "{1}": "MicroDVD",
    "scenarist_scc": "SCC",
}


def read_subtitles(path: str | os.PathLike[str]) -> Subtitles:
    """What a file holds.

    Raises:
        UsageError: ``SUBTITLES_MISSING`` no such file, or it cannot be opened; ``SUBTITLES_INVALID`` it holds no
            SubRip and no WebVTT text, or nothing that could be shown.
    """
    place = Path(path)
    try:
        with place.expanduser().open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except (OSError, ValueError, RuntimeError) as error:  # a NUL in the name; no such user
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(
            f"The subtitles {place} cannot be read: {reason}.", code="SUBTITLES_MISSING"
        ) from error
    if len(content) > MOST_BYTES:
        raise _invalid(place, f"they are longer than the {MOST_BYTES // 2**20} MiB that are read")
    return parse_subtitles(content, place)


def parse_subtitles(content: bytes, name: str | os.PathLike[str]) -> Subtitles:
    """What the bytes of a file hold.

    Args:
        name: of the file, for what is said of it.

    Raises:
        UsageError: ``SUBTITLES_INVALID``.
    """
    place = Path(name)
    if not content.strip():
        raise _invalid(place, "the file is empty")
    text = _decode(content, place)
    if "\0" in text:
        text = text.replace("\0", "\ufffd")
    lines = _BREAK.split(text)
    head = next((line for line in lines if line.strip()), "").strip()
    if re.match(r"WEBVTT(?:[\s]|$)", head):
        found = read_vtt(lines[lines.index(next(line for line in lines if line.strip())) :])
    else:
        for mark, kind in _OTHERS.items():
            if head.lower().startswith(mark):
                raise _invalid(
                    place, f"line 1 begins a file of {kind}; save it as SubRip (.srt) or WebVTT (.vtt)"
                )
        found = read_srt(lines)
    if len(found.cues) > MOST_CUES:
        raise _invalid(place, f"they have more than {MOST_CUES} cues")
    if not found.cues:
        first = found.complaints[0] if found.complaints else None
        why = (
            f"line {first.line}: {first.reason}"
            if first
            else f"line 1: '{head[:60]}' and what follows has no times of cues such as 00:00:01,000 --> 00:00:02,500"
        )
        raise _invalid(place, f"nothing in them can be shown; {why}")
    return found


def _decode(content: bytes, place: Path) -> str:
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), None)
    if encoding is None:
        encoding = _without_mark(content)
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        what = "no UTF-8 text" if encoding.startswith("utf-8") else f"no {encoding.upper()} text"
        raise _invalid(place, f"line {line} is {what}; save the file in that encoding") from error


def _without_mark(content: bytes) -> str:
    """UTF-16 without its mark has a zero in every other byte wherever Latin letters, digits or breaks stand."""
    start = content[:4000]
    even, odd = start[::2].count(0), start[1::2].count(0)
    if max(even, odd) * 5 < len(start):
        return "utf-8"
    return "utf-16-be" if even > odd else "utf-16-le"


def _invalid(place: Path, reason: str) -> UsageError:
    return UsageError(f"The subtitles {place} cannot be used: {reason}.", code="SUBTITLES_INVALID")
