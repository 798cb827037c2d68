"""The files of subtitles that a caller names, before any of them is read."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

from framewright.model.errors import UsageError
from framewright.model.languages import is_language, language_of
from framewright.model.subtitles import SubtitleFile, SubtitlesMode

MOST_FILES = 32
_SUFFIX = re.compile(r",(lang|label)=([^,]*)$")


def parse_subtitle_files(wish: object) -> tuple[SubtitleFile, ...]:
    """Files of subtitles from what people write: one name or several, each ``FILE[,lang=de][,label=Deutsch]``.

    Raises:
        UsageError: ``SUBTITLES_INVALID`` when it is nothing of that kind.
    """
    if isinstance(wish, (str, os.PathLike, SubtitleFile)):
        wish = [wish]
    if not isinstance(wish, Iterable):
        raise UsageError(
            f"--subtitles {wish!r} names no file: give FILE[,lang=de][,label=Deutsch].",
            code="SUBTITLES_INVALID",
        )
    return tuple(_file(one) for one in wish)


def _file(written: object) -> SubtitleFile:
    if isinstance(written, SubtitleFile):
        return written
    told: dict[str, str] = {}
    name = os.fsdecode(written) if isinstance(written, (str, os.PathLike)) else ""
    # A file may have such a name itself.
    while (match := _SUFFIX.search(name)) and not Path(name).exists():
        told.setdefault(match[1], match[2].strip())
        name = name[: match.start()]
    if not name.strip():
        raise UsageError(
            f"--subtitles {written!r} names no file: give FILE[,lang=de][,label=Deutsch].",
            code="SUBTITLES_INVALID",
        )
    language = told.get("lang")
    if language is not None and not is_language(language):
        raise UsageError(
            f"--subtitles {name}: '{language}' is no language: give a code such as de, pt-BR or deu.",
            code="SUBTITLES_INVALID",
        )
    return SubtitleFile(Path(name), language or language_of(Path(name).name), told.get("label") or None)


def check_subtitle_files(files: tuple[SubtitleFile, ...], mode: SubtitlesMode) -> None:
    """Refuse more files than can be shown.

    Raises:
        UsageError: ``SUBTITLES_INVALID``.
    """
    if mode is SubtitlesMode.BURN and len(files) > 1:
        raise UsageError(
            "One file of subtitles can be drawn into the picture: give one, or --subtitles-mode track for a track each.",
            code="SUBTITLES_INVALID",
        )
    if len(files) > MOST_FILES:
        raise UsageError(f"--subtitles may be given {MOST_FILES} times.", code="SUBTITLES_INVALID")
