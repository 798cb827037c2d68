"""What people and machines are told of a render, from scripted events."""

import io
import json
import re

import pytest
from rich.console import Console

from framewright.cli.account import tell_account
from framewright.cli.console import is_live
from framewright.cli.live import LiveNarrator, progress_figures
from framewright.cli.narration import JsonNarrator, Narrator
from framewright.cli.plain import PlainNarrator
from framewright.model.composition import Notice
from framewright.model.events import (
    ChunkState,
    ChunkTold,
    Decided,
    FellBack,
    Finished,
    Progressed,
    Stage,
    StageBegan,
    Warned,
)
from framewright.model.report import (
    AudioStreamFacts,
    FileFacts,
    FootageReport,
    RenderReport,
    SlowRange,
    SoundReport,
    TimeSpent,
)
from framewright.model.sound import Dropped, Unheard

LONG = "The picture assets/a-long-name-for-a-picture-of-a-logo.png could not be loaded: the server said 404."


def report(**changes):
    facts = {
        "output": FileFacts(
            path="out/title.mp4",
            bytes=1_234_567,
            frames=300,
            seconds=10,
            width=1920,
            height=1080,
            fps="30",
            codec="h264",
            pixel_format="yuv420p",
        ),
        "frames": 300,
        "unchanged": 120,
        "workers": 2,
        "mode": "seek",
        "capture": "stream",
        "seconds": 5.1,
        "time": TimeSpent(
            opening=0.8, rendering=4.1, finishing=0.2, encoder_busy=2.5, waiting_for_pictures=1.2
        ),
        "retried_blocks": 1,
        "restarted_workers": 1,
        "slowest": SlowRange(start=120, stop=150, seconds=0.4),
        "notices": (Notice(code="IMAGE_FAILED", message=LONG),),
    }
    return RenderReport(**{**facts, **changes})


def some_render():
    yield StageBegan(stage=Stage.OPENING)
    yield Decided(subject="workers", choice=2, inputs={"cores": 2}, reason="2 workers: one for each core.")
    yield Warned(notice=Notice(code="IMAGE_FAILED", message=LONG, element="img#logo"))
    yield StageBegan(stage=Stage.RENDERING)
    for frames in range(0, 301, 10):
        yield Progressed(frames=frames, total=300, rate=60.2, seconds_left=(300 - frames) / 60)
    yield FellBack(code="BLOCK_RETRIED", message="Browser 2 died: frames 120 to 149 are captured again.")
    yield StageBegan(stage=Stage.FINISHING)
    yield Finished(report=report())


def plain_console():
    return Console(file=io.StringIO(), width=80, highlight=False, markup=False)


class Screen(io.StringIO):
    def isatty(self):
        return True


def terminal(**options):
    environment = {"TERM": "xterm-256color", **options}
    return Console(
        file=Screen(), width=80, force_terminal=True, highlight=False, markup=False, _environ=environment
    )


class Clock:
    def __init__(self, step):
        self.now, self.step = 0.0, step

    def __call__(self):
        self.now += self.step
        return self.now


def test_the_account_tells_of_the_footage():
    console = Console(file=io.StringIO(), width=200, force_terminal=False)
    tell_account(console, report(footage=FootageReport(sources=1, frames=60, decoded=61)))
    assert "footage" in console.file.getvalue()
    assert "1 source, 60 frames given to pages, 61 decoded" in console.file.getvalue()


def test_the_account_tells_of_the_sound():
    console = Console(file=io.StringIO(), width=200, force_terminal=False)
    sound = SoundReport(
        tracks=2, peak=-1.52, raised=-3.21, limited=4.4, dropped=(Dropped(name="audio", why=Unheard.MUTED),)
    )
    stream = AudioStreamFacts(codec="aac", rate=48_000, channels=2, seconds=10)
    told = report(sound=sound)
    tell_account(
        console, told.model_copy(update={"output": told.output.model_copy(update={"sound": stream})})
    )
    assert (
        "2 tracks, aac 48 kHz, peak -1.5 dBFS, brought down by 3.2 dB, limited by up to 4.4 dB, 1 left out"
        in console.file.getvalue()
    )


def test_a_log_gets_few_plain_lines_with_everything_in_them():
    console = plain_console()
    assert not is_live(console)
    with PlainNarrator(console, clock=Clock(0.01)) as narrator:
        for event in some_render():
            narrator.tell(event)
    told = console.file.getvalue()
    assert not re.search(r"[\x00-\x09\x0b-\x1f]", told)
    lines = told.splitlines()
    assert len(lines) < 20
    assert f"! img#logo: {LONG} (IMAGE_FAILED)" in lines
    for words in (
        "opening",
        "2 workers",
        "✓ out/title.mp4",
        "h264 yuv420p, 1.2 MB",
        "120 of 300",
        "frames 120 to 149",
    ):
        assert words in told
    assert "1 block captured again, 1 browser replaced" in told


def test_a_long_render_tells_a_log_ten_times_at_most():
    console = plain_console()
    with PlainNarrator(console, clock=Clock(1.0)) as narrator:
        narrator.tell(StageBegan(stage=Stage.RENDERING))
        for frames in range(10_001):
            narrator.tell(Progressed(frames=frames, total=10_000, rate=2.5, seconds_left=4000.0))
    lines = console.file.getvalue().splitlines()
    assert 9 <= len(lines) - 1 <= 40
    assert lines[-1].startswith("  ") and "of 10000 frames, 2.5 fps, 1 h 06 min left" in lines[-1]


def test_a_terminal_sees_stages_ticked_off_within_its_width():
    console = terminal()
    assert is_live(console)
    with LiveNarrator(console, clock=Clock(0.25)) as narrator:
        for event in some_render():
            narrator.tell(event)
    told = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\r", "", console.file.getvalue())
    assert "✓ opening" in told
    assert "✓ rendering  300 frames in" in told
    assert max(len(line) for line in told.splitlines()) <= 80
    assert console.file.getvalue().count("\x1b[?25l") == console.file.getvalue().count("\x1b[?25h")


@pytest.mark.parametrize(
    ("file", "environment", "live"),
    [
        (Screen(), {"TERM": "xterm"}, True),
        (Screen(), {"TERM": "xterm", "NO_COLOR": "1"}, True),
        (Screen(), {"TERM": "dumb"}, False),
        (io.StringIO(), {"TERM": "xterm"}, False),
        (io.StringIO(), {"TERM": "xterm", "FORCE_COLOR": "1"}, False),
    ],
)
def test_only_a_real_terminal_gets_a_moving_line(file, environment, live):
    assert is_live(Console(file=file, _environ=environment)) is live


def test_no_color_means_no_colour():
    console = terminal(NO_COLOR="1")
    with LiveNarrator(console) as narrator:
        for event in some_render():
            narrator.tell(event)
    # 30–37, 38 and 90–97 set a colour; bold and dim may stay.
    assert not re.search(r"\x1b\[(?:\d+;)*(?:3[0-8]|9[0-7])[;m]", console.file.getvalue())


@pytest.mark.parametrize("width", [20, 40, 80, 200])
def test_the_moving_line_is_one_line(width):
    console = Console(file=io.StringIO(), width=width, force_terminal=True, _environ={"TERM": "xterm"})
    narrator = LiveNarrator(console)
    narrator.tell(StageBegan(stage=Stage.RENDERING))
    for progress in (None, Progressed(frames=150, total=300, rate=60.0, seconds_left=2.5)):
        if progress:
            narrator.tell(progress)
        lines = console.render_lines(narrator.moving_line(), pad=False)
        assert len(lines) == 1 or width == 20
    narrator.stopping()
    assert "stopping" in "".join(part.text for part in console.render_lines(narrator.moving_line())[0])


def test_figures_before_and_after_the_rate_is_known():
    early = Progressed(frames=5, total=300, rate=None, seconds_left=None)
    late = Progressed(frames=150, total=300, rate=59.9, seconds_left=2.5)
    assert progress_figures(early, "0.1 s").plain.rstrip() == "  5/300  0.1 s"
    assert progress_figures(late, "2 s").plain.rstrip() == "150/300  60 fps  2.5 s left"


def test_warnings_come_once_each_and_never_flood():
    console = plain_console()
    with PlainNarrator(console) as narrator:
        for number in (*range(50), *range(50)):
            narrator.tell(Warned(notice=Notice(code="IMAGE_FAILED", message=f"Picture {number} is missing.")))
        notices = tuple(
            Notice(code="IMAGE_FAILED", message=f"Picture {number} is missing.") for number in range(50)
        )
        narrator.tell(Finished(report=report(notices=notices)))
    told = console.file.getvalue()
    assert told.count("is missing.") == 6
    assert "50, 44 of them not shown: --json tells all" in told


def test_an_uneventful_account_is_short():
    console = plain_console()
    with PlainNarrator(console) as narrator:
        narrator.tell(
            Finished(
                report=report(unchanged=0, slowest=None, retried_blocks=0, restarted_workers=0, notices=())
            )
        )
    told = console.file.getvalue()
    for word in ("unchanged", "slowest", "mended", "warnings"):
        assert word not in told


def test_machines_get_each_event_as_one_line(capsys):
    events = list(some_render())
    with JsonNarrator() as narrator:
        for event in events:
            narrator.tell(event)
    out, err = capsys.readouterr()
    told = [json.loads(line) for line in out.splitlines()]
    assert [event["event"] for event in told] == [event.event for event in events]
    assert told[-1]["report"]["output"]["bytes"] == 1_234_567
    assert err == ""


def test_the_quiet_one_says_nothing(capsys):
    with Narrator() as narrator:
        for event in some_render():
            narrator.tell(event)
        narrator.stopping()
    assert capsys.readouterr() == ("", "")


def test_an_account_tells_that_every_frame_was_gone_through():
    console = plain_console()
    with PlainNarrator(console) as narrator:
        narrator.tell(Finished(report=report(mode="run")))
    assert "2, each through every frame, capture by stream" in console.file.getvalue()


def chunk(state, start=0, stop=60, **facts):
    return ChunkTold(chunk=0, state=state, start=start, stop=stop, **facts)


def test_pieces_that_were_there_are_told_in_one_line_and_failed_ones_each():
    stream = io.StringIO()
    narrator = PlainNarrator(Console(file=stream, width=100))
    narrator.tell(StageBegan(stage=Stage.RENDERING))
    narrator.tell(chunk(ChunkState.REUSED, 0, 60, frames=60))
    narrator.tell(chunk(ChunkState.REUSED, 60, 90, frames=30))
    assert "reused" not in stream.getvalue()
    narrator.tell(chunk(ChunkState.RUNNING, 90, 120))
    narrator.tell(chunk(ChunkState.FAILED, 90, 120, message="A process has ended."))
    told = stream.getvalue()
    assert re.findall(r"reused +90 frames of an earlier render", told) and told.count("reused") == 1
    assert "↻ Frames 90 to 119 failed: A process has ended." in told


def test_the_moving_line_counts_the_chunks_that_run_at_a_time():
    stream = io.StringIO()
    console = Console(file=stream, width=120, force_terminal=True)
    narrator = LiveNarrator(console)

    def line():
        console.print(narrator.moving_line())
        return stream.getvalue().splitlines()[-1]

    narrator.stage_began(Stage.RENDERING)
    narrator.tell(Progressed(frames=10, total=120, rate=None, seconds_left=None))
    narrator.tell(chunk(ChunkState.RUNNING, worker="process 1"))
    assert "at once" not in line()
    narrator.tell(chunk(ChunkState.RUNNING, 60, 120, worker="process 2"))
    assert "2 chunks at once" in line()
    narrator.tell(chunk(ChunkState.DONE, worker="process 1"))
    assert "at once" not in line()


def test_signs_of_life_before_anything_is_planned_say_nothing_of_frames():
    life = Progressed(frames=0, total=0, rate=None, seconds_left=None)
    for kind in (PlainNarrator, LiveNarrator):
        console = terminal()
        with kind(console) as narrator:
            for event in (StageBegan(stage=Stage.OPENING), life, life, StageBegan(stage=Stage.RENDERING)):
                narrator.tell(event)
        assert "opening" in console.file.getvalue()
        assert "frame" not in console.file.getvalue()
