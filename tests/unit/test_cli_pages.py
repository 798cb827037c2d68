"""What probe and doctor print, from ready-made findings."""

import io
import json
import re

import pytest
from rich.console import Console

import framewright.cli.doctor as doctor_command
from framewright.cli.console import PeopleConsole
from framewright.cli.doctor import remedies, tell_checks
from framewright.cli.entry import run
from framewright.cli.probe import tell_probe
from framewright.model.composition import Clip, ClipKind, Description, DurationSource, FontUse, Notice
from framewright.model.recording import AnsweredBy, RecordedAnswer
from framewright.render import Check, CheckState, ProbeResult

INSTALL = "sudo apt-get install -y chromium-headless-shell"
GOOD = Check(name="cores", state=CheckState.OK, detail="2 (machine)")
DOUBTFUL = Check(
    name="shm", state=CheckState.WARN, detail="64 MiB " * 20, remedy="sudo mount -o remount,size=1g /dev/shm"
)
MISSING = Check(name="browser", state=CheckState.MISSING, detail="none was found", remedy=INSTALL)
ALSO = Check(name="stream", state=CheckState.WARN, detail="frames come by screenshots", remedy=INSTALL)


def console(*, live):
    kind = Console if live else PeopleConsole
    return kind(
        file=io.StringIO(), width=80, force_terminal=live, highlight=False, _environ={"TERM": "xterm"}
    )


def test_each_remedy_is_told_once_and_what_is_needed_first():
    assert remedies([GOOD, DOUBTFUL, MISSING, ALSO]) == {
        INSTALL: ["browser", "stream"],
        DOUBTFUL.remedy: ["shm"],
    }


@pytest.mark.parametrize("live", [True, False])
@pytest.mark.parametrize(
    ("checks", "verdict"),
    [
        ([GOOD], "Ready to render."),
        ([GOOD, DOUBTFUL], "Ready to render; better still with:"),
        ([GOOD, MISSING, ALSO], "Nothing can be rendered without browser. What mends it:"),
    ],
)
def test_the_verdict(checks, verdict, live):
    screen = console(live=live)
    tell_checks(screen, checks)
    told = screen.file.getvalue()
    assert verdict in told
    for check in checks:
        assert check.name in told
        assert check.remedy is None or check.remedy in told


@pytest.mark.parametrize(("checks", "status"), [([GOOD, DOUBTFUL], 0), ([GOOD, MISSING], 4)])
def test_the_status_of_doctor(checks, status, monkeypatch, capsys):
    async def diagnose(_settings):
        return tuple(checks)

    monkeypatch.setattr(doctor_command, "diagnose", diagnose)
    assert run(["doctor"]) == status
    assert capsys.readouterr().err == ""
    assert run(["doctor", "--json"]) == status
    found = json.loads(capsys.readouterr().out)
    assert found["ready"] is (status == 0)
    assert [check["name"] for check in found["checks"]] == [check.name for check in checks]


def found(**changes):
    clips = tuple(
        Clip(
            element=f"#clip-{number}",
            kind=ClipKind.IMAGE,
            start=number,
            duration=2.5,
            track=1,
            source="a.png",
        )
        for number in range(50)
    )
    page = Description(
        composition="intro",
        title="A \x1b[31mtitle",
        width=640,
        height=360,
        duration=10,
        duration_source=DurationSource.DECLARED,
        fps=None,
        transparent=False,
        foreseeable=True,
        clips=changes.pop("clips", clips),
        fonts=(
            FontUse(asked="Inter", used=("Inter", "Noto Color Emoji")),
            FontUse(asked="Own", used=("Tinos",), own=True),
        ),
    )
    facts = {
        "description": page,
        "width": 640,
        "height": 360,
        "scale": 2.0,
        "output_width": 1280,
        "output_height": 720,
        "fps": "30000/1001",
        "seconds": 10.0,
        "duration_source": DurationSource.DECLARED,
        "frames": 300,
        "start_frame": 30,
        "end_frame": 60,
        "mode": "seek",
        "remote": (
            RecordedAnswer(url="https://one.example/a.js", method="GET", status=200, by=AnsweredBy.NPM),
            RecordedAnswer(url="https://two.example/b.css", method="GET", by=AnsweredBy.NOBODY),
        ),
        "notices": (
            Notice(code="REMOTE", message="The page asks for things from elsewhere.", element="script"),
        ),
        "decisions": (),
    }
    return ProbeResult(**{**facts, **changes})


@pytest.mark.parametrize("live", [True, False])
def test_a_probe_tells_what_matters(live):
    screen = console(live=live)
    tell_probe(screen, "intro/", found())
    # A terminal colours and wraps.
    told = " ".join(re.sub(r"\x1b\[[0-9;]*m", "", screen.file.getvalue()).split())
    for words in (
        "A �[31mtitle",
        "640×360, drawn as 1280×720 at scale 2",
        "10 s, from data-duration",
        "300 at 30000/1001 fps (about 29.970), of which 30 to 59 are rendered",
        "Inter (by Noto Color Emoji), Own remote",
        "https://one.example/a.js (npm)",
        "https://two.example/b.css (failed)",
        "#clip-39",
        "and 10 clips more: --json tells all",
        "The page asks for things from elsewhere.",
    ):
        assert words in told
    assert "#clip-40" not in told


def test_a_plain_page_makes_a_short_probe():
    screen = console(live=False)
    tell_probe(
        screen, "page.html", found(clips=(), remote=(), notices=(), output_width=640, output_height=360)
    )
    told = screen.file.getvalue()
    assert "remote" not in told and "clip" not in told and "drawn as" not in told
