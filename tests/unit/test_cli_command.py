"""The commands without a browser: bad options, the ways to end, and what goes where."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import framewright.cli.render as render_command
from framewright.cli.entry import run
from framewright.cli.render import usual_output
from framewright.model.errors import CompositionError, FramewrightError, OutputError, RenderCancelledError
from framewright.model.events import Progressed, Stage, StageBegan
from framewright.model.output import Format
from truth.grids import ordinary

PROGRAM = [sys.executable, "-c", "from framewright.cli import main; main()"]
LIMIT = 60


@pytest.fixture
def page(tmp_path):
    folder = tmp_path / "intro"
    folder.mkdir()
    (folder / "index.html").write_text("<!doctype html><p>Hello")
    return folder


BAD_OPTIONS = [
    (["--fps", "0"], "FPS_INVALID", "0 frames a second"),
    (["--fps", "abc"], "FPS_INVALID", "'abc' is no frame rate"),
    (["--fps", "1e9"], "FPS_INVALID", "'1e9'"),
    (["--fps", "30000/0"], "FPS_INVALID", "'30000/0'"),
    (["--fps", "241"], "FPS_INVALID", "240"),
    (["--fps", "-30"], "FPS_INVALID", "'-30'"),
    (["--width", "0"], "SIZE_INVALID", "--width 0"),
    (["--height", "20000"], "SIZE_INVALID", "--height 20000"),
    (["--width", "20000", "--height", "20000"], "SIZE_INVALID", "--width 20000"),
    (["--width", "wide"], "OPTION_INVALID", "--width"),
    (["--duration", "0"], "DURATION_INVALID", "--duration 0"),
    (["--duration", "-1"], "DURATION_INVALID", "--duration -1"),
    (["--duration", "inf"], "DURATION_INVALID", "--duration inf"),
    (["--duration", "nan"], "DURATION_INVALID", "--duration nan"),
    (["--scale", "0"], "SCALE_INVALID", "--scale 0"),
    (["--scale", "100"], "SCALE_INVALID", "--scale 100"),
    (["--start-frame", "-1"], "FRAMES_INVALID", "--start-frame -1"),
    (["--end-frame", "1.5"], "OPTION_INVALID", "--end-frame"),
    (["--workers", "0"], "WORKERS_INVALID", "--workers 0"),
    (["--workers", "many"], "WORKERS_INVALID", "'many'"),
    (["--chunks", "0"], "CHUNKS_INVALID", "--chunks 0"),
    (["--chunks", "few"], "CHUNKS_INVALID", "'few'"),
    (["--chunks", "2", "--chunk-frames", "9"], "CHUNKS_INVALID", "both"),
    (["--executor", "cloud"], "EXECUTOR_UNKNOWN", "'cloud'"),
    (["--format", "avi"], "FORMAT_UNKNOWN", "'avi'"),
    (["--codec", "divx"], "CODEC_UNKNOWN", "'divx'"),
    (["--format", "mp4", "--codec", "vp9"], "CODEC_INVALID", "mp4 holds no vp9"),
    (["-o", "a.webm", "--codec", "h264"], "CODEC_INVALID", "webm holds no h264"),
    (["-o", "a.webm", "--format", "mp4"], "FORMAT_CONTRADICTS", "a.webm"),
    (["-o", "video"], "FORMAT_UNKNOWN", "'video'"),
    (["--quality", "best"], "QUALITY_UNKNOWN", "'best'"),
    (["--crf", "52"], "CRF_INVALID", "--crf 52"),
    (["--crf", "-1"], "CRF_INVALID", "--crf -1"),
    (["--crf", "20", "--video-bitrate", "8M"], "RATE_CONTROL_INVALID", "--crf or --video-bitrate"),
    (["--video-bitrate", "fast"], "BITRATE_INVALID", "'fast'"),
    (["--video-bitrate", "1"], "BITRATE_INVALID", "1 bits"),
    (["-o", "a.gif", "--crf", "20"], "RATE_CONTROL_INVALID", "gif"),
    (["--alpha"], "ALPHA_INVALID", "transparency"),
    (["--capture", "video"], "CAPTURE_UNKNOWN", "'video'"),
    (["--variables", "{"], "VARIABLES_INVALID", "--variables is no JSON"),
    (["--variables", "[]"], "VARIABLES_INVALID", "must be a JSON object"),
    (["--variables", "@missing.json"], "VARIABLES_UNREADABLE", "@missing.json cannot be read"),
    (["--batch", "missing.json"], "BATCH_UNREADABLE", "--batch missing.json cannot be read"),
    (["--page-timeout", "0"], "PAGE_TIMEOUT_INVALID", "--page-timeout 0"),
    (["--page-memory", "lots"], "PAGE_MEMORY_INVALID", "'lots'"),
    (["--page-memory", "1M"], "PAGE_MEMORY_INVALID", "1M"),
    (["--no-such-option"], "OPTION_INVALID", "--no-such-option"),
    (["another"], "OPTION_INVALID", "another"),
]


def first_of_each_code():
    """All of them; what has the code of one before is thorough."""
    seen = set()
    for options, code, words in BAD_OPTIONS:
        marks = [pytest.mark.thorough] if code in seen else []
        seen.add(code)
        yield pytest.param(options, code, words, marks=marks, id=" ".join(options))


@pytest.mark.parametrize(("options", "code", "words"), first_of_each_code())
def test_bad_options_end_with_one_sentence_and_status_2(
    page, options, code, words, capsys, monkeypatch, tmp_path
):
    monkeypatch.chdir(tmp_path)
    assert run(["render", str(page), *options]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    sentence = [line for line in err.splitlines() if line.startswith("✗ ")]
    assert len(sentence) == 1 and words in sentence[0] and sentence[0].endswith(".")
    assert "Traceback" not in err

    assert run(["render", str(page), *options, "--json"]) == 2
    out, err = capsys.readouterr()
    event = json.loads(out)
    assert event == {
        "event": "error", "code": code, "message": sentence[0].removeprefix("✗ "), "exit_code": 2, "retryable": False
    }  # fmt: skip
    assert err == ""
    assert sorted(os.listdir(tmp_path)) == ["intro"]


@pytest.mark.parametrize("command", ["render", "probe"])
@pytest.mark.parametrize("composition", ["missing", "missing/index.html", ""])
def test_a_composition_that_is_not_there(command, composition, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run([command, composition, "--json"]) in (2, 3)
    event = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert event["event"] == "error" and event["message"].endswith(".")
    assert os.listdir(tmp_path) == []


def test_json_and_quiet_contradict_each_other(page, capsys):
    assert run(["render", str(page), "--json", "--quiet"]) == 2
    assert json.loads(capsys.readouterr().out)["code"] == "TELLING_INVALID"


@pytest.mark.parametrize("arguments", [["no-such-command"], ["render"], ["probe"], ["--nonsense"]])
def test_a_command_line_that_makes_no_sense(arguments, capsys):
    assert run(arguments) == 2
    out, err = capsys.readouterr()
    assert out == "" and len(err.splitlines()) == 1


def test_version_and_help(capsys):
    assert run(["--version"]) == 0
    assert capsys.readouterr().out.startswith("framewright 0.")
    for arguments in ([], ["--help"], ["-h"]):
        assert run(arguments) == 0
        out, err = capsys.readouterr()
        assert all(command in out for command in ("render", "probe", "doctor")) and err == ""
    assert run(["render", "--help"]) == 0
    out = capsys.readouterr().out
    for panel in ("Output", "Frames", "Page", "Work", "Messages"):
        assert f"─ {panel} ─" in out


def test_help_imports_nothing_heavy():
    program = (
        "import sys\n"
        "from framewright.cli.entry import run\n"
        "assert run(['render', '--help']) == 0\n"
        "heavy = {'av', 'numpy', 'starlette', 'uvicorn', 'websockets', 'framewright.browser', 'framewright.media'} & set(sys.modules)\n"
        "print(sorted(heavy), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=LIMIT, check=True
    )
    assert done.stderr == "[]\n"


def test_the_page_about_the_commands_is_fresh():
    script = Path(__file__).parents[2] / "scripts" / "write_cli_docs.py"
    done = subprocess.run(
        [sys.executable, script, "--check"], capture_output=True, text=True, timeout=LIMIT, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("composition", "container", "name"),
    [
        ("intro", Format.MP4, "intro.mp4"),
        ("intro/", Format.WEBM, "intro.webm"),
        ("intro/index.html", Format.MP4, "intro.mp4"),
        ("intro/other.html", Format.GIF, "other.gif"),
        ("intro", Format.PNG_SEQUENCE, "intro-frames"),
        (".", Format.MP4, "work.mp4"),
        ("v1.2", Format.MP4, "v1.2.mp4"),
        ("https://example.org/films/intro.html?a=b/c", Format.MP4, "intro.mp4"),
        ("https://example.org/films/index.html#top", Format.WEBM, "films.webm"),
        ("http://me:secret@example.org:8080/", Format.GIF, "example.org.gif"),
        ("https://example.org/%2e%2e%2f..%2f/a%20b", Format.MP4, "a-b.mp4"),
        ("https://example.org/%2e%2e/", Format.PNG_SEQUENCE, "video-frames"),
    ],
)
def test_where_a_render_goes_when_nobody_says(tmp_path, monkeypatch, composition, container, name):
    work = tmp_path / "work"
    for folder in ("intro", "v1.2"):
        (work / folder).mkdir(parents=True)
    monkeypatch.chdir(work)
    assert usual_output(composition, container) == Path(name)


class Scripted:
    """Stands in for the render: tells two events, then does as told."""

    def __init__(self, ending):
        self.ending = ending

    async def __call__(self, _composition, _output, _options, *, on_event, cancel, settings):
        on_event(StageBegan(stage=Stage.RENDERING))
        on_event(Progressed(frames=1, total=2, rate=None, seconds_left=None))
        await self.ending(cancel)


def raising(error):
    async def ending(_cancel):
        raise error

    return ending


async def until_cancelled(cancel):
    waiting = asyncio.Event()
    loop = asyncio.get_running_loop()
    cancel.subscribe(lambda: loop.call_soon_threadsafe(waiting.set))
    signal.raise_signal(signal.SIGINT)
    await asyncio.wait_for(waiting.wait(), LIMIT)
    raise RenderCancelledError("The render was cancelled; nothing was written.", code="CANCELLED")


ENDINGS = [
    (raising(CompositionError("The page throws.", code="PAGE_THROWS")), 3, "PAGE_THROWS"),
    (raising(OutputError("The disk is full.", code="DISK_FULL")), 6, "DISK_FULL"),
    (raising(FramewrightError("Odd.", code="ODD")), 1, "ODD"),
    (raising(ZeroDivisionError("by zero")), 1, "UNEXPECTED"),
    (until_cancelled, 5, "CANCELLED"),
]


@pytest.mark.parametrize(("ending", "status", "code"), ENDINGS)
def test_each_failure_has_its_status(page, monkeypatch, capsys, ending, status, code, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(render_command, "render_async", Scripted(ending))
    handlers = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]

    assert run(["render", str(page), "--json"]) == status
    out, err = capsys.readouterr()
    events = [json.loads(line) for line in out.splitlines()]
    assert [event["event"] for event in events] == ["stage", "progress", "error"]
    assert (events[-1]["code"], events[-1]["exit_code"]) == (code, status)
    assert err == ""

    assert run(["render", str(page), "--quiet"]) == status
    out, err = capsys.readouterr()
    assert out == "" and len(err.splitlines()) == 1

    assert run(["render", str(page)]) == status
    out, err = capsys.readouterr()
    assert out == "" and f"{page} → intro.mp4" in err and "Traceback" not in err
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)] == handlers


def test_the_unexpected_says_how_to_see_more(page, monkeypatch, capsys):
    monkeypatch.setattr(render_command, "render_async", Scripted(raising(ZeroDivisionError("by zero"))))
    assert run(["render", str(page), "--quiet"]) == 1
    err = capsys.readouterr().err
    assert (
        err
        == "✗ Something unexpected happened: ZeroDivisionError: by zero. Run it again with --debug to see where.\n"
    )
    assert run(["render", str(page), "--debug"]) == 1
    err = capsys.readouterr().err
    assert "Traceback" in err and "ending" in err and "--debug" not in err.splitlines()[-1]


def test_a_page_cannot_paint_the_terminal_with_its_errors(page, monkeypatch, capsys):
    error = CompositionError("The page says \x1b[2J[red]boo[/red].", code="PAGE_THROWS")
    monkeypatch.setattr(render_command, "render_async", Scripted(raising(error)))
    assert run(["render", str(page), "--quiet"]) == 3
    assert capsys.readouterr().err == "✗ The page says �[2J[red]boo[/red].\n"


STUBBED = """
import asyncio, sys
import framewright.cli.render as command
from framewright.model.events import Progressed
from framewright.cli import main
async def render_async(composition, output, options, *, on_event, cancel, settings):
    for frames in range(100_000):
        on_event(Progressed(frames=frames, total=100_000, rate=None, seconds_left=None))
    print("not stopped", file=sys.stderr)
command.render_async = render_async
main()
"""


def test_a_reader_that_leaves_ends_the_render_without_a_word(page):
    process = subprocess.Popen(
        [sys.executable, "-c", STUBBED, "render", str(page), "--json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert json.loads(process.stdout.readline())["frames"] == 0
    process.stdout.close()
    assert process.stderr.read() == ""
    process.stderr.close()
    assert process.wait(LIMIT) == 5


@pytest.mark.parametrize(
    "arguments", ordinary([["--help"], ["render", "--help"], ["--version"]], ["render", "--help"])
)
def test_help_into_a_closed_pipe(arguments):
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [*PROGRAM, *arguments], stdout=writer, stderr=subprocess.PIPE, timeout=LIMIT, check=False
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (5, b"")


def test_a_closed_standard_error_ends_the_render_too(page):
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-c", STUBBED, "render", str(page)], stderr=writer, timeout=LIMIT, check=False
    )
    os.close(writer)
    assert done.returncode == 5


def test_a_full_standard_output_is_an_output_error(page):
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-c", STUBBED, "render", str(page), "--json"],
            stdout=full, stderr=subprocess.PIPE, text=True, timeout=LIMIT, check=False,
        )  # fmt: skip
    assert done.returncode == 6
    assert done.stderr == "✗ The standard output cannot be written: No space left on device.\n"


def test_a_terminal_without_unicode_gets_question_marks(page):
    environment = {**os.environ, "PYTHONIOENCODING": "ascii:strict"}
    done = subprocess.run(
        [*PROGRAM, "render", str(page), "--fps", "0"],
        capture_output=True,
        env=environment,
        timeout=LIMIT,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith(b"? ") and b"Traceback" not in done.stderr
