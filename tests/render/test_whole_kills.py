"""Any process of a render is killed at any moment: what it gives in the end has the bytes of an undisturbed one."""

from __future__ import annotations

import random

import pytest

import kills


def made(folder, frames):
    page = kills.write_page(folder / "page", frames)
    return page, *kills.undisturbed(page, folder)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    return made(tmp_path_factory.mktemp("kills"), 180)


# About when browsers open, and when some pieces are finished; fifty more moments are tried by hand.
@pytest.mark.thorough
@pytest.mark.timeout(900)  # up to three whole renders, each of which has a limit of its own
@pytest.mark.parametrize(("part", "chunks"), [(0.4, 0), (0.01, 2)])
def test_the_bytes_are_those_of_an_undisturbed_render(undisturbed, tmp_path, part, chunks):
    page, expected, seconds = undisturbed
    trial = kills.attempt(page, tmp_path / "trial", expected, (part * seconds, chunks), random.Random(part))
    assert trial.good, trial


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_fifty_times(tmp_path):
    page, expected, seconds = made(tmp_path, kills.FRAMES)
    chance = random.Random(50)
    trials = []
    for number in range(50):
        moment = kills.choose_moment(number, seconds, chance)
        trials.append(kills.attempt(page, tmp_path / str(number), expected, moment, chance))
    assert [trial for trial in trials if not trial.good] == []
