"""What is rendered, gathered from what a render says that it has decided."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from framewright.model.errors import UsageError
from framewright.model.frames import FrameRate
from framewright.model.job import JobPlan, Planned

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic import JsonValue

    from framewright.model.events import Decided

_SUBJECTS = {"size", "fps", "duration"}


def planned_of(decisions: Iterable[Decided]) -> Planned | None:
    """What is rendered; None while not all of it is decided.

    Args:
        decisions: of one render, in order; others than those on size, rate and length are passed over.
    """
    found = {one.subject: one for one in decisions if one.subject in _SUBJECTS}
    if found.keys() != _SUBJECTS:
        return None
    size, length = found["size"].inputs, found["duration"].inputs
    width, height = _whole(size.get("css_width")), _whole(size.get("css_height"))
    start, stop = _whole(length.get("start_frame")), _whole(length.get("end_frame"))
    scale = size.get("scale")
    if width is None or height is None or start is None or stop is None or not isinstance(scale, int | float):
        return None
    try:
        rate = FrameRate.parse(str(found["fps"].choice))
    except UsageError:
        return None
    return Planned(
        plan=JobPlan(
            width=width,
            height=height,
            scale=float(scale),
            fps=str(rate),
            frames=stop - start,
            first_frame=start,
            seconds=float(rate.time_of(stop - start)),
        )
    )


def bounds_of(decided: Decided) -> tuple[int, ...]:
    """Where a render was cut into chunks, its first frame and the one behind its last included; none: it is not said."""
    cuts = decided.inputs.get("cuts") if decided.subject == "chunks" else None
    if not isinstance(cuts, list):
        return ()
    found = tuple(_whole(one) for one in cuts)
    bounds = tuple(one for one in found if one is not None)
    rises = all(one < after for one, after in pairwise(bounds))
    return bounds if rises and len(bounds) == len(found) > 1 else ()


def _whole(value: JsonValue) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
