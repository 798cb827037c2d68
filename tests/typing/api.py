"""What type checkers make of the public face. Checked by mypy, never run."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import assert_type

import framewright
from framewright import (
    AssembleReport,
    AudioStreamFacts,
    BatchEvent,
    BatchReport,
    CancelToken,
    Check,
    CheckReport,
    Description,
    FileFacts,
    FilmComparison,
    Finding,
    FontUse,
    FootageReport,
    FramewrightError,
    MediaAccount,
    ProbeResult,
    Progressed,
    RecordedAnswer,
    RenderEvent,
    RenderOptions,
    RenderReport,
    SoundReport,
    Sounds,
    VerifyReport,
)
from framewright.client import CompositionSource, Job, JobOutput, JobState, KeptPlan, Told, Webhook


def listen(event: RenderEvent) -> None:
    if isinstance(event, Progressed):
        assert_type(event.frames, int)
        assert_type(event.rate, float | None)
    if event.event == "finished":
        assert_type(event.report, RenderReport)


def listen_to_rows(event: BatchEvent) -> None:
    if event.event == "told":
        assert_type(event.row, int)
        assert_type(event.told, RenderEvent)
    if event.event == "row_failed":
        assert_type(event.failure.code, str)
    if event.event == "batch_finished":
        assert_type(event.report.rows[0].report, RenderReport | None)


def batches() -> None:
    report = framewright.render_batch(
        "title", [{"title": "One", "size": 3}, {}], "out/{index}.mp4", on_event=listen_to_rows, crf=20
    )
    assert_type(report, BatchReport)
    framewright.render_batch("title", Path("rows.csv"), "out/{index}.mp4", variables={"loud": True})
    framewright.render("title", "title.mp4", variables='{"title": "One"}')
    framewright.probe("title", variables="@values.json")
    framewright.render_batch("title", 7, "out/{index}.mp4")  # type: ignore[arg-type]


def blocking() -> None:
    report = framewright.render("title", "title.mp4", fps=30, quality="draft", workers="auto")
    assert_type(report, RenderReport)
    assert_type(report.output, FileFacts)
    framewright.render(
        Path("title"), Path("title.webm"), fps="30000/1001", bitrate="8M", alpha=True, on_event=listen
    )
    framewright.render(
        "title", "frames", format="png-sequence", fps=Fraction(25), start_frame=10, end_frame=20
    )
    framewright.render("title", "title.mp4", RenderOptions(crf=18.0, workers=2), cancel=CancelToken())
    assert_type(framewright.probe("title", duration=3), ProbeResult)
    assert_type(framewright.check("title", audit=False, report=Path("report"), mode="auto"), CheckReport)
    assert_type(framewright.check("title").findings, tuple[Finding, ...])
    framewright.check("title", crf=18)  # type: ignore[call-arg]
    framewright.render("title", "title.mp4", colour="red")  # type: ignore[call-arg]
    framewright.render("title", "title.mp4", strict="yes")  # type: ignore[arg-type]
    framewright.probe("title", crf=18)  # type: ignore[call-arg]


def sounds() -> None:
    report = framewright.render(
        "title",
        "title.mp4",
        audio_tracks=["music.mp3,volume=0.4", {"path": "voice.wav", "offset": 2.0}],
        subtitles=["title.de.srt"],
        subtitles_mode="track",
        loudness=-16,
        skip_audio=False,
    )
    assert_type(report.sound, SoundReport | None)
    assert_type(report.footage, FootageReport | None)
    assert_type(report.output.sound, AudioStreamFacts | None)
    assert_type(framewright.probe("title", audio_tracks=["music.mp3"]).sounds, Sounds)
    framewright.render("title", "title.mp4", loudness="loud")  # type: ignore[arg-type]
    framewright.probe("title", loudness=-16)  # type: ignore[call-arg]


async def awaited() -> None:
    assert_type(await framewright.render_async("title", "title.mp4", scale=2), RenderReport)
    assert_type(await framewright.render_batch_async("title", "rows.json", "{index}.mp4"), BatchReport)
    assert_type(framewright.probe("title").media, tuple[MediaAccount, ...])
    result = await framewright.probe_async("title")
    assert_type(result.description, Description)
    assert_type(result.frames, int)
    assert_type(result.remote, tuple[RecordedAnswer, ...])
    assert_type(result.description.fonts, tuple[FontUse, ...])
    assert_type(await framewright.diagnose(), tuple[Check, ...])


def files() -> None:
    made = framewright.assemble("plan", ["pieces", Path("sound.piece")], "title.mp4", cancel=CancelToken())
    assert_type(made, AssembleReport)
    assert_type(made.output, FileFacts)
    found = framewright.verify("title.mp4", against="other.webm", plan=Path("plan"))
    assert_type(found, VerifyReport)
    assert_type(found.ok, bool)
    assert_type(found.comparison, FilmComparison | None)
    framewright.assemble("plan", "pieces", 7)  # type: ignore[arg-type]


def service() -> None:
    with framewright.Client("http://127.0.0.1:8080", "token", patience=10) as client:
        assert_type(client.render("title", "title.mp4", fps=25, name="mine", on_event=print), RenderReport)
        assert_type(client.probe(CompositionSource(html="<p>"), duration=3), ProbeResult)
        assert_type(client.submit(Path("title"), key="one", webhook=Webhook(url="https://example.org")), Job)
        assert_type([told.id for told in client.events("job")], list[int])
        assert_type([line.state for line in client.jobs(JobState.DONE)], list[JobState])
        assert_type(client.output("job", "title.mp4"), JobOutput)
        assert_type(client.plans.make("title", chunks=4), KeptPlan)
        client.probe("title", crf=18)  # type: ignore[call-arg]
        client.render("title", "title.mp4", colour="red")  # type: ignore[call-arg]


async def awaited_service() -> None:
    async with framewright.AsyncClient("http://127.0.0.1:8080") as client:
        assert_type(await client.render("title", "title.mp4", cancel=CancelToken()), RenderReport)
        assert_type([told async for told in client.events("job")], list[Told])
        assert_type(await client.frame("job"), bytes)


def errors() -> None:
    try:
        blocking()
    except FramewrightError as error:
        assert_type(error.code, str)
        assert_type(error.retryable, bool)
