"""A hall of cages for each test."""

from __future__ import annotations

import pytest

from truth.cages import Hall


@pytest.fixture
def hall(tmp_path):
    hall = Hall(tmp_path)
    yield hall
    hall.assert_gone()
