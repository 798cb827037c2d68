"""Variables as callers give them: mappings, JSON, files, and what is refused."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framewright.composition import RuntimeConfig, runtime_source
from framewright.model.errors import UsageError
from framewright.render import RenderOptions
from framewright.render.variables import read_variables

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@given(st.dictionaries(st.text(), JSON_VALUES, max_size=4))
def test_a_mapping_and_its_text_are_the_same(values):
    assert read_variables(values) == read_variables(json.dumps(values)) == values


def test_a_file(tmp_path):
    file = tmp_path / "values.json"
    file.write_bytes('\ufeff{"title": "Grüße"}'.encode())
    assert read_variables(f"@{file}") == {"title": "Grüße"}
    assert RenderOptions.parse(variables=f"@{file}").variables == {"title": "Grüße"}


def test_what_was_given_is_copied():
    mine = {"list": [1]}
    read = read_variables(mine)
    mine["list"].append(2)
    assert read == {"list": [1]}


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ("{", "--variables is no JSON: Expecting property name"),
        ('{"a', "--variables is no JSON: Unterminated string starting at line 1 column 2"),
        ("", "--variables is no JSON"),
        ("[1]", 'must be a JSON object such as {"title": "Hello"}, and is a list'),
        ("7", "and is 7"),
        ('"title"', "and is a text"),
        ("null", "and is null"),
        ("true", "and is true"),
        ('{"a": NaN}', "NaN is no JSON number"),
        ("[" * 100_000, "nested too deeply"),
        ({"a": float("inf")}, "a value that JSON cannot hold"),
        ({"a": object()}, "a value that JSON cannot hold"),
        ({1: "a"}, "has 1 for the id"),
        ([("a", 1)], "and is a list"),
        ({"a": "x" * 5_000_000}, "let the page fetch a file"),
    ],
)  # fmt: skip
def test_what_is_no_object_of_values_is_refused(wish, words):
    with pytest.raises(UsageError) as refused:
        RenderOptions.parse(variables=wish)
    assert refused.value.code == "VARIABLES_INVALID"
    assert words in refused.value.message and refused.value.message.endswith(".")


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "No such file"), (b"\xff{}", "no UTF-8"), (b" " * (5 * 2**20), "longer than the 4 MiB")],
)
def test_a_file_that_cannot_be_read(tmp_path, content, words):
    file = tmp_path / "values.json"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(UsageError) as refused:
        read_variables(f"@{file}")
    assert refused.value.code == "VARIABLES_UNREADABLE" and words in refused.value.message


@pytest.mark.parametrize("name", ["", "\0", "~nobody-here/a.json"])
def test_a_name_of_no_file(name):
    with pytest.raises(UsageError) as refused:
        read_variables(f"@{name}")
    assert refused.value.code == "VARIABLES_UNREADABLE"


def test_options_in_one_value_are_checked_too():
    with pytest.raises(UsageError):
        RenderOptions(variables={"a": float("nan")})


def test_no_value_can_end_the_script_that_carries_it():
    source = runtime_source(
        RuntimeConfig(secret="s", variables={"a": "</script>\u2028'`${1}", "__proto__": 1})
    )
    assert "</script>" not in source and "\u2028" not in source
