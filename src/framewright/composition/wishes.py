"""What a caller wants of a page."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import JsonValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the caller wants of a page where the page itself does not say.

    Attributes:
        width, height: CSS pixels; the page's declaration wins.
        seed: what the page's pseudo-random numbers follow from.
        page_timeout: seconds that the page may take to load, and that one frame may take.
        font_timeout, image_timeout, promise_timeout: seconds for each of these waits; a warning comes after them.
        font_faces: ``@font-face`` rules for families that the page names and does not declare.
        variables: what takes the place of the page's declared defaults, by id.
        spare_variables: ids among them that the page need not declare.
        written_variables: numbers and booleans among them are text, as in a table.
        listening: the page will be gone through to be heard, and is never looked at.
        subtitles: what is drawn over the page, by :func:`~framewright.composition.subtitles.page_subtitles`.
    """

    width: int | None = None
    height: int | None = None
    seed: int = 1
    page_timeout: float = 45.0
    font_timeout: float = 10.0
    image_timeout: float = 15.0
    promise_timeout: float = 15.0
    font_faces: str = ""
    variables: Mapping[str, JsonValue] = field(default_factory=dict)
    spare_variables: tuple[str, ...] = ()
    written_variables: bool = False
    listening: bool = False
    subtitles: str | None = None
