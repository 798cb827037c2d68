"""The samples of a track of text: what is read from when to when, in the bytes that the container wants."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from framewright.media.subtitles.stacking import MOST_STACKED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from framewright.model.subtitles import Cue, Look, Run

MOV_TEXT_TICK = Fraction(1, 90_000)
"""Every usual frame rate begins its frames on such a tick, and so does every millisecond."""
WEBVTT_TICK = Fraction(1, 1000)
"""All that WebM can keep."""

_MOST_BYTES = 0xFFFF
_FONT, _FONT_SIZE = 1, 16
_FACES = {"bold": 1, "italic": 2, "underline": 4}
_NAMED = {
    "white": "ffffff", "lime": "00ff00", "cyan": "00ffff", "red": "ff0000", "yellow": "ffff00", "magenta": "ff00ff",
    "blue": "0000ff", "black": "000000", "green": "008000", "gray": "808080", "grey": "808080", "silver": "c0c0c0",
}  # fmt: skip
_HEX = re.compile(r"#([0-9a-f]{3}|[0-9a-f]{6})")
_ESCAPED = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


@dataclass(frozen=True, slots=True)
class Sample:
    """Bytes and their time, in ticks from the beginning of the file."""

    start: int
    stop: int
    data: bytes


def mov_text_samples(cues: Sequence[Cue], begin: Fraction, end: Fraction) -> Iterator[Sample]:
    """What a track of 3GPP Timed Text holds: samples that never overlap; cues at one time stand in one, line by line.

    Args:
        cues: by their start.
        begin, end: seconds of the part that is wanted; times count from ``begin``.
    """
    parts = list(_within(cues, begin, end, MOV_TEXT_TICK))
    active: list[tuple[int, int, Cue]] = []
    coming = 0
    now = 0
    while active or coming < len(parts):
        if not active:
            now = parts[coming][0]
        while coming < len(parts) and parts[coming][0] <= now:
            active.append(parts[coming])
            coming += 1
        until = min(stop for _, stop, _ in active)
        if coming < len(parts):
            until = min(until, parts[coming][0])
        shown = [cue for _, _, cue in active[-MOST_STACKED:]]
        yield Sample(now, until, _timed_text(shown))
        now = until
        active = [part for part in active if part[1] > now]


def webvtt_samples(cues: Sequence[Cue], begin: Fraction, end: Fraction) -> Iterator[Sample]:
    """What a track of WebVTT holds: a sample for each cue. Arguments as for :func:`mov_text_samples`."""
    for start, stop, cue in _within(cues, begin, end, WEBVTT_TICK):
        yield Sample(start, stop, "".join(_marked(run) for run in cue.runs).encode())


def _within(
    cues: Sequence[Cue], begin: Fraction, end: Fraction, tick: Fraction
) -> Iterator[tuple[int, int, Cue]]:
    last = round((end - begin) / tick)
    per = 1 / (1000 * tick)
    offset = begin / tick
    for cue in cues:
        start = max(0, round(cue.start * per - offset))
        stop = min(last, round(cue.stop * per - offset))
        if start < stop:
            yield start, stop, cue


def _timed_text(cues: Sequence[Cue]) -> bytes:
    """A sample of 3GPP TS 26.245: the length of the text, the text, and a box with the styles of its letters."""
    text = ""
    styles: list[bytes] = []
    for cue in cues:
        text += "\n" if text else ""
        for run in cue.runs:
            styled = _style(run.look, len(text), len(text) + len(run.text))
            styles += [styled] if styled else []
            text += run.text
    data = text.encode()
    if len(data) > _MOST_BYTES:
        data, styles = data[:_MOST_BYTES].decode(errors="ignore").encode(), []
    box = b""
    if styles:
        box = struct.pack(">I4sH", 10 + 12 * len(styles), b"styl", len(styles)) + b"".join(styles)
    return struct.pack(">H", len(data)) + data + box


def _style(look: Look, start: int, stop: int) -> bytes | None:
    face = sum(bit for name, bit in _FACES.items() if getattr(look, name))
    color = _rgb(look)
    if not face and color is None:
        return None
    return struct.pack(">HHHBB3sB", start, stop, _FONT, face, _FONT_SIZE, color or b"\xff\xff\xff", 255)


def _rgb(look: Look) -> bytes | None:
    wanted = look.color or next((name for name in reversed(look.classes) if name in _NAMED), None)
    if wanted is None:
        return None
    match = _HEX.fullmatch(wanted)
    written = _NAMED.get(wanted) or (match[1] if match else None)
    if written is None:
        return None
    return bytes.fromhex(written if len(written) == 6 else "".join(letter * 2 for letter in written))


def _marked(run: Run) -> str:
    written = "".join(_ESCAPED.get(letter, letter) for letter in run.text)
    if run.ruby is not None:
        above = "".join(_ESCAPED.get(letter, letter) for letter in run.ruby)
        written = f"<ruby>{written}<rt>{above}</rt></ruby>"
    look = run.look
    classes = "".join(f".{name}" for name in look.classes)
    if look.color in _NAMED:
        classes += f".{look.color}"
    for tag, wanted in (("u", look.underline), ("i", look.italic), ("b", look.bold)):
        if wanted:
            written = f"<{tag}>{written}</{tag}>"
    if classes:
        written = f"<c{classes}>{written}</c>"
    if look.voice is not None:
        voice = " ".join("".join(_ESCAPED.get(letter, letter) for letter in look.voice).split())
        written = f"<v {voice}>{written}</v>"
    return written
