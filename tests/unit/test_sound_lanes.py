"""Lanes: read from what authors and tools write, cut, multiplied and thinned."""

from __future__ import annotations

import json
import math
import random

import pytest

from framewright.composition.sounds.automation import MOST_POINTS, read_automation
from framewright.composition.sounds.effects import read_chain
from framewright.composition.sounds.lanes import TOLERANCE, multiplied, shifted, thinned, value_at


def written(points, target="volume", version=1):
    return json.dumps({"version": version, "lanes": [{"target": target, "points": points}]})


def test_points_are_read_as_they_are():
    read = read_automation(written([{"t": 0, "v": 0}, {"t": 1.5, "v": 0.8}, {"t": 3, "v": "1"}]))
    assert read.volume == ((0, 0, False), (1.5, 0.8, False), (3, 1, False))
    assert read.problems == () and read.effects == {}


@pytest.mark.parametrize("curve", [-1, -0.5, -0.01, 0.3, 0.5, 1])
def test_a_bend_follows_its_power_closely(curve):
    read = read_automation(written([{"t": 1, "v": 0.2, "curve": curve}, {"t": 3, "v": 1}]))
    for step in range(1001):
        share = step / 1000
        truth = 0.2 + 0.8 * share ** (4**curve)
        assert value_at(read.volume, 1 + 2 * share) == pytest.approx(truth, abs=2.5 * TOLERANCE)
    assert len(read.volume) < 200


def test_a_bend_through_a_point_beats_a_curve():
    read = read_automation(
        written([{"t": 0, "v": 0, "curve": 1, "viaX": 0.5, "viaY": 0.8}, {"t": 2, "v": 1}])
    )
    assert value_at(read.volume, 1) == pytest.approx(0.8, abs=0.002)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{", "is no JSON"),
        ("[" * 100_000, "is no JSON"),
        ("null", "has the version null"),
        ('{"volume": [[0, 1]]}', "has the version null"),
        (written([], version=2), "has the version 2"),
        ('{"version": 1}', "has no list of lanes"),
        ('{"version": 1, "lanes": [{"points": []}]}', "has a lane without a target"),
        (written([]), "without points"),
        (written("x"), "without points"),
        (written([{"t": 0, "v": 1}] * (MOST_POINTS + 1)), f"at most {MOST_POINTS} are read"),
        ('{"version": 1, "lanes": [{"target": "volume", "points": [{"t": NaN, "v": 1}, {"t": 0}, 7]}]}', "has 3 points without"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_and_left_out(text, problem):
    read = read_automation(text)
    assert read.volume == ()
    assert any(problem in told for told in read.problems)


def test_points_are_put_in_order_and_gains_into_range():
    points = [{"t": 2, "v": 9}, {"t": 1, "v": -1}, {"t": 0, "v": 1}, {"t": 2, "v": 0.5}, {"t": 3, "v": None}]
    read = read_automation(written(points))
    assert read.volume == ((0, 1, False), (1, 0, False), (2, 0.5, False))
    assert [problem.split(",")[0] for problem in read.problems] == [
        "has 1 points without a time and a gain",
        "has 2 gains outside of 0 to 3.981",
        "has points that are not in the order of their times",
    ]


def test_targets_other_than_the_volume_are_named():
    lanes = [
        {"target": "fx.n1.gain", "points": [{"t": 0, "v": -6}]},
        {"target": "volume", "points": [{"t": 0, "v": 0.5}]},
    ]
    read = read_automation(json.dumps({"version": 1, "lanes": lanes}))
    assert list(read.effects) == ["fx.n1.gain"]
    assert read.volume == ((0, 0.5, False),)


def test_a_hundred_thousand_points_become_few_that_stray_little():
    points = [{"t": n / 1000, "v": 0.5 + 0.5 * math.sin(n / 5000)} for n in range(MOST_POINTS)]
    read = read_automation(written(points))
    assert len(read.volume) < 1000
    for point in points[::37]:
        assert value_at(read.volume, point["t"]) == pytest.approx(point["v"], abs=2 * TOLERANCE)


def made_up(chance):
    at, found = 0.0, []
    for _ in range(chance.randint(1, 12)):
        found.append((at, chance.choice((0.0, 0.5, 1.0, chance.random())), chance.random() < 0.3))
        at += chance.choice((0.001, 0.5, chance.random()))
    return tuple(found)


@pytest.mark.parametrize("seed", range(60))
def test_thinning_cutting_and_multiplying_keep_the_gains(seed):
    chance = random.Random(seed)
    one, other = made_up(chance), made_up(chance)
    product, thin, by = multiplied(one, other), thinned(one), chance.random() * 2
    moved = shifted(one, by=by, pace=2.0)
    for at in (chance.random() * 8 for _ in range(200)):
        assert value_at(product, at) == pytest.approx(
            value_at(one, at) * value_at(other, at), abs=2 * TOLERANCE
        )
        assert value_at(thin, at) == pytest.approx(value_at(one, at), abs=2 * TOLERANCE)
        assert value_at(moved, at) == pytest.approx(value_at(one, by + 2 * at), abs=1e-9)


def test_an_empty_lane_changes_nothing():
    lane = ((0.0, 0.5, False), (1.0, 1.0, False))
    assert multiplied(lane, ()) == lane == multiplied((), lane)
    assert thinned(()) == ()


def test_levels_of_a_chain_are_gains_that_lanes_move_in_decibels():
    nodes = [
        {"type": "gain", "id": "a", "params": {"gain": -6}},
        {"type": "gain", "id": "b", "params": {"gain": 3}},
        {"type": "gain", "id": "c", "enabled": False, "params": {"gain": -60}},
        {"type": "reverb", "id": "d"},
    ]
    chain = read_chain(json.dumps({"version": 1, "nodes": nodes}))
    assert chain.others == ("reverb",)
    assert chain.targets == {"fx.a.gain", "fx.b.gain"}
    assert value_at(chain.gains({}), 1) == pytest.approx(10 ** (-3 / 20))
    moved = chain.gains({"fx.a.gain": ((0, 0, False), (2, -24, False), (3, -24, False))})
    for at in (0, 0.3, 1, 1.9, 2.5, 9):
        level = 3 - 12 * min(at, 2)
        assert value_at(moved, at) == pytest.approx(10 ** (level / 20), abs=3 * TOLERANCE)
    assert read_chain('{"nodes": [{"type": "gain", "params": {"gain": 0}}]}').gains({}) == ()
