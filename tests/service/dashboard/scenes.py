"""A service with jobs in every state, as a busy afternoon has them: for looking at the dashboard, and for its pictures."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from fakes import FakeDesk, FakeJob, fake_probe, fake_report, new_id

from framewright.model.composition import Notice, Variable, VariableType
from framewright.model.events import Decided, FellBack, Stage
from framewright.model.job import (
    Job,
    JobChunk,
    JobError,
    JobLinks,
    JobOutput,
    JobPlan,
    JobProgress,
    JobState,
)
from framewright.model.job_request import CompositionSource, RenderRequest
from framewright.model.report import FileFacts, SlowRange, TimeSpent
from framewright.service.desk import Caller, FileAnswer, Order, Source, Standing
from framewright.service.jobs import strip

if TYPE_CHECKING:
    from framewright.render import ProbeResult

PICTURES = Path(__file__).parents[3] / "docs" / "images"
SECONDS_OF_CHUNK = 6.2
FRAMES_OF_CHUNK = 60


def links(job: str, state: JobState, *, seen: bool) -> JobLinks:
    base = f"/v1/renders/{job}"
    done = state is JobState.DONE
    return JobLinks(
        self=base,
        events=f"{base}/events",
        output=f"{base}/output" if done else None,
        frame=f"{base}/frames/{{n}}.jpg" if seen else None,
        report=f"{base}/report" if done else None,
    )


def chunks_of(
    frames: int, *, now: float, workers: int = 3, reused: int = 0, attempt_at: int = -1
) -> tuple[JobChunk, ...]:
    """Chunks as workers take them one after the other, seen ``now`` seconds after the start."""
    found, free, index = [], [0.8 + 0.25 * number for number in range(workers)], 0
    for start in range(0, frames, FRAMES_OF_CHUNK):
        stop = min(frames, start + FRAMES_OF_CHUNK)
        facts: dict[str, object] = {"chunk": index, "start": start, "stop": stop, "known_at": 0.6}
        if index < reused:
            found.append(JobChunk(**facts, state="reused", frames=stop - start, ended_at=0.7 + 0.01 * index))
            index += 1
            continue
        worker = min(range(workers), key=lambda one: free[one])
        wobble = 1 + 0.3 * ((index * 7) % 5 - 2) / 4
        began = free[worker]
        first = began + 0.9
        captured = first + SECONDS_OF_CHUNK * wobble * (stop - start) / FRAMES_OF_CHUNK
        ended = captured + 0.5 * wobble
        free[worker] = ended + 0.05
        state = "waiting" if began >= now else "done" if ended <= now else "running"
        done = (
            0 if now <= first else min(stop - start, int((stop - start) * (now - first) / (captured - first)))
        )
        found.append(
            JobChunk(
                **facts,
                state=state,
                frames=done,
                worker=None if state == "waiting" else f"worker {worker + 1}",
                attempt=2 if index == attempt_at else 1,
                began_at=began if began < now else None,
                first_at=first if first < now else None,
                captured_at=captured if captured < now else None,
                ended_at=ended if ended <= now else None,
            )
        )
        index += 1
    return tuple(found)


def failed_chunks() -> tuple[JobChunk, ...]:
    """Five chunks, of which the third ended the job."""
    failed = {
        "state": "failed",
        "frames": 34,
        "message": "the page's script failed",
        "captured_at": None,
        "ended_at": 5.6,
    }
    left = {
        "state": "waiting",
        "frames": 0,
        "began_at": None,
        "first_at": None,
        "captured_at": None,
        "ended_at": None,
    }
    changes = {2: failed, 4: left}
    found = chunks_of(300, now=6.1, reused=1)
    return strip.left(tuple(one.model_copy(update=changes.get(one.chunk, {})) for one in found))


DECISIONS = (
    Decided(
        subject="capture",
        choice="stream",
        inputs={"frame_control": True, "alpha": False},
        reason="raw frames, since the browser draws when it is told to and nothing is transparent",
    ),
    Decided(
        subject="workers",
        choice=3,
        inputs={"cores": 4, "memory_free": 6_100_000_000, "memory_each": 410_000_000},
        reason="one for each core, less one for the encoder",
    ),
    Decided(
        subject="chunks",
        choice=12,
        inputs={"frames": 720, "segment": 60},
        reason="60 frames each, so that one that is lost costs little",
    ),
    Decided(
        subject="mode",
        choice="seek",
        inputs={"foreseeable": True},
        reason="every animation follows the clock, so each frame can be set by itself",
    ),
)
WARNINGS = (
    Notice(
        code="FONT_SUBSTITUTED",
        message="The font 'Canela' is not there: another font draws this text; link it by @font-face.",
        element="h1.title",
    ),
    Notice(
        code="IMAGE_FAILED",
        message="The image could not be loaded: it is left out.",
        element="img#sponsor",
        address="images/sponsor.png",
    ),
)
LOG = (
    "opened title-sequence in 0.5 s",
    "plan: 1920 × 1080, 30 fps, 720 frames, 12 chunks",
    "3 workers: one for each core, less one for the encoder",
    "warning FONT_SUBSTITUTED: the font 'Canela' is not there",
    "chunk 0: frames 0–59 in 7.4 s",
    "chunk 1: frames 60–119 in 6.9 s",
    "chunk 2: block 4 taken again: the browser stopped answering",
    "chunk 2: frames 120–179 in 9.1 s",
)


class SceneDesk(FakeDesk):
    """A fake desk with jobs that stand still, each with a picture of its own."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.pictures: dict[str, Path] = {}
        self.output_path = folder / "film.webm"

    def place(
        self, name: str, state: JobState, *, picture: str | None = None, ago: float = 0, **facts: object
    ) -> Job:
        """Put a job there; the last one is the latest.

        Args:
            picture: the name of a picture of the docs.
            ago: minutes since it was asked for.
        """
        job = new_id()
        request = RenderRequest(
            composition=CompositionSource(path=name.lower().replace(" ", "-")), format="mp4", quality="high"
        )
        made = Job(
            id=job,
            name=name,
            by="studio",
            state=state,
            created=datetime.now(UTC) - timedelta(minutes=ago),
            request=request,
            links=links(job, state, seen=picture is not None),
            **facts,
        )
        source = Source(composition=name, name=name)
        self.kept[job] = FakeJob(Order(request=request, source=source, caller=Caller()), made, [])
        if picture is not None:
            self.pictures[job] = PICTURES / f"{picture}.jpg"
        return made

    @asynccontextmanager
    async def frame(self, job: str, number: int | None, caller: Caller):
        self._find(job, caller)
        yield FileAnswer(self.pictures.get(job, self.frame_path), "frame.jpg", "image/jpeg")

    @asynccontextmanager
    async def output(self, job: str, caller: Caller):
        self._find(job, caller)
        yield FileAnswer(self.output_path, "film.webm", "video/webm")

    async def events(self, job: str, caller: Caller, *, after: int = 0):
        one = self._find(job, caller)
        if not one.job.state.over:
            async with one.news:
                await one.news.wait()
        for told in one.told:
            yield told

    async def report(self, job: str, caller: Caller):
        return fake_report().model_copy(
            update={
                "output": FileFacts(
                    path="film.webm",
                    bytes=18_400_000,
                    frames=900,
                    seconds=30.0,
                    width=1920,
                    height=1080,
                    fps="30",
                    codec="h264",
                    pixel_format="yuv420p",
                ),
                "frames": 900,
                "unchanged": 214,
                "workers": 3,
                "chunks": 15,
                "seconds": 48.2,
                "time": TimeSpent(
                    opening=1.9, rendering=43.1, finishing=3.2, encoder_busy=21.6, waiting_for_pictures=18.4
                ),
                "slow_ranges": tuple(
                    SlowRange(start=start, stop=start + 12, seconds=seconds)
                    for start, seconds in ((432, 2.57), (120, 1.57), (688, 1.16), (301, 1.0))
                ),
            }
        )

    async def probe(self, request: object, source: Source, caller: Caller) -> ProbeResult:
        probe = fake_probe()
        variables = (
            Variable(
                id="headline",
                type=VariableType.STRING,
                label="Headline",
                default="The long tide",
                value="The long tide",
            ),
            Variable(
                id="accent", type=VariableType.COLOR, label="Accent", default="#f4a84a", value="#f4a84a"
            ),
            Variable(id="speakers", type=VariableType.NUMBER, label="Speakers", default=3, value=3),
            Variable(
                id="mood",
                type=VariableType.ENUM,
                label="Mood",
                default="calm",
                value="calm",
                options=("calm", "bright", "bold"),
            ),
            Variable(id="captions", type=VariableType.BOOLEAN, label="Captions", default=True, value=True),
        )
        return probe.model_copy(
            update={
                "description": probe.description.model_copy(update={"title": "The long tide", "variables": variables}),
                "width": 1920, "height": 1080, "output_width": 1920, "output_height": 1080,
                "seconds": 24.0, "frames": 720, "end_frame": 720, "notices": WARNINGS[:1],
            }
        )  # fmt: skip

    async def standing(self) -> Standing:
        standing = await super().standing()
        return Standing(
            ready=True,
            slots=2,
            queued=standing.queued,
            running=standing.running,
            room=98,
            states=standing.states,
        )


def plan(frames: int, width: int = 1920, height: int = 1080) -> JobPlan:
    return JobPlan(
        width=width, height=height, scale=1.0, fps="30", frames=frames, first_frame=0, seconds=frames / 30
    )


def busy_afternoon(desk: SceneDesk) -> dict[str, Job]:
    """Jobs in every state, by what they are there for."""
    found: dict[str, Job] = {}

    def done(name: str, picture: str, ago: float, frames: int, seconds: float, **facts: object) -> Job:
        output = JobOutput(
            name=f"{name}.mp4",
            type="video/webm",
            bytes=int(frames * 20_400),
            frames=frames,
            seconds=frames / 30,
        )
        progress = JobProgress(stage=Stage.FINISHING, frames=frames, total=frames, fraction=1.0)
        return desk.place(
            name,
            JobState.DONE,
            picture=picture,
            ago=ago,
            seconds=seconds,
            progress=progress,
            output=output,
            **facts,
        )

    done("Lower third", "lower-third", 190, 240, 9.8)
    error = JobError(
        error="CompositionError",
        code="SCRIPT_FAILED",
        message="The page's script failed at 4.1 s: 'uniform is not defined'; see shader.js, line 18.",
        retryable=False,
        owner="author",
    )
    found["failed"] = desk.place(
        "Shader", JobState.FAILED, picture="shader", ago=95, seconds=6.1, error=error, plan=plan(300), attempt=2,
        progress=JobProgress(stage=Stage.RENDERING, frames=124, total=300, fraction=0.4), log=LOG[:4], decisions=DECISIONS,
        chunks=failed_chunks(),
    )  # fmt: skip
    done("Social portrait", "social-portrait", 64, 450, 19.0)
    desk.place(
        "Slides",
        JobState.CANCELLED,
        picture="slides",
        ago=41,
        seconds=12.0,
        progress=JobProgress(stage=Stage.RENDERING, frames=210, total=600, fraction=0.33),
    )
    found["done"] = done(
        "Kinetic type", "kinetic-type", 23, 900, 48.2, plan=plan(900), chunks=chunks_of(900, now=1000, reused=2, attempt_at=6),
        decisions=DECISIONS, warnings=WARNINGS[:1], log=LOG,
        fallbacks=(FellBack(code="BLOCK_RETRIED", message="Frames 372 to 379 were taken again: the browser stopped answering."),),
    )  # fmt: skip
    done("Long tide", "long-tide", 12, 720, 37.5)
    found["running"] = desk.place(
        "Title sequence", JobState.RUNNING, picture="title-sequence", ago=1, seconds=21.5, plan=plan(720),
        progress=JobProgress(stage=Stage.RENDERING, frames=402, total=720, rate=24.6, seconds_left=14.0, fraction=0.57),
        chunks=chunks_of(720, now=21.5, reused=1, attempt_at=3), decisions=DECISIONS, warnings=WARNINGS, sound=0.8, log=LOG,
        fallbacks=(FellBack(code="BLOCK_RETRIED", message="Frames 152 to 159 were taken again: the browser stopped answering."),),
    )  # fmt: skip
    desk.place(
        "Data chart",
        JobState.RUNNING,
        picture="data-chart",
        ago=1,
        seconds=8.0,
        progress=JobProgress(
            stage=Stage.RENDERING, frames=96, total=480, rate=18.2, seconds_left=21.0, fraction=0.2
        ),
    )
    found["queued"] = desk.place("Speaker cards", JobState.QUEUED, ago=0.3, position=0)
    desk.place("Speaker cards, German", JobState.QUEUED, ago=0.2, position=1)
    return found


def film_of(picture: Path, path: Path, frames: int = 60) -> None:
    """A film that every Chromium plays: VP9 in WebM, a slow way into a picture."""
    import av
    import numpy as np
    from PIL import Image

    with Image.open(picture) as opened:
        whole = np.asarray(opened.convert("RGB"))
    height, width = whole.shape[:2]
    with av.open(str(path), "w") as container:
        stream = container.add_stream(
            "libvpx-vp9", rate=30, options={"deadline": "realtime", "cpu-used": "8", "crf": "30"}
        )
        stream.width, stream.height, stream.pix_fmt = width // 2 * 2, height // 2 * 2, "yuv420p"
        stream.time_base = Fraction(1, 30)
        for number in range(frames):
            shift = number // 4
            moved = np.roll(whole, -shift, axis=1)[: stream.height, : stream.width]
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(moved), format="rgb24")
            frame.pts = number
            for packet in stream.encode(frame):
                container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)
