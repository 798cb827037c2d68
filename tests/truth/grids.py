"""Grids of which only a part is tried each time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable


def ordinary(values: Iterable[Any], *chosen: Any) -> list[Any]:
    """The values of one name for ``pytest.mark.parametrize``: those that are not chosen are thorough."""
    return ordinary_rows([(value,) for value in values], *((value,) for value in chosen))


def ordinary_rows(rows: Iterable[tuple[Any, ...]], *chosen: tuple[Any, ...]) -> list[Any]:
    """The same for several names, with a tuple for each test."""
    grid = list(rows)
    strange = [row for row in chosen if row not in grid]
    assert not strange, f"not in the grid: {strange}"
    return [pytest.param(*row, marks=() if row in chosen else pytest.mark.thorough) for row in grid]


def thorough(*cases: object) -> list[Any]:
    """These cases, each a value or a tuple of values, for ``make test-thorough`` only."""
    return [
        pytest.param(*(case if isinstance(case, tuple) else (case,)), marks=pytest.mark.thorough)
        for case in cases
    ]
