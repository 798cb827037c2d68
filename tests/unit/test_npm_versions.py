"""Ranges mean what they mean to npm."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framewright.composition.resolvers.versions import Version, choose_version, is_exact

PUBLISHED = "0.1.0 0.1.9 0.2.0 0.2.5 1.0.0-rc.1 1.0.0-rc.10 1.0.0-rc.2 1.0.0 1.2.0 1.2.3 1.10.0 2.0.0-beta 2.0.0 2.1.0-alpha.1 3.0.0".split()


@pytest.mark.parametrize(
    ("wished", "meant"),
    [
        ("1.2.3", "1.2.3"),
        ("v1.2.3", "1.2.3"),
        ("=1.2.3", "1.2.3"),
        ("1.2.3+build", "1.2.3"),
        ("1", "1.10.0"),
        ("1.x", "1.10.0"),
        ("1.2", "1.2.3"),
        ("1.2.*", "1.2.3"),
        ("^1.2.0", "1.10.0"),
        ("~1.2.0", "1.2.3"),
        ("~1", "1.10.0"),
        ("^0.1.0", "0.1.9"),
        ("^0.2", "0.2.5"),
        ("^0.0.3", None),
        ("^0", "0.2.5"),
        (">=1.2.0 <1.10.0", "1.2.3"),
        (">= 1.2.0 < 1.10.0", "1.2.3"),
        (">1.2", "3.0.0"),
        ("<=1", "1.10.0"),
        ("<1", "0.2.5"),
        ("<1.0.0", "0.2.5"),
        ("1.0.0 - 1.2", "1.2.3"),
        ("1.0.0 - 2", "2.0.0"),
        ("^5 || ~1.2", "1.2.3"),
        ("2.0.0-beta", "2.0.0-beta"),
        (">=1.0.0-rc.2 <1.0.0", "1.0.0-rc.10"),
        ("^1.0.0-rc.1", "1.10.0"),
        (">2.0.0 <3", None),
        ("next", "2.1.0-alpha.1"),
        ("", "3.0.0"),
        ("*", "3.0.0"),
        ("latest", "3.0.0"),
        ("7", None),
        ("no version", None),
        ("1.2.3.4", None),
        ("^", None),
        ("1" * 400, None),
    ],
)
def test_ranges(wished, meant):
    assert choose_version(wished, PUBLISHED, {"latest": "3.0.0", "next": "2.1.0-alpha.1"}) == meant


def test_the_latest_wins_where_it_fits():
    assert choose_version("^1", PUBLISHED, {"latest": "1.2.0"}) == "1.2.0"
    assert choose_version("^2", PUBLISHED, {"latest": "1.2.0"}) == "2.0.0"


def test_only_whole_versions_are_exact():
    assert [is_exact(one) for one in ("1.2.3", "v1.2.3", "1.2.3-rc.1", "1.2", "^1.2.3", "latest", "")] == [
        True,
        True,
        True,
        False,
        False,
        False,
        False,
    ]


def test_order_of_pre_releases():
    names = [
        "1.0.0-1",
        "1.0.0-alpha",
        "1.0.0-alpha.1",
        "1.0.0-alpha.beta",
        "1.0.0-beta.2",
        "1.0.0-beta.11",
        "1.0.0",
    ]
    assert sorted(names, key=Version.parse) == names


numbers = st.integers(0, 4)
versions = st.builds("{}.{}.{}".format, numbers, numbers, numbers)


@given(
    st.lists(versions, min_size=1, unique=True),
    versions,
    st.sampled_from(["^", "~", ">=", "<=", "<", ">", "="]),
)
def test_what_is_chosen_satisfies_by_definition(published, wished, sign):
    chosen = choose_version(sign + wished, published, {})
    low = tuple(map(int, wished.split(".")))

    def fits(version):
        found = tuple(map(int, version.split(".")))
        if sign == "^":
            leading = next((place for place, number in enumerate(low) if number), 2)
            return found >= low and found[: leading + 1] == low[: leading + 1]
        if sign == "~":
            return found >= low and found[:2] == low[:2]
        return {
            ">=": found >= low,
            "<=": found <= low,
            "<": found < low,
            ">": found > low,
            "=": found == low,
        }[sign]

    fitting = [version for version in published if fits(version)]
    assert chosen == max(fitting, key=lambda version: tuple(map(int, version.split("."))), default=None)


@given(st.text(max_size=40))
def test_nonsense_is_no_error(wished):
    assert choose_version(wished, PUBLISHED, {}) in {None, *PUBLISHED}
