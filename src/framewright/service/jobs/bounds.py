"""Where a render was cut into chunks, by what it says of that."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from framewright.model.events import Decided


def bounds_of(decided: Decided) -> tuple[int, ...]:
    """The first frame of each chunk, and the one behind the last; none: it is not said."""
    cuts = decided.inputs.get("cuts") if decided.subject == "chunks" else None
    if not isinstance(cuts, list):
        return ()
    bounds = tuple(one for one in cuts if isinstance(one, int) and not isinstance(one, bool) and one >= 0)
    rises = all(one < after for one, after in pairwise(bounds))
    return bounds if rises and len(bounds) == len(cuts) > 1 else ()
