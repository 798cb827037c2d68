"""The client for those who do not await: in scripts, in threads, in notebooks."""

import gc
import os
import signal
import subprocess
import sys
import threading

import pytest
from fakes import FRAMES
from pretend import FILM

import framewright
from framewright.client import Client, CompositionSource, JobState, UnknownError
from framewright.model.errors import RenderCancelledError, UsageError
from framewright.model.events import Finished, Progressed

_PAGE = CompositionSource(html="<p>hello</p>")


def _threads() -> set[str]:
    return {thread.name for thread in threading.enumerate()}


def test_every_verb(served, project, tmp_path):
    service, base = served
    told = []
    with framewright.Client(base, "fw_secret_token") as client:
        assert repr(client) == f"Client({base!r})"
        report = client.render(project, tmp_path / "out.mp4", on_event=told.append, fps=25)
        assert isinstance(told[-1], Finished)
        assert (tmp_path / "out.mp4").read_bytes() == FILM
        job = client.submit(project, format="mp4")
        assert client.wait(job.id).state is JobState.DONE
        assert client.job(job.id).id == job.id
        assert client.retry(job.id).attempt == 2
        assert len(list(client.jobs())) == 2
        assert list(client.events(job.id)) == service.told[job.id]
        assert client.output(job.id, tmp_path / "two.mp4").bytes == len(FILM)
        assert client.frame(job.id, 3) == b"frame 3"
        assert client.report(job.id).frames == report.frames
        assert client.probe(project).frames == FRAMES
        assert [client.upload(project).id] == [upload.id for upload in client.uploads()]
        assert client.healthy()
        with pytest.raises(UnknownError):
            client.job("a" * 26)
        service.held = True
        waiting = client.submit(project)
        assert client.cancel(waiting.id).state is JobState.CANCELLED
        assert "framewright-client" in _threads()
    assert "framewright-client" not in _threads()


async def test_within_a_loop_that_runs(served):
    _, base = served
    with Client(base) as client:
        assert client.healthy()


def test_leaving_off_early_and_letting_go_leaves_nothing(served):
    service, base = served
    service.held = True
    client = Client(base)
    job = client.submit(_PAGE)
    for _ in client.events(job.id):
        break
    del client
    gc.collect()
    assert "framewright-client" not in _threads()


def test_a_listener_that_calls_its_client_is_stopped_not_stuck(served, project, tmp_path):
    service, base = served
    service.held = True
    with Client(base) as client:
        with pytest.raises(UsageError) as error:
            client.render(project, tmp_path / "out.mp4", on_event=lambda _: client.healthy())
        assert client.healthy()
    assert error.value.code == "CLIENT_REENTERED"


def test_a_story_may_outlive_its_client(served, capsys):
    service, base = served
    service.held = True
    with Client(base) as client:
        story = client.events(client.submit(_PAGE).id)
        next(story)
    del story
    gc.collect()
    assert "framewright-client" not in _threads()
    assert capsys.readouterr().err == ""


def test_it_can_be_used_again(served):
    _, base = served
    client = Client(base)
    assert client.healthy()
    client.close()
    assert client.healthy()
    client.close()
    client.close()


def test_ctrl_c_ends_the_job(served, project, tmp_path):
    service, base = served
    service.held = True
    began = threading.Event()

    def interrupt():
        began.wait(30)
        os.kill(os.getpid(), signal.SIGINT)

    def hear(event):
        if isinstance(event, Progressed):
            began.set()

    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    thread = threading.Thread(target=interrupt)
    thread.start()
    try:
        with Client(base) as client, pytest.raises(RenderCancelledError):
            client.render(project, tmp_path / "out.mp4", on_event=hear)
    finally:
        signal.signal(signal.SIGINT, before)
        thread.join()
    [job] = service.jobs.values()
    assert job.state is JobState.CANCELLED


def test_a_script_that_closes_nothing_ends_without_a_word(served):
    _, base = served
    script = f"import framewright; client = framewright.Client({base!r}); assert client.healthy()"
    ended = subprocess.run(
        [sys.executable, "-W", "error::ResourceWarning", "-c", script],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
