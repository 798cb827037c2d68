"""Numbers as people read them, and text from strangers made safe for a terminal."""

from __future__ import annotations

import math
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from framewright.model.subtitles import SubtitleFacts

_DECIMAL_STEP = 1000
_MINUTE = 60
_HOUR = 3600


def seconds(value: float) -> str:
    """A length of time: ``0.8 s``, ``12 s``, ``3 min 20 s``, ``1 h 05 min``."""
    if not math.isfinite(value):
        return "endless"
    if value < 9.95:
        return f"{max(0.0, value):.1f} s"
    whole = round(value)
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{whole // _MINUTE} min {whole % _MINUTE:02d} s"
    return f"{whole // _HOUR} h {whole % _HOUR // _MINUTE:02d} min"


def exact_seconds(value: float) -> str:
    """The length of a video, to the millisecond: ``10 s``, ``3.337 s``."""
    return f"{round(value, 3):g} s" if math.isfinite(value) else "endless"


def size(count: int) -> str:
    """Bytes in decimal units, as file managers show them: ``1.2 MB``."""
    if count < _DECIMAL_STEP:
        return f"{count} bytes"
    value = float(count)
    for unit in ("kB", "MB", "GB", "TB"):
        value /= _DECIMAL_STEP
        if value < _DECIMAL_STEP - 0.5 or unit == "TB":
            return f"{value:.1f} {unit}" if value < 99.95 else f"{value:.0f} {unit}"
    raise AssertionError("the loop ends at TB")


def count(number: int, noun: str) -> str:
    """``1 frame``, ``2 frames``; the noun takes an s."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def percent(part: float, whole: float) -> str:
    """A share: ``62 %``; of nothing it is ``0 %``."""
    return f"{round(100 * part / whole) if whole > 0 else 0} %"


def rate(frames_a_second: float) -> str:
    """A speed: ``62 fps``, or ``2.4 fps`` where the fraction matters."""
    return f"{frames_a_second:.0f} fps" if frames_a_second >= 9.95 else f"{frames_a_second:.1f} fps"


def clean(text: str) -> str:
    """One line without control characters: what a page says must not move the cursor of a terminal."""
    flat = " ".join(text.split())
    return "".join("�" if unicodedata.category(letter) in {"Cc", "Cf", "Cs"} else letter for letter in flat)


def subtitles(facts: SubtitleFacts) -> str:
    """``film.de.srt (de), burnt in: 12 of 40 cues``."""
    language = f" ({facts.language})" if facts.language else ""
    where = "burnt in" if facts.mode == "burn" else "as a track"
    cues = count(facts.cues, "cue")
    return f"{clean(facts.path)}{language}, {where}: {cues if facts.shown == facts.cues else f'{facts.shown} of {cues}'}"
