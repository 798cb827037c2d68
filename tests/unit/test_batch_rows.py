"""The rows of a batch, and the names of its videos."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framewright.model.batch import BatchReport, Failure, RowResult
from framewright.model.errors import ExitCode, UsageError
from framewright.render.row_names import fields_of, name_outputs
from framewright.render.rows import read_rows


def write(tmp_path, name, text):
    file = tmp_path / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


@pytest.mark.parametrize(
    ("name", "text", "rows"),
    [
        ("rows.json", '[{"a": 1}, {}]', ({"a": 1}, {})),
        ("rows.json", '{"rows": [{"a": [null]}]}', ({"a": [None]},)),
        ("rows", '\ufeff[{"a": "é"}]', ({"a": "é"},)),
        ("rows.ndjson", '{"a": 1}\n\n{"a": 2}\r\n', ({"a": 1}, {"a": 2})),
        ("rows.jsonl", '{"a": 1}', ({"a": 1},)),
        (
            "rows.csv",
            'a, b\n1,"two, ""2"""\n,3\n\n4\n',
            ({"a": "1", "b": 'two, "2"'}, {"b": "3"}, {"a": "4"}),
        ),
        ("rows.CSV", 'a\r\n"x\ny"\r\n', ({"a": "x\ny"},)),
        ("rows.tsv", "a\tb\n1\t2,3\n", ({"a": "1", "b": "2,3"},)),
    ],
)
def test_rows_from_files(tmp_path, name, text, rows):
    read = read_rows(write(tmp_path, name, text))
    assert read.values == rows
    assert read.written == (name.lower()[-4:] in {".csv", ".tsv"})


def test_rows_from_mappings_are_copied():
    mine = {"a": [1]}
    read = read_rows([mine])
    mine["a"].append(2)
    assert read.values == ({"a": [1]},)


@pytest.mark.parametrize(
    ("name", "text", "code", "words"),
    [
        ("rows.json", "[{]", "BATCH_INVALID", "is no JSON"),
        ("rows.json", "{}", "BATCH_INVALID", "a list of rows"),
        ("rows.json", "7", "BATCH_INVALID", "a list of rows"),
        ("rows.json", "[]", "BATCH_INVALID", "holds no rows"),
        ("rows.json", "", "BATCH_INVALID", "is no JSON"),
        ("rows.json", "[{}, 7]", "VARIABLES_INVALID", "Row 1 must be a JSON object"),
        ("rows.json", '[{"a": Infinity}]', "BATCH_INVALID", "Infinity is no JSON number"),
        ("rows.json", b"\xff\xfe", "BATCH_UNREADABLE", "no UTF-8"),
        ("rows.ndjson", '{"a": 1}\n{"a": \n', "BATCH_INVALID", "Line 2 of"),
        ("rows.csv", "", "BATCH_INVALID", "a name for each column"),
        ("rows.csv", "a,,b\n1,2,3\n", "BATCH_INVALID", "a name for each column"),
        ("rows.csv", "a,a\n1,2\n", "BATCH_INVALID", "two columns named 'a'"),
        ("rows.csv", "a\n1,2\n", "BATCH_INVALID", "has 2 cells"),
        ("rows.csv", 'a\n"1\n', "BATCH_INVALID", "Line 2"),
        ("rows.csv", "a\n", "BATCH_INVALID", "holds no rows"),
    ],
)
def test_rows_that_cannot_be_read(tmp_path, name, text, code, words):
    with pytest.raises(UsageError) as refused:
        read_rows(write(tmp_path, name, text))
    assert refused.value.code == code
    assert words in refused.value.message and refused.value.message.endswith(".")


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(UsageError) as refused:
        read_rows(tmp_path / "rows.json")
    assert refused.value.code == "BATCH_UNREADABLE"


def test_a_row_that_is_no_mapping():
    with pytest.raises(UsageError, match="Row 0 must be a JSON object"):
        read_rows(["title"])


@pytest.mark.parametrize(
    ("template", "rows", "names"),
    [
        ("out/{name}-{index}.mp4", [{"name": "a"}, {"name": "a"}], ["out/a-0.mp4", "out/a-1.mp4"]),
        ("{index:04}.mp4", [{}] * 2, ["0000.mp4", "0001.mp4"]),
        ("{id:3}.mp4", [{"id": 7}], ["007.mp4"]),
        ("{a}{b}{c}.mp4", [{"a": 1.5, "b": True, "c": "x"}], ["1.5truex.mp4"]),
        ("{{{a}}}.mp4", [{"a": "x"}], ["{x}.mp4"]),
        ("{index}.mp4", [{"index": "mine"}], ["mine.mp4"]),
        ("{user.name}_{x-y}.mp4", [{"user.name": "u", "x-y": 1}], ["u_1.mp4"]),
        ("one.mp4", [{}], ["one.mp4"]),
    ],
)
def test_names(template, rows, names):
    assert name_outputs(template, rows) == tuple(map(Path, names))


@pytest.mark.parametrize(
    ("value", "part"),
    [
        ("../../etc/passwd", "etc-passwd"),
        ("a/b\\c:d", "a-b-c-d"),
        ("/abs", "abs"),
        (".hidden", "hidden"),
        ("a..b", "a..b"),
        ("a/../b", "a-b"),
        ("nul\0byte\x1b[31m", "nulbyte[31m"),
        ("  two words\n", "two-words"),
        ("e\u0301", "é"),
        ("\u202eevil", "evil"),
        ("x" * 300, "x" * 100),
        (-5, "-5"),
    ],
)
def test_a_field_is_a_part_of_one_file_name(value, part):
    assert name_outputs("out/{f}.mp4", [{"f": value}]) == (Path(f"out/{part}.mp4"),)


@given(st.text())
def test_no_field_leads_elsewhere(text):
    try:
        (output,) = name_outputs("out/{f}.mp4", [{"f": text}])
    except UsageError as refused:
        assert refused.code == "FIELD_INVALID"
        return
    assert output.parent == Path("out") and output.suffix == ".mp4" and not output.name.startswith(".")
    assert "\0" not in output.name and len(output.name) <= 104


@pytest.mark.parametrize(
    ("template", "rows", "code", "words"),
    [
        ("{name}.mp4", [{"name": "a"}, {}], "FIELD_MISSING", "Row 1 has no field 'name'"),
        ("{f}.mp4", [{"f": None}], "FIELD_INVALID", "give a text, a number"),
        ("{f}.mp4", [{"f": ["a"]}], "FIELD_INVALID", "row 0"),
        ("{f}.mp4", [{"f": "/.."}], "FIELD_INVALID", "leaves nothing"),
        ("{f}.mp4", [{"f": ""}], "FIELD_INVALID", "leaves nothing"),
        ("one.mp4", [{}, {}], "OUTPUTS_COLLIDE", "Rows 0 and 1"),
        ("{f}.mp4", [{"f": "a/b"}, {"f": "x"}, {"f": "a:b"}], "OUTPUTS_COLLIDE", "Rows 0 and 2"),
        ("a{b.mp4", [{}], "TEMPLATE_INVALID", "position 2"),
        ("a}.mp4", [{}], "TEMPLATE_INVALID", "stands alone"),
        ("{}.mp4", [{}], "TEMPLATE_INVALID", "stands alone"),
        ("{f!r}{.mp4", [{"f!r": 1}], "TEMPLATE_INVALID", "position 6"),
    ],
)
def test_names_that_cannot_be_given(template, rows, code, words):
    with pytest.raises(UsageError) as refused:
        name_outputs(template, rows)
    assert refused.value.code == code
    assert words in refused.value.message and refused.value.message.endswith(".")


def test_a_link_does_not_hide_a_collision(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "a.mp4").symlink_to(tmp_path / "b.mp4")
    with pytest.raises(UsageError) as refused:
        name_outputs(f"{tmp_path}/{{f}}.mp4", [{"f": "a"}, {"f": "b"}])
    assert refused.value.code == "OUTPUTS_COLLIDE"


def test_fields_of_a_template():
    assert fields_of("{a}/{{b}}/{index:03}.mp4") == {"a", "index"}


@pytest.mark.parametrize(
    ("codes", "worst"),
    [([], 0), ([3], 3), ([2, 3], 3), ([3, 4, 6], 4), ([3, 6], 6), ([4, 1, 3], 1)],
)
def test_the_worst_failure_names_the_whole(codes, worst):
    rows = [
        RowResult(
            row=row, output="a.mp4", failure=Failure(code="X", message="x.", exit_code=code, retryable=False)
        )
        for row, code in enumerate(codes)
    ]
    report = BatchReport(
        rows=(*rows, RowResult(row=9, output="b.mp4")), seconds=1, side_by_side=1, browsers=1
    )
    assert report.exit_code is ExitCode(worst)
    assert len(report.failed) == len(codes)
