"""What ``framewright check`` prints, from ready-made reports; and the folder that it writes."""

import io
import json
import re
from types import SimpleNamespace

import pytest
from pydantic import ValidationError
from rich.console import Console

import framewright.cli.check as check_command
from framewright.check.album import album_page, write_album
from framewright.check.report import (
    AuditFacts,
    CheckReport,
    DifferingFrame,
    Finding,
    PageFacts,
    Place,
    Severity,
)
from framewright.cli.check import tell_check
from framewright.cli.console import PeopleConsole
from framewright.cli.entry import run
from framewright.model.errors import OutputError

MISSING = Finding(
    code="ASSET_MISSING", severity=Severity.ERROR, message="The picture 'a\x1b[2J.png' is not there.", advice="Put it there.",
    place=Place(file="index.html", line=9, column=18), element="#logo",
)  # fmt: skip
SLIP = Finding(
    code="ATTRIBUTE_UNKNOWN", severity=Severity.WARNING, message="data-strat means nothing.", advice="Write data-start.",
    place=Place(file="scenes/a.html", line=120, column=4), element="p.clip",
)  # fmt: skip
LOOSE = Finding(code="CONSOLE_WARNING", severity=Severity.INFO, message="It <says> so.", advice="See.")
FACTS = PageFacts(width=1920, height=1080, fps="30", seconds=4.0, frames=120)
DIFFERING = DifferingFrame(frame=60, seconds=2.0, ways=("shuffled", "alone"), share=0.031)


def report(*findings, differing=(), audit=True, page=FACTS):
    looked = AuditFacts(frames=(0, 60, 119), differing=differing) if audit else None
    return CheckReport(
        composition="title", files=("index.html", "scenes/a.html"), page=page, audit=looked, findings=findings
    )


def told(found, *, live=False, **more):
    kind = Console if live else PeopleConsole
    screen = kind(
        file=io.StringIO(), width=60, force_terminal=live, highlight=False, _environ={"TERM": "xterm"}
    )
    tell_check(screen, found, **more)
    return screen.file.getvalue()


def test_a_pipe_gets_lines_as_of_a_compiler():
    lines = told(report(MISSING, SLIP, LOOSE)).splitlines()
    assert lines[0] == (
        "index.html:9:18: error: #logo: The picture 'a�[2J.png' is not there. Put it there. [ASSET_MISSING]"
    )
    assert lines[1].startswith("scenes/a.html:120:4: warning: p.clip: ")
    assert lines[2] == "info: It <says> so. See. [CONSOLE_WARNING]"
    assert lines[3] == "✗ 1 error, 1 warning, 1 note  3 frames looked the same by every way"


def test_a_terminal_gets_groups_by_file():
    shown = re.sub(r"\x1b\[[\d;]*m", "", told(report(MISSING, SLIP, LOOSE), live=True))
    assert "\x1b" not in shown
    lines = [line.rstrip() for line in shown.splitlines()]
    assert lines[0] == "index.html"
    assert lines[1].startswith("  9:18 ✗ #logo  The picture")
    assert "scenes/a.html" in lines and "the running page" in lines
    assert all(len(line) <= 60 for line in lines)


def test_the_quiet_one_tells_errors_only():
    assert told(report(SLIP, LOOSE), quiet=True) == ""
    assert told(report(MISSING, SLIP), quiet=True).count("\n") == 1


@pytest.mark.parametrize("live", [True, False])
def test_many_of_one_kind_are_counted(live):
    many = [SLIP.model_copy(update={"place": Place(file="a.html", line=n, column=1)}) for n in range(1, 100)]
    shown = told(report(*many, MISSING), live=live)
    assert shown.count("data-strat") == 20
    assert "and 79 more of ATTRIBUTE_UNKNOWN: --json tells all" in shown
    assert "ASSET_MISSING" in shown and "99 warnings" in shown


@pytest.mark.parametrize(
    ("found", "ends"),
    [
        (report(), "✓ nothing found  3 frames looked the same by every way"),
        (report(SLIP, audit=False), "! 1 warning  frames were not compared"),
        (report(LOOSE, differing=(DIFFERING,)), "✓ 1 note  1 of 3 frames depend on more than their time"),
        (report(MISSING, page=None, audit=False), "✗ 1 error  the page cannot be opened"),
    ],
)
def test_the_verdict(found, ends):
    assert told(found).splitlines()[-1] == ends


def test_the_report_is_one_value_that_nobody_changes():
    found = report(MISSING)
    assert CheckReport.model_validate_json(found.model_dump_json()) == found
    with pytest.raises(ValidationError):
        found.composition = "other"
    with pytest.raises(ValidationError):
        CheckReport.model_validate({**found.model_dump(), "more": 1})


@pytest.mark.parametrize(("findings", "status"), [((), 0), ((SLIP, LOOSE), 0), ((MISSING,), 3)])
def test_the_exit_code(findings, status, monkeypatch, capsys):
    async def check_async(composition, options, **more):
        assert (composition, options.duration, options.strict) == ("title", 2.0, True)
        assert (more["audit"], more["report"]) == (False, None)
        return report(*findings)

    monkeypatch.setattr(check_command, "check_async", check_async)
    assert run(["check", "title", "--duration", "2", "--strict", "--no-audit", "--json"]) == status
    document = json.loads(capsys.readouterr().out)
    assert [one["code"] for one in document["findings"]] == [one.code for one in findings]
    assert set(document) == {"composition", "files", "page", "audit", "findings", "version"}


def test_json_and_quiet_do_not_go_together(capsys):
    assert run(["check", "title", "--json", "--quiet"]) == 2
    assert json.loads(capsys.readouterr().out)["code"] == "TELLING_INVALID"


def test_the_folder_of_a_report(tmp_path):
    one = SimpleNamespace(
        frame=60,
        way="alone",
        expected=SimpleNamespace(data=b"E"),
        found=SimpleNamespace(data=memoryview(b"F")),
    )
    differing = DIFFERING.model_copy(update={"ways": ("alone",)})
    found = report(MISSING, LOOSE, differing=(differing,))
    write_album(tmp_path / "new" / "report", found, [one])
    folder = tmp_path / "new" / "report"
    assert CheckReport.model_validate_json((folder / "report.json").read_text()) == found
    html = (folder / "index.html").read_text()
    for picture in set(re.findall(r'src="([^"]+)"', html)):
        assert (folder / picture).is_file()
    assert {path.name for path in (folder / "frames").iterdir()} == {
        "000060-alone.png", "000060-forwards.png",
    }  # fmt: skip


def test_the_page_of_a_report_asks_nothing_of_others_and_believes_nothing():
    html = album_page(report(MISSING, LOOSE).model_copy(update={"composition": "<script>alert(1)</script>"}))
    assert "<script" not in html and "http" not in html
    assert "It &lt;says&gt; so." in html


def test_a_report_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError) as caught:
        write_album(tmp_path / "file", report(), [])
    assert caught.value.code == "OUTPUT_FAILED"
