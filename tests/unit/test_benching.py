"""What follows from measured paces, and how it is told."""

import json

import pytest
from typer.testing import CliRunner

from framewright.cli.app import app
from framewright.cli.bench import tell_composition, tell_machine, write_settings
from framewright.cli.console import people_console
from framewright.model.errors import OutputError, SetupError
from framewright.model.frames import FrameRange
from framewright.model.settings import Settings
from framewright.render.benching import CompositionBench, MachineBench
from framewright.render.benching.advice import advise, numbers_of_workers
from framewright.render.benching.forecast import WORKERS, reckon
from framewright.render.benching.result import Pace
from framewright.schedule.costs import CostCurve


def pace(name, rate):
    return Pace(name=str(name), frames=round(rate * 10), seconds=10.0)


STREAM, SHOTS = pace("stream", 60), pace("screenshot", 20)
ENCODERS = [pace("draft", 300), pace("standard", 120), pace("high", 50)]


def test_the_fewest_workers_that_are_nearly_the_fastest_are_advised():
    found = advise([STREAM, SHOTS], ENCODERS, [pace(1, 30), pace(2, 57), pace(4, 59), pace(8, 50)])
    assert found.settings == {"FRAMEWRIGHT_WORKERS": "2"}
    assert "3.0 × as fast" in found.sentences[1]
    assert len(found.sentences) == 2


def test_without_a_stream_no_render_shall_try_it():
    found = advise([SHOTS], [], [pace(1, 20)])
    assert found.settings == {"FRAMEWRIGHT_WORKERS": "1", "FRAMEWRIGHT_CAPTURE": "screenshot"}


def test_an_encoder_that_limits_is_named():
    told = advise([STREAM], ENCODERS, [pace(1, 55), pace(2, 90)]).sentences
    assert "120 frames a second at standard quality, and 300 at draft" in told[-1]


@pytest.mark.parametrize(
    ("cores", "most", "numbers"),
    [(0.5, 9, (1,)), (2, 9, (1, 2)), (6, 99, (1, 2, 4, 6)), (8, 3, (1, 2)), (8, 0, (1,))],
)
def test_numbers_of_workers_double_up_to_the_cores_and_to_memory(cores, most, numbers):
    assert numbers_of_workers(cores, most) == numbers


def test_more_workers_end_sooner_as_long_as_they_find_work():
    curve, frames = CostCurve(((0, 0.3), (899, 0.3), (900, 0.1))), FrameRange(0, 9000)
    rows = reckon(curve, frames, grid=60, opening=1.0, prices={"small": 3.6, "dear": 36.0})
    assert [row.workers for row in rows] == list(WORKERS)
    assert rows[0].seconds == pytest.approx(curve.of(frames) + 1.0)
    assert rows[0].efficiency == pytest.approx(1.0)
    assert all(a.seconds >= b.seconds for a, b in zip(rows, rows[1:], strict=False))
    assert rows[4].seconds < rows[0].seconds / 13
    # 1080 s make 108 chunks that are worth a browser's start.
    assert rows[-1].used <= 108
    assert rows[0].prices == pytest.approx({"small": 1.081, "dear": 10.81})
    assert all(row.prices["small"] == pytest.approx(row.used * row.seconds / 1000) for row in rows)


def machine():
    workers = (pace(1, 30), pace(2, 58))
    return MachineBench(
        cores=2.0,
        memory=8 * 2**30,
        browser="HeadlessChrome/1",
        size=(1920, 1080),
        opening=0.8,
        drawing=pace("drawing", 90),
        captures=(STREAM, SHOTS),
        encoders=tuple(ENCODERS),
        workers=workers,
        advice=advise([STREAM, SHOTS], ENCODERS, workers),
    )


def test_settings_are_lines_for_a_shell(tmp_path):
    path = tmp_path / "framewright.env"
    write_settings(path, machine())
    assert path.read_text().splitlines()[-1] == "export FRAMEWRIGHT_WORKERS=2"
    assert [entry.name for entry in tmp_path.iterdir()] == ["framewright.env"]
    with pytest.raises(OutputError):
        write_settings(tmp_path / "nowhere" / "framewright.env", machine())


def test_people_see_paces_and_the_table(capsys):
    tell_machine(people_console(), machine())
    curve, frames = CostCurve.flat(0.1), FrameRange(0, 9000)
    found = CompositionBench(
        frames=9000,
        fps="30",
        size=(640, 360),
        source="sampled",
        samples=12,
        opening=1.0,
        seconds=900.0,
        knots=curve.knots,
        rows=reckon(curve, frames, grid=60, opening=1.0, prices={"small": 0.04}),
    )
    tell_composition(people_console(), "film", found)
    told = capsys.readouterr().err
    assert "58 frames a second: 2 side by side" in told
    assert "FRAMEWRIGHT_WORKERS=2" in told
    table = {
        row.split()[0]: row.split()
        for row in told.splitlines()
        if row.split()[-1:] and row.split()[0].isdigit()
    }
    assert table["1"][:3] == ["1", "1", "3"]
    assert table["128"][:3] == ["128", "90", "90*"]
    assert "1000" not in table
    assert "More than 90 find no work" in told


def test_prices_are_read_from_the_environment(monkeypatch):
    monkeypatch.setenv("FRAMEWRIGHT_PRICES", json.dumps({"small": 0.04}))
    assert Settings.read().prices == {"small": 0.04}
    for wrong in ("small", '{"small": -1}', '{"small": "dear"}'):
        monkeypatch.setenv("FRAMEWRIGHT_PRICES", wrong)
        with pytest.raises(SetupError) as caught:
            Settings.read()
        assert "FRAMEWRIGHT_PRICES" in caught.value.message


def test_what_bench_writes_is_what_render_reads(monkeypatch, tmp_path):
    monkeypatch.setenv("FRAMEWRIGHT_WORKERS", "many")
    told = CliRunner().invoke(app, ["render", str(tmp_path), "-o", str(tmp_path / "a.mp4")])
    assert "many" in str(told.exception or told.output)
