"""Which cases of a grid are ordinary, and which are thorough: see CONTRIBUTING.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable


def thorough(*cases: object) -> list[object]:
    """These cases, each a value or a tuple of values, for ``make test-thorough`` only."""
    return [
        pytest.param(*(case if isinstance(case, tuple) else (case,)), marks=pytest.mark.thorough)
        for case in cases
    ]


def ordinary(grid: Iterable[object], *names: object) -> list[object]:
    """All of a grid of single values; those that are not named for ``make test-thorough`` only."""
    cases = list(grid)
    assert set(names) <= set(cases), "the grid has no such case"
    return [one if one in names else pytest.param(one, marks=pytest.mark.thorough) for one in cases]
