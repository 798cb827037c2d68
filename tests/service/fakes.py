"""A desk that renders nothing: jobs go through their states by a script, or step by step as a test says."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import secrets
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from framewright.model.composition import Description, DurationSource, Notice
from framewright.model.events import (
    ChunkState,
    ChunkTold,
    Decided,
    FellBack,
    Progressed,
    SoundTold,
    Stage,
    StageBegan,
    Warned,
)
from framewright.model.job import (
    CancelledTold,
    Done,
    Failed,
    Job,
    JobChunk,
    JobError,
    JobLine,
    JobLinks,
    JobOutput,
    JobPage,
    JobPlan,
    JobProgress,
    JobState,
    Planned,
    Queued,
    Started,
    Told,
)
from framewright.model.report import FileFacts, RenderReport, SlowRange, TimeSpent
from framewright.render import ProbeResult
from framewright.service.desk import FileAnswer, Source, Standing, Taken
from framewright.service.errors import BusyError, ConflictError, UnknownError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from framewright.model.job import JobEvent
    from framewright.model.job_request import CompositionSource, ProbeRequest
    from framewright.service.desk import Caller, Order

FRAMES = 60
CHUNKS = 3


def new_id() -> str:
    return base64.b32encode(secrets.token_bytes(16)).decode().rstrip("=").lower()


def tiny_mp4(path: Path, frames: int = FRAMES, fps: int = 30) -> None:
    """A real film: a grey that grows lighter."""
    import av
    import numpy as np

    with av.open(str(path), "w", options={"movflags": "+faststart"}) as container:
        stream = container.add_stream("libx264", rate=fps, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = 64, 36, "yuv420p"
        stream.time_base = Fraction(1, fps)
        for number in range(frames):
            picture = np.full((36, 64, 3), number * 4 % 256, dtype=np.uint8)
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts = number
            for packet in stream.encode(frame):
                container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)


def tiny_jpeg(path: Path, grey: int = 128) -> None:
    """A real picture."""
    import av
    import numpy as np

    codec = av.CodecContext.create("mjpeg", "w")
    codec.width, codec.height, codec.pix_fmt = 64, 36, "yuvj420p"
    codec.time_base = Fraction(1, 30)
    frame = av.VideoFrame.from_ndarray(np.full((36, 64, 3), grey, dtype=np.uint8), format="rgb24")
    frame = frame.reformat(format="yuvj420p")
    frame.pts = 0
    path.write_bytes(b"".join(bytes(packet) for packet in [*codec.encode(frame), *codec.encode(None)]))


def fake_report(path: str = "out.mp4", size: int = 1000) -> RenderReport:
    return RenderReport(
        output=FileFacts(
            path=path,
            bytes=size,
            frames=FRAMES,
            seconds=FRAMES / 30,
            width=64,
            height=36,
            fps="30",
            codec="h264",
            pixel_format="yuv420p",
        ),
        frames=FRAMES,
        unchanged=4,
        workers=2,
        chunks=CHUNKS,
        capture="stream",
        mode="seek",
        seconds=2.5,
        time=TimeSpent(opening=0.5, rendering=1.8, finishing=0.2, encoder_busy=0.7, waiting_for_pictures=0.9),
        retried_blocks=0,
        restarted_workers=0,
        slowest=SlowRange(start=20, stop=24, seconds=0.3),
        slow_ranges=(SlowRange(start=20, stop=24, seconds=0.3), SlowRange(start=40, stop=42, seconds=0.1)),
    )


def fake_probe() -> ProbeResult:
    return ProbeResult(
        description=Description(
            composition="film",
            title="A film",
            width=640,
            height=360,
            duration=2.0,
            duration_source=DurationSource.DECLARED,
            fps="30",
            transparent=False,
            foreseeable=True,
            clips=(),
        ),
        width=640,
        height=360,
        scale=1.0,
        output_width=640,
        output_height=360,
        fps="30",
        seconds=2.0,
        duration_source=DurationSource.DECLARED,
        frames=FRAMES,
        start_frame=0,
        end_frame=FRAMES,
        remote=(),
        mode="seek",
        notices=(),
        decisions=(),
    )


def usual_script(*, fails: bool = False) -> list[JobEvent]:
    """What is told of a render of three chunks, from its start on."""
    size = FRAMES // CHUNKS
    plan = JobPlan(width=640, height=360, scale=1.0, fps="30", frames=FRAMES, first_frame=0, seconds=2.0)
    events: list[JobEvent] = [
        StageBegan(stage=Stage.OPENING),
        Decided(subject="workers", choice=2, inputs={"cores": 2.0}, reason="2: one for each core"),
        Planned(plan=plan),
        Warned(
            notice=Notice(
                code="IMAGE_FAILED", message="The image 'logo.png' could not be loaded.", element="img#logo"
            )
        ),
        StageBegan(stage=Stage.RENDERING),
    ]
    for chunk in range(CHUNKS):
        start, stop, worker = chunk * size, (chunk + 1) * size, f"worker {chunk % 2 + 1}"

        def told(state: ChunkState, frames: int, chunk=chunk, start=start, stop=stop, worker=worker):
            return ChunkTold(chunk=chunk, state=state, start=start, stop=stop, frames=frames, worker=worker)

        if chunk == 0:
            events += [told(ChunkState.REUSED, size)]
        else:
            events += [told(ChunkState.RUNNING, done) for done in (0, size // 2)]
            events += [told(ChunkState.DONE, size)]
        fraction = 0.9 * stop / FRAMES
        events.append(
            Progressed(
                frames=stop, total=FRAMES, rate=30.0, seconds_left=(FRAMES - stop) / 30, fraction=fraction
            )
        )
        if fails and chunk == 1:
            return [
                *events,
                Failed(
                    error=JobError(
                        error="CompositionError",
                        code="SCRIPT_FAILED",
                        message="The page's script failed at 1.4 s: 'x is not defined'.",
                        retryable=False,
                        owner="author",
                    )
                ),
            ]
    events += [
        FellBack(code="BLOCK_RETRIED", message="Frames 40 to 44 were taken again."),
        SoundTold(fraction=1.0),
        StageBegan(stage=Stage.FINISHING),
        Progressed(frames=FRAMES, total=FRAMES, rate=30.0, seconds_left=0.0, fraction=1.0),
    ]
    return events


@dataclass
class FakeJob:
    """A job and what is still to be told of it."""

    order: Order
    job: Job
    script: list[JobEvent]
    told: list[Told] = field(default_factory=list)
    news: asyncio.Condition = field(default_factory=asyncio.Condition)
    listeners: int = 0


class FakeDesk:
    """Follows the protocol ``Desk`` to the letter, in memory.

    Args:
        pace: seconds between events, by themselves; 0: jobs are over as soon as they are taken; None: a test calls
            :meth:`step`.
        slots: jobs that run at a time.
        queue: jobs that may wait.
    """

    def __init__(self, folder: Path, *, pace: float | None = None, slots: int = 1, queue: int = 100) -> None:
        self.folder = folder
        self.pace = pace
        self.slots = slots
        self.queue = queue
        self.ready = True
        self.kept: dict[str, FakeJob] = {}
        self.keys: dict[tuple[str, str], tuple[str, str]] = {}
        self.probes = 0
        self.lent = 0
        self.probe_error: Exception | None = None
        self.script: list[JobEvent] | None = None
        self._playing: set[asyncio.Task[None]] = set()

    @cached_property
    def output_path(self) -> Path:
        """The file of every job that is done."""
        path = self.folder / "film.mp4"
        tiny_mp4(path)
        return path

    @cached_property
    def frame_path(self) -> Path:
        """Every frame of every job."""
        path = self.folder / "frame.jpg"
        tiny_jpeg(path)
        return path

    # The protocol

    async def submit(self, order: Order) -> Taken:
        digest = order.request.model_dump_json()
        name = (order.caller.name, order.key or "")
        if order.key is not None and name in self.keys:
            known, job = self.keys[name]
            if known != digest:
                raise ConflictError(
                    "The key came with another request before: give each request its own.", code="KEY_REUSED"
                )
            return Taken(self.kept[job].job, fresh=False)
        self._need_room()
        identity = new_id()
        job = Job(
            id=identity,
            name=order.request.name or order.source.name,
            by=order.caller.name,
            state=JobState.QUEUED,
            created=datetime.now(UTC),
            position=self._waiting(),
            request=order.request,
            links=JobLinks(self=f"/v1/renders/{identity}", events=f"/v1/renders/{identity}/events"),
        )
        script = self.script
        if script is None:
            script = usual_script(fails="fail" in job.name)
        one = self.kept[identity] = FakeJob(order, job, list(script))
        if order.key is not None:
            self.keys[name] = (digest, identity)
        await self._tell(one, Queued(position=job.position or 0))
        await self._play(one)
        return Taken(one.job, fresh=True)

    async def job(self, job: str, caller: Caller) -> Job:
        return self._find(job, caller).job

    async def jobs(
        self, caller: Caller, *, states: Sequence[JobState] = (), before: str | None = None, limit: int = 50
    ) -> JobPage:
        mine = [one.job for one in reversed(self.kept.values()) if self._sees(one, caller)]
        if before is not None:
            places = [place for place, one in enumerate(mine) if one.id == before]
            mine = mine[places[0] + 1 :] if places else []
        found = [one for one in mine if not states or one.state in states]
        page = found[:limit]
        lines = tuple(
            JobLine.model_validate(one.model_dump(include=set(JobLine.model_fields))) for one in page
        )
        return JobPage(jobs=lines, next=page[-1].id if len(found) > limit else None)

    async def events(self, job: str, caller: Caller, *, after: int = 0) -> AsyncIterator[Told]:
        one = self._find(job, caller)
        one.listeners += 1
        try:
            while True:
                for told in [told for told in one.told if told.id > after]:
                    after = told.id
                    yield told
                if one.job.state.over and after >= one.told[-1].id:
                    return
                async with one.news:
                    if one.told[-1].id <= after and not one.job.state.over:
                        await one.news.wait()
        finally:
            one.listeners -= 1

    async def cancel(self, job: str, caller: Caller) -> Job:
        one = self._find(job, caller)
        if one.job.state.over:
            raise ConflictError("The job has ended already.", code="JOB_OVER")
        await self._tell(one, CancelledTold())
        return one.job

    async def retry(self, job: str, caller: Caller) -> Job:
        one = self._find(job, caller)
        if one.job.state is JobState.DONE:
            raise ConflictError("The job is done: there is nothing to retry.", code="JOB_DONE")
        if not one.job.state.over:
            raise ConflictError("The job has not ended yet.", code="JOB_NOT_OVER")
        self._need_room()
        one.script = usual_script()
        one.job = one.job.model_copy(
            update={
                "state": JobState.QUEUED,
                "attempt": one.job.attempt + 1,
                "ended": None,
                "error": None,
                "chunks": (),
                "position": self._waiting(),
                "progress": JobProgress(),
            }
        )
        await self._tell(one, Queued(position=one.job.position or 0))
        await self._play(one)
        return one.job

    @asynccontextmanager
    async def output(self, job: str, caller: Caller) -> AsyncIterator[FileAnswer]:
        one = self._find(job, caller)
        if one.job.state is not JobState.DONE:
            raise ConflictError("The file is not finished.", code="OUTPUT_NOT_READY")
        digest = hashlib.sha256(self.output_path.read_bytes()).hexdigest()
        self.lent += 1
        try:
            yield FileAnswer(self.output_path, f"{one.job.name}.mp4", "video/mp4", digest, "sha-256")
        finally:
            self.lent -= 1

    @asynccontextmanager
    async def frame(self, job: str, number: int | None, caller: Caller) -> AsyncIterator[FileAnswer]:
        one = self._find(job, caller)
        if number is not None and number >= FRAMES:
            raise UnknownError(f"There is no frame {number}.", code="FRAME_UNKNOWN")
        done = one.job.progress.frames
        if (number is None and not done) or (number is not None and one.job.state is not JobState.DONE):
            raise ConflictError("The frame is not finished.", code="FRAME_NOT_READY")
        yield FileAnswer(self.frame_path, f"frame-{number}.jpg", "image/jpeg")

    async def report(self, job: str, caller: Caller) -> RenderReport:
        one = self._find(job, caller)
        if one.job.state is not JobState.DONE:
            raise ConflictError("The render is not done.", code="REPORT_NOT_READY")
        return fake_report(one.job.output.name if one.job.output else "out.mp4")

    async def probe(self, request: ProbeRequest, source: Source, caller: Caller) -> ProbeResult:
        self.probes += 1
        if self.probe_error is not None:
            raise self.probe_error
        return fake_probe()

    async def standing(self) -> Standing:
        states = {state.value: 0 for state in JobState}
        for one in self.kept.values():
            states[one.job.state.value] += 1
        return Standing(
            ready=self.ready,
            slots=self.slots,
            queued=states["queued"],
            running=states["running"],
            room=self.queue - states["queued"],
            why_not=None if self.ready else "No worker is there.",
            states=states,
        )

    # For tests

    async def step(self, job: str, times: int = 1) -> Job:
        """Let a job go on by one event, or some."""
        one = self.kept[job]
        for _ in range(times):
            if one.job.state is JobState.QUEUED:
                await self._tell(one, Started(attempt=one.job.attempt))
            elif one.script:
                await self._tell(one, one.script.pop(0))
            elif not one.job.state.over:
                size = self.output_path.stat().st_size
                output = JobOutput(
                    name=f"{one.job.name}.mp4",
                    type="video/mp4",
                    bytes=size,
                    frames=FRAMES,
                    seconds=FRAMES / 30,
                )
                await self._tell(one, Done(report=fake_report(output.name, size), output=output))
        return one.job

    async def finish(self, job: str) -> Job:
        """Let a job go on to its end."""
        while not self.kept[job].job.state.over:
            await self.step(job)
        return self.kept[job].job

    @property
    def listeners(self) -> int:
        """Who listens, to all jobs together."""
        return sum(one.listeners for one in self.kept.values())

    async def close(self) -> None:
        """End what goes on by itself."""
        for task in self._playing:
            task.cancel()
        if self._playing:
            await asyncio.wait(self._playing)

    # Within

    def _need_room(self) -> None:
        if self.queue <= self._waiting():
            raise BusyError("The queue is full: try again later.", code="QUEUE_FULL", seconds=7)

    def _waiting(self) -> int:
        return sum(one.job.state is JobState.QUEUED for one in self.kept.values())

    def _sees(self, one: FakeJob, caller: Caller) -> bool:
        return caller.sees_all or one.job.by == caller.name

    def _find(self, job: str, caller: Caller) -> FakeJob:
        one = self.kept.get(job)
        if one is None or not self._sees(one, caller):
            raise UnknownError("There is no such job.", code="JOB_UNKNOWN")
        return one

    async def _play(self, one: FakeJob) -> None:
        if self.pace == 0:
            await self.finish(one.job.id)
        elif self.pace is not None:
            task = asyncio.create_task(self._played(one.job.id, self.pace))
            self._playing.add(task)
            task.add_done_callback(self._playing.discard)

    async def _played(self, job: str, pace: float) -> None:
        one = self.kept[job]
        while not one.job.state.over:
            await asyncio.sleep(pace)
            running = sum(other.job.state is JobState.RUNNING for other in self.kept.values())
            waiting = [other for other in self.kept.values() if other.job.state is JobState.QUEUED]
            if one.job.state is JobState.QUEUED and (running >= self.slots or waiting[0] is not one):
                continue
            if not one.job.state.over:
                await self.step(job)

    async def _tell(self, one: FakeJob, event: JobEvent) -> None:
        number = one.told[-1].id + 1 if one.told else 1
        told = Told(id=number, at=datetime.now(UTC), told=event)
        one.told.append(told)
        one.job = after(one.job, told)
        async with one.news:
            one.news.notify_all()


def after(job: Job, told: Told) -> Job:
    """A job after an event."""
    event, update = told.told, {}
    past = (told.at - job.started).total_seconds() if job.started else None
    match event:
        case Started():
            update = {"state": JobState.RUNNING, "started": told.at, "position": None}
            update["links"] = job.links.model_copy(update={"frame": f"/v1/renders/{job.id}/frames/{{n}}.jpg"})
            past = 0.0
        case StageBegan():
            update = {"progress": job.progress.model_copy(update={"stage": event.stage})}
        case Planned():
            update = {
                "plan": event.plan,
                "progress": job.progress.model_copy(update={"total": event.plan.frames}),
            }
        case Decided():
            update = {"decisions": (*job.decisions, event), "log": (*job.log, event.reason)[-50:]}
        case Progressed():
            facts = event.model_dump(exclude={"event"})
            update = {"progress": job.progress.model_copy(update=facts)}
        case ChunkTold():
            update = {"chunks": _with_chunk(job.chunks, event, past or 0.0)}
        case SoundTold():
            update = {"sound": event.fraction}
        case Warned():
            update = {"warnings": (*job.warnings, event.notice)}
        case FellBack():
            update = {"fallbacks": (*job.fallbacks, event), "log": (*job.log, event.message)[-50:]}
        case Done():
            files = {name: f"/v1/renders/{job.id}/{name}" for name in ("output", "report")}
            update = {
                "state": JobState.DONE,
                "output": event.output,
                "links": job.links.model_copy(update=files),
            }
        case Failed():
            update = {"state": JobState.FAILED, "error": event.error}
        case CancelledTold():
            update = {"state": JobState.CANCELLED, "position": None}
    if isinstance(event, (Done, Failed, CancelledTold)):
        update["ended"] = told.at
    if past is not None:
        update["seconds"] = past
    return job.model_copy(update=update)


def _with_chunk(chunks: tuple[JobChunk, ...], event: ChunkTold, past: float) -> tuple[JobChunk, ...]:
    known = {chunk.chunk: chunk for chunk in chunks}
    one = known.get(event.chunk)
    times = {
        "known_at": one.known_at if one else past,
        "began_at": one.began_at if one and one.began_at is not None else past,
        "first_at": one.first_at if one and one.first_at is not None else (past if event.frames else None),
        "captured_at": past if event.frames == event.stop - event.start else None,
        "ended_at": past if event.state in {"done", "reused", "failed"} else None,
    }
    facts = event.model_dump(exclude={"event", "state"})
    known[event.chunk] = JobChunk(**facts, state=event.state.value, **times)
    return tuple(known[number] for number in sorted(known))


class FakeSources:
    """Finds every composition but those called ``missing``."""

    async def resolve(self, source: CompositionSource, caller: Caller) -> Source:
        named = source.upload or source.path or source.url or "page"
        if "missing" in named:
            raise UnknownError("There is no such composition.", code="COMPOSITION_UNKNOWN")
        return Source(composition=named, name=Path(named).name or "page", upload=source.upload)
