"""Reads the options of a request: exact, and with the files that they name found within the project."""

from __future__ import annotations

import math
import os
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, cast

from framewright.model.errors import UsageError
from framewright.render import RenderOptions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pydantic import JsonValue

    from framewright.render import RenderWishes

_PAGE_TIMEOUT = "page_timeout"
_FILES = {"subtitles": "--subtitles", "audio_tracks": "--audio-track"}


def read_wishes(given: Mapping[str, JsonValue], root: str | None) -> RenderOptions:
    """The options, each checked by itself.

    Args:
        root: the folder of the project; None: it has none.

    Raises:
        UsageError: as :meth:`~framewright.render.options.RenderOptions.parse`; ``VARIABLES_INVALID`` for variables that are no
            object; ``FILE_OUTSIDE`` for a file that does not lie in the project, ``FILE_MISSING`` where there is none.
    """
    variables = given.get("variables")
    if not (variables is None or isinstance(variables, dict)):
        raise UsageError(
            'variables is no object: give one such as {"title": "Hello"}.', code="VARIABLES_INVALID"
        )
    for name, option in _FILES.items():
        for written in _lines(given.get(name)):
            _check_name(written, option)
    wishes = {name: wish for name, wish in given.items() if name != _PAGE_TIMEOUT}
    options = RenderOptions.parse(**cast("RenderWishes", wishes))
    return replace(
        options,
        subtitles=tuple(
            replace(file, path=Path(_inside(os.fspath(file.path), root, "--subtitles")))
            for file in options.subtitles
        ),
        audio_tracks=tuple(
            replace(track, path=_inside(os.fspath(track.path), root, "--audio-track"))
            for track in options.audio_tracks
        ),
    )


def page_timeout_of(given: Mapping[str, JsonValue]) -> float | None:
    """The wish that is the machine's setting elsewhere; None: there is none.

    Raises:
        UsageError: ``PAGE_TIMEOUT_INVALID``.
    """
    wished = given.get(_PAGE_TIMEOUT)
    if wished is None:
        return None
    if isinstance(wished, bool) or not isinstance(wished, int | float) or not 0 < wished < math.inf:
        raise UsageError(
            f"page_timeout {wished!r} is no time: give seconds above 0.", code="PAGE_TIMEOUT_INVALID"
        )
    return float(wished)


def check_place(composition: str, root: str | None) -> None:
    """See that the page lies in the project, also behind links.

    Raises:
        UsageError: ``FILE_OUTSIDE``.
    """
    if root is None:
        return
    page = Path(composition)
    real = Path(os.path.realpath(page / "index.html" if page.is_dir() else page))
    if not real.is_relative_to(os.path.realpath(root)):
        raise UsageError(
            f"The page {page.name} leads out of the project: let it lie in it.", code="FILE_OUTSIDE"
        )


def _lines(given: JsonValue) -> Iterable[str]:
    """What is written of files, before anybody has read it."""
    for one in given if isinstance(given, list) else (given,):
        name = one.get("path") if isinstance(one, dict) else one
        if isinstance(name, str):
            yield name


def _check_name(written: str, option: str) -> None:
    """Refuse by the letters alone what leads out: whether such a file exists is nobody's business."""
    if written.startswith(("/", "~")) or ".." in PurePosixPath(written).parts or "\0" in written:
        raise _outside(written, option)


def _inside(written: str, root: str | None, option: str) -> str:
    if root is None:
        raise UsageError(
            f"{option} {written} names a file, and a composition without files of its own has none: upload a project.",
            code="FILE_MISSING",
        )
    _check_name(written, option)
    folder = os.path.realpath(root)
    try:
        real = os.path.realpath(os.path.join(folder, written), strict=True)
    except OSError:
        raise UsageError(
            f"{option} {written} is not in the project: name a file relative to its folder.",
            code="FILE_MISSING",
        ) from None
    if not Path(real).is_relative_to(folder):
        raise _outside(written, option)
    return real


def _outside(written: str, option: str) -> UsageError:
    return UsageError(
        f"{option} {written} leads out of the project: name a file in it, relative to its folder.",
        code="FILE_OUTSIDE",
    )
