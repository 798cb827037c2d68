"""The states of chunks as a short text: runs of equal letters, each with its length."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

WAITING, RUNNING, DONE, REUSED = "w", "r", "d", "u"
_RUN = re.compile(r"(\d+)([wrdu])")


def write_states(states: Iterable[str]) -> str:
    """``wwwdd`` as ``3w2d``: at most two characters a chunk, and mostly far fewer."""
    return "".join(f"{sum(1 for _ in run)}{state}" for state, run in groupby(states))


def read_states(runs: str) -> str:
    """One letter a chunk, of what :func:`write_states` wrote."""
    return "".join(state * int(length) for length, state in _RUN.findall(runs))
