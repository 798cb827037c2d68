"""A runner does one order in a cage: what it makes, what it tells, what ends it, and that nothing is left of it."""

import asyncio
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

import framewright
from framewright.model.errors import CompositionError, UsageError, WorkerError
from framewright.model.job import Planned
from framewright.service.errors import LimitError
from framewright.service.runner.messages import (
    PlanDone,
    ProbeDone,
    RunAssemble,
    RunChunk,
    RunPlan,
)
from framewright.service.runner.running import _move
from framewright.service.runner.spare import SpareRunner
from truth.cages import PAGE, runners


async def until(condition, seconds=30.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        await asyncio.sleep(0.02)


async def test_a_render_makes_the_file_that_the_library_makes(hall, tmp_path):
    hall.write()
    latest = hall.out / "latest.jpg"
    hall.settings = {**hall.settings, "glimpse": str(latest)}
    answer = await hall.run(hall.render("film.mp4"))
    film = hall.out / "film.mp4"
    assert answer.type == "video/mp4"
    assert answer.bytes == film.stat().st_size
    assert answer.report.frames == 10
    assert latest.read_bytes().startswith(b"\xff\xd8")
    framewright.render(hall.project, tmp_path / "same.mp4")
    assert film.read_bytes() == (tmp_path / "same.mp4").read_bytes()
    (plan,) = [event.plan for event in hall.events if isinstance(event, Planned)]
    assert (plan.width, plan.height, plan.fps, plan.frames, plan.seconds) == (160, 90, "10", 10, 1.0)
    assert [event.event for event in hall.events][0] == "stage"
    assert hall.events[-1].event == "finished"
    assert any("event=decided" in line for line in hall.log)
    told = [event.model_dump_json() for event in hall.events] + hall.log + [answer.model_dump_json()]
    assert not [line for line in told if str(tmp_path) in line]


@pytest.mark.thorough
async def test_an_image_sequence_becomes_one_archive(hall):
    hall.write()
    answer = await hall.run(hall.render("film.zip", end_frame=3))
    assert answer.type == "application/zip"
    assert answer.bytes == (hall.out / "film.zip").stat().st_size
    assert answer.report.output.path == "film.zip"
    with zipfile.ZipFile(hall.out / "film.zip") as archive:
        assert archive.namelist() == [f"frame_{number:06d}.png" for number in (1, 2, 3)]
        assert archive.read("frame_000001.png").startswith(b"\x89PNG")


@pytest.mark.thorough
async def test_a_plan_its_chunks_and_their_film_are_made_one_by_one(hall, tmp_path):
    hall.write(PAGE.replace('duration="1"', 'duration="6"') % "")
    plan = await hall.run(
        RunPlan(
            composition=str(hall.project),
            root=str(hall.project),
            options={"chunks": 2, "format": "mp4"},
            settings=hall.settings,
            limits=hall.limits,
            folder=str(hall.out),
        )
    )
    assert isinstance(plan, PlanDone)
    folder = str(hall.out / plan.digest)
    pieces = []
    for index in range(len(framewright.open_plan(folder).chunks)):
        pieces.append(str(hall.out / f"{index}.piece"))
        order = RunChunk(plan=folder, index=index, output=pieces[-1], settings=hall.settings)
        made = await hall.run(order)
        assert made.account["bytes"] == Path(pieces[-1]).stat().st_size
    assert len(pieces) == 2
    film = hall.out / "film.mp4"
    order = RunAssemble(
        plan=folder, chunks=tuple(pieces), sound=None, output=str(film), settings=hall.settings
    )
    made = await hall.run(order)
    assert made.account["output"]["frames"] == 60
    framewright.render(hall.project, tmp_path / "same.mp4")
    assert film.read_bytes() == (tmp_path / "same.mp4").read_bytes()


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        pytest.param({"pixels": 160 * 90 - 1}, "RUN_PIXELS", marks=pytest.mark.thorough),
        ({"frames": 9}, "RUN_FRAMES"),
        pytest.param({"duration": 0.9}, "RUN_DURATION", marks=pytest.mark.thorough),
    ],
)
async def test_too_much_is_refused_before_anything_is_rendered(hall, limits, code):
    hall.write()
    hall.limits = hall.limits.model_copy(update=limits)
    with pytest.raises(LimitError, match="allowed") as raised:
        await hall.run(hall.render())
    assert raised.value.code == code
    assert not [event for event in hall.events if getattr(event, "stage", None) == "rendering"]
    assert list(hall.out.iterdir()) == []


@pytest.mark.thorough
async def test_of_what_is_too_much_a_part_is_rendered_and_the_whole_is_probed(hall):
    hall.write()
    hall.limits = hall.limits.model_copy(update={"frames": 9})
    await hall.run(hall.render(start_frame=2, end_frame=5))
    seen = await hall.run(hall.probe())
    assert isinstance(seen, ProbeDone)
    assert seen.result.frames == 10


async def test_errors_come_back_as_what_they_were_without_naming_our_folders(hall):
    with pytest.raises(CompositionError) as raised:
        await hall.run(hall.render())
    assert raised.value.code == "NO_INDEX"
    assert str(hall.folder) not in raised.value.message


@pytest.mark.thorough
async def test_options_that_cannot_be_are_refused_as_everywhere(hall):
    hall.write()
    with pytest.raises(UsageError) as refused:
        await hall.run(hall.render(crf=99))
    assert refused.value.code == "CRF_INVALID"


async def test_a_page_that_a_link_leads_out_to_is_not_opened(hall):
    (hall.folder / "secret.html").write_text(PAGE % "")
    (hall.project / "index.html").symlink_to(hall.folder / "secret.html")
    with pytest.raises(UsageError, match=r"leads out of the project") as raised:
        await hall.run(hall.render())
    assert raised.value.code == "FILE_OUTSIDE"


async def test_time_is_limited_from_outside(hall):
    hall.write(PAGE % "<script>addEventListener('load', () => { while (true); })</script>")
    began = time.monotonic()
    with pytest.raises(LimitError, match="longer than the 2 seconds") as raised:
        await hall.run(hall.render(), seconds=2.0)
    assert raised.value.code == "RUN_TIME"
    assert not raised.value.retryable
    assert time.monotonic() - began < 40


@pytest.mark.thorough
async def test_cancelled_it_leaves_nothing_soon(hall):
    hall.write(PAGE.replace('duration="1"', 'duration="50"') % "")
    running = asyncio.create_task(hall.run(hall.render()))
    await until(lambda: any(event.event == "chunk" for event in hall.events) or running.done())
    began = time.monotonic()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    # Two seconds where nothing else runs.
    assert time.monotonic() - began < 20
    hall.assert_gone()
    assert list(hall.out.iterdir()) == []


async def test_a_runner_that_dies_is_told_as_such_and_takes_its_browsers_with_it(hall):
    hall.write(PAGE.replace('duration="1"', 'duration="50"') % "")
    running = asyncio.create_task(hall.run(hall.render()))
    await until(lambda: any(event.event == "chunk" for event in hall.events) or running.done())
    (runner,) = [
        entry.name
        for entry in Path("/proc").iterdir()
        if entry.name.isdigit() and f"runner.process\0{os.getpid()}\0" in _command(entry)
    ]
    os.kill(int(runner), signal.SIGKILL)
    with pytest.raises(WorkerError, match="by signal 9") as raised:
        await running
    assert raised.value.code == "RUNNER_DIED"
    assert raised.value.retryable


def _command(process):
    try:
        return process.joinpath("cmdline").read_bytes().decode(errors="replace")
    except OSError:
        return ""


@pytest.mark.thorough
async def test_whoever_listens_and_raises_ends_it(hall):
    hall.write()

    def refuse(event):
        raise ArithmeticError(event.event)

    with pytest.raises(ArithmeticError, match="stage"):
        await hall.run(hall.render(), on_event=refuse)


@pytest.mark.thorough
async def test_a_spare_runner_is_taken_and_replaced_and_ends_in_the_end(hall):
    hall.write()
    async with SpareRunner() as spare:
        await until(lambda: len(runners()) == 1)
        (hall.project / "index.html").unlink()
        with pytest.raises(CompositionError):
            await hall.run(hall.probe(), spare=spare)
        hall.write()
        await until(lambda: len(runners()) == 1)
        # One that has died meanwhile is noticed.
        waiting = await spare._starting
        os.kill(waiting.pid, signal.SIGKILL)
        await until(lambda: not waiting.alive)
        seen = await hall.run(hall.probe(), spare=spare)
        assert seen.result.frames == 10
    hall.assert_gone()


async def test_runners_know_no_secret_of_the_service(hall, monkeypatch):
    secrets = {
        "FRAMEWRIGHT_SERVICE_WEBHOOK_SECRET_FILE": "s3cr3t",
        "AWS_SECRET_ACCESS_KEY": "s3cr3t",
        "DATABASE_PASSWORD": "s3cr3t",
        # Runners fetch packages; browsers do not.
        "npm_config_//registry.example/:_authToken": "t0k3n",
    }
    for name, value in secrets.items():
        monkeypatch.setenv(name, value)
    hall.write()
    seen: set[str] = set()

    def look(_):
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and (
                "runner.process" in _command(entry) or "/cages-of-tests/" in _command(entry)
            ):
                seen.add(_command(entry).split("\0")[0])
                try:
                    known = entry.joinpath("environ").read_bytes()
                except ProcessLookupError:  # it ended meanwhile
                    continue
                assert b"s3cr3t" not in known
                assert b"t0k3n" not in known or "runner.process" in _command(entry)

    await hall.run(hall.render(end_frame=2), on_event=look)
    assert len(seen) >= 2


_SERVICE = """
import asyncio, sys
from pathlib import Path
from framewright.service.runner.cage import Cage
from framewright.service.runner.messages import read_order
from framewright.service.runner.running import run_order
order = read_order(sys.argv[1].encode())
cage = Cage(work=Path(sys.argv[2]), seconds=100, memory=4 << 30, disk=1 << 30)
asyncio.run(run_order(order, cage, lambda event: print(event.event, flush=True)))
"""


@pytest.mark.thorough
async def test_it_ends_with_the_service_that_is_killed(hall):
    hall.write(PAGE.replace('duration="1"', 'duration="50"') % "")
    work = hall.cages / "run"
    line = hall.render().line.decode()
    service = subprocess.Popen(
        [sys.executable, "-c", _SERVICE, line, str(work)], stdout=subprocess.PIPE, text=True
    )
    assert any(word.strip() == "chunk" for word in service.stdout)
    service.kill()
    service.wait()
    service.stdout.close()
    await until(lambda: runners() == [])
    # The folder is for the next start to sweep.
    assert work.exists()
    subprocess.run(["rm", "-rf", str(work)], check=True)


@pytest.mark.parametrize("kind", ["link", "folder with a link", "pipe", "nothing"])
def test_only_plain_files_leave_a_cage(kind, tmp_path):
    made, place = tmp_path / "made", tmp_path / "place"
    if kind == "link":
        made.symlink_to("/etc/passwd")
    elif kind == "pipe":
        os.mkfifo(made)
    elif kind != "nothing":
        (made / "blobs").mkdir(parents=True)
        (made / "blobs" / "a").symlink_to("/etc/passwd")
    with pytest.raises(WorkerError, match="The runner has made no file called"):
        _move(made, place)
    assert not os.path.lexists(place)
