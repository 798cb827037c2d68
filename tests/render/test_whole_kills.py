"""Any process of a render is killed at any moment: what it gives in the end has the bytes of an undisturbed one."""

from __future__ import annotations

import random

import pytest

import kills


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("kills")
    page = kills.write_page(folder / "page")
    return page, *kills.undisturbed(page, folder)


# About when browsers open, and when some pieces are finished.
@pytest.mark.parametrize(("part", "chunks"), [(0.4, 0), (0.01, 2), (0.02, 4)])
def test_the_bytes_are_those_of_an_undisturbed_render(undisturbed, tmp_path, part, chunks):
    page, expected, seconds = undisturbed
    trial = kills.attempt(page, tmp_path / "trial", expected, (part * seconds, chunks), random.Random(part))
    assert trial.good, trial


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_fifty_times(undisturbed, tmp_path):
    page, expected, seconds = undisturbed
    chance = random.Random(50)
    trials = []
    for number in range(50):
        moment = kills.choose_moment(number, seconds, chance)
        trials.append(kills.attempt(page, tmp_path / str(number), expected, moment, chance))
    assert [trial for trial in trials if not trial.good] == []
