"""A render on a service is told, checked and named like any other."""

import asyncio
import io
import zipfile
from itertools import pairwise

import pytest
from aiohttp import web
from fakes import FRAMES, usual_script
from pretend import FILM, problem, project_in

from framewright.model.errors import CompositionError, OutputError, RenderCancelledError, UsageError
from framewright.model.events import (
    ChunkTold,
    Decided,
    FellBack,
    Finished,
    Progressed,
    SoundTold,
    Stage,
    StageBegan,
    Warned,
)
from framewright.model.job import Failed, JobError, JobState
from framewright.model.job_request import CompositionSource
from framewright.model.service_errors import GoneError, ServerGoneError
from framewright.render import CancelToken


async def test_a_project_becomes_a_file_and_a_story(service, client, project, tmp_path):
    told = []
    service.script = [*service.script[:3], *service.script]  # what is chosen again is not told again
    report = await client.render(project, tmp_path / "out.mp4", on_event=told.append, quality="draft")
    assert (tmp_path / "out.mp4").read_bytes() == FILM
    assert {type(event) for event in told} == {
        StageBegan, Decided, Warned, ChunkTold, Progressed, FellBack, SoundTold, Finished,
    }  # fmt: skip
    assert [event.stage for event in told if isinstance(event, StageBegan)] == [
        Stage.OPENING, Stage.RENDERING, Stage.FINISHING,
    ]  # fmt: skip
    assert told[-1] == Finished(report=report)
    assert report.output.path == str(tmp_path / "out.mp4")
    subjects = [event.subject for event in told if isinstance(event, Decided)]
    assert subjects == ["upload", "job", "queue", "workers"]
    assert [one.subject for one in report.decisions][:3] == subjects[:3]
    [request] = service.requests.values()
    assert (request.format, request.quality) == ("mp4", "draft")
    [upload] = service.manifests
    assert request.composition == CompositionSource(upload=upload)


async def test_progress_never_goes_back_and_is_whole_only_with_the_file(service, client, project, tmp_path):
    script = usual_script()
    alive = Progressed(frames=0, total=0, rate=None, seconds_left=None)
    service.script = [alive, *script, alive, *script]  # as after a restart of the service
    output, standing = tmp_path / "out.mp4", []

    def hear(event):
        if isinstance(event, Progressed):
            assert event.total > 0
            standing.append((event.fraction, output.exists()))

    await client.render(project, output, on_event=hear)
    fractions = [fraction for fraction, _ in standing]
    assert all(first <= second for first, second in pairwise(fractions))
    assert [there for fraction, there in standing if fraction == 1.0] == [True]
    assert not any(there for fraction, there in standing if fraction < 1.0)


async def test_only_the_project_travels_and_only_once(service, client, project, tmp_path):
    (project / "node_modules").mkdir()
    (project / "node_modules/left.js").write_text("1")
    (project / ".hidden").mkdir()
    (project / ".hidden/left.txt").write_text("1")
    (tmp_path / "secret.txt").write_text("1")
    (project / "link.txt").symlink_to(tmp_path / "secret.txt")
    await client.render(project, project / "out.mp4")
    [manifest] = service.manifests.values()
    assert [file.path for file in manifest.files] == ["index.html", "picture.svg"]
    assert manifest.name == "my-title"
    (project / "more.txt").write_text("more")
    before = service.asked("PUT blob")
    await client.render(project, project / "out.mp4")
    assert service.asked("PUT blob") == before + 1


async def test_a_page_beside_others_is_named(service, client, project, tmp_path):
    (project / "other.html").write_text("<html><body>other</body></html>")
    await client.render(project / "other.html", tmp_path / "out.mp4")
    [request] = service.requests.values()
    assert request.composition.page == "other.html"


async def test_what_options_name_travels_beside_the_project(service, client, project, tmp_path):
    (project / "song.wav").write_bytes(_wav())
    outside = tmp_path / "film, the.de.srt"
    outside.write_text("1\n00:00:00,000 --> 00:00:01,000\nHallo\n")
    await client.render(
        project,
        tmp_path / "out.mp4",
        subtitles=f"{outside}",
        audio_tracks=[f"{project}/song.wav,volume=0.5,loop=yes"],
    )
    [request] = service.requests.values()
    [manifest] = service.manifests.values()
    assert request.audio_tracks == ("song.wav,volume=0.5,loop=true",)
    assert request.subtitles == ("framewright-beside/0/film-the.de.srt,lang=de",)
    assert "framewright-beside/0/film-the.de.srt" in {file.path for file in manifest.files}


async def test_names_in_a_project_elsewhere_are_passed_on_as_they_are(service, client, tmp_path):
    place = CompositionSource(path="films/one")
    await client.render(place, tmp_path / "out.mp4", subtitles="subs/de.srt,lang=de")
    [request] = service.requests.values()
    assert request.composition == place
    assert request.subtitles == ("subs/de.srt,lang=de",)
    with pytest.raises(UsageError) as error:
        await client.render(place, tmp_path / "out.mp4", subtitles=f"{tmp_path}/de.srt")
    assert error.value.code == "FILES_APART"


async def test_an_address_and_an_upload_are_rendered(service, client, project, tmp_path):
    upload = await client.upload(project)
    await client.render(upload, tmp_path / "one.mp4")
    await client.render("https://example.org/film/", tmp_path / "two.mp4")
    first, second = service.requests.values()
    assert first.composition == CompositionSource(upload=upload.id)
    assert second.composition == CompositionSource(url="https://example.org/film/")


async def test_a_failure_is_raised_as_what_it_was(service, client, project, tmp_path):
    service.script = usual_script(fails=True)
    with pytest.raises(CompositionError) as error:
        await client.render(project, tmp_path / "out.mp4")
    assert error.value.code == "SCRIPT_FAILED"
    assert list(tmp_path.iterdir()) == [project]
    assert service.asked("DELETE job") == 0


@pytest.mark.parametrize(
    ("owner", "retryable", "exit_code"),
    [
        ("author", False, 3),
        ("caller", False, 2),
        ("operator", True, 4),
        ("operator", False, 4),
        ("framewright", False, 1),
    ],
)
async def test_a_class_that_is_not_known_here_becomes_its_next_of_kin(
    service, client, project, tmp_path, owner, retryable, exit_code
):
    error = JobError(error="LaterError", code="LATER", message="Later.", retryable=retryable, owner=owner)
    service.script = [Failed(error=error)]
    with pytest.raises(Exception) as raised:
        await client.render(project, tmp_path / "out.mp4")
    assert (raised.value.code, raised.value.exit_code, raised.value.retryable) == (
        "LATER",
        exit_code,
        retryable,
    )


async def test_what_cannot_be_written_is_refused_before_anything_is_sent(service, client, project, tmp_path):
    for output, options in (
        ("no/folder/out.mp4", {}),
        ("out.gif", {"audio_tracks": ["x.wav"]}),
        ("out.txt", {}),
    ):
        with pytest.raises((OutputError, UsageError)):
            await client.render(project, tmp_path / output, **options)
    assert service.seen == []


async def test_cancelling_ends_the_job(service, client, project, tmp_path):
    service.held = True
    token, told = CancelToken(), []

    def hear(event):
        told.append(event)
        if isinstance(event, Progressed):
            token.cancel()

    with pytest.raises(RenderCancelledError):
        await client.render(project, tmp_path / "out.mp4", on_event=hear, cancel=token)
    [job] = service.jobs.values()
    assert job.state is JobState.CANCELLED
    assert list(tmp_path.iterdir()) == [project]
    assert not [event for event in told if isinstance(event, FellBack) and event.code == "RENDER_GOES_ON"]


async def test_what_a_listener_raises_ends_the_job(service, client, project, tmp_path):
    service.held = True

    def hear(event):
        if isinstance(event, Progressed):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await client.render(project, tmp_path / "out.mp4", on_event=hear)
    [job] = service.jobs.values()
    assert job.state is JobState.CANCELLED


async def test_a_job_that_cannot_be_ended_in_time_is_told_of(service, client, project, tmp_path):
    service.held = True
    never = asyncio.Event()

    async def hang(request):
        await never.wait()

    service.fault("DELETE job", hang)
    told, began = [], asyncio.Event()

    def hear(event):
        told.append(event)
        if isinstance(event, Progressed):
            began.set()

    task = asyncio.create_task(client.render(project, tmp_path / "out.mp4", on_event=hear))
    await began.wait()
    task.cancel()
    await asyncio.sleep(0.1)
    task.cancel()  # an impatient caller changes nothing
    with pytest.raises(asyncio.CancelledError):
        await task
    never.set()
    [job] = service.jobs
    assert isinstance(told[-1], FellBack)
    assert told[-1].code == "RENDER_GOES_ON"
    assert job in told[-1].message


async def test_a_job_that_was_just_asked_for_is_ended_too(service, client, project, tmp_path):
    service.held = True
    asked, answer = asyncio.Event(), asyncio.Event()

    async def late(request):
        asked.set()
        await answer.wait()

    service.fault("POST renders", late)
    task = asyncio.create_task(client.render(project, tmp_path / "out.mp4"))
    await asked.wait()
    task.cancel()
    await asyncio.sleep(0.05)
    answer.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    [job] = service.jobs.values()
    assert job.state is JobState.CANCELLED


async def test_a_job_that_somebody_else_ends_raises_that_it_was_cancelled(service, client, project, tmp_path):
    service.held = True
    task = asyncio.create_task(client.render(project, tmp_path / "out.mp4"))
    while not service.asked("GET events"):
        await asyncio.sleep(0.01)
    await client.cancel(next(iter(service.jobs)))
    with pytest.raises(RenderCancelledError):
        await task


async def test_an_image_sequence_becomes_a_folder(service, client, project, tmp_path):
    service.film, service.film_type, service.digest = _pictures(FRAMES), "application/zip", None
    report = await client.render(project, tmp_path / "frames", format="png-sequence")
    assert report.output.path == str(tmp_path / "frames")
    assert len(list((tmp_path / "frames").glob("frame_*.png"))) == FRAMES
    job = next(iter(service.jobs))
    await client.output(job, tmp_path / "kept.zip")
    assert (tmp_path / "kept.zip").read_bytes() == service.film
    assert sorted(path.name for path in tmp_path.iterdir()) == ["frames", "kept.zip", "my-title"]


@pytest.mark.parametrize(
    "archive",
    [
        b"none",
        lambda: _pictures(FRAMES - 1),
        lambda: _pictures(FRAMES, "../frame_000000.png"),
        lambda: _pictures(FRAMES, "/tmp/frame_000000.png"),
        lambda: _pictures(FRAMES)[:-40],
    ],
    ids=["none", "too few", "outside", "absolute", "cut"],
)
async def test_an_archive_that_is_no_sequence_is_refused(service, client, project, tmp_path, archive):
    service.film = archive() if callable(archive) else archive
    service.film_type, service.digest = "application/zip", None
    with pytest.raises(ServerGoneError) as error:
        await client.render(project, tmp_path / "frames", format="png-sequence")
    assert error.value.code == "DOWNLOAD_BROKEN"
    assert list(tmp_path.iterdir()) == [project]


async def test_an_output_that_is_gone_is_told(service, client, project, tmp_path):
    service.fault("GET output", lambda _: _refused(410, "OUTPUT_GONE", "GoneError"))
    with pytest.raises(GoneError):
        await client.render(project, tmp_path / "out.mp4")
    assert list(tmp_path.iterdir()) == [project]


async def test_nothing_begins_for_a_page_that_is_none(client, service, tmp_path):
    for name in ("missing", project_in(tmp_path / "empty")):
        if name != "missing":
            (name / "index.html").write_text("")
        with pytest.raises((UsageError, CompositionError)):
            await client.render(name, tmp_path / "out.mp4")
    assert service.seen == []


async def _refused(*told) -> web.Response:
    return problem(*told)


def _pictures(count: int, extra: str | None = None) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for number in range(count):
            archive.writestr(f"frame_{number:06}.png", b"png")
        if extra:
            archive.writestr(extra, b"png")
    return written.getvalue()


def _wav() -> bytes:
    import wave

    written = io.BytesIO()
    with wave.open(written, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(b"\1\2" * 800)
    return written.getvalue()
