"""A job of a render service, as it travels: its state, how far it is, and what became of it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue

from framewright.model.composition import Notice  # noqa: TC001 -- pydantic reads it at run time
from framewright.model.events import (
    ChunkTold,
    Decided,
    FellBack,
    Progressed,
    SoundTold,
    Stage,
    StageBegan,
    Warned,
)
from framewright.model.job_request import RenderRequest  # noqa: TC001 -- pydantic reads it at run time
from framewright.model.report import RenderReport  # noqa: TC001 -- as above


class _Value(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class JobState(StrEnum):
    """Where a job stands. The last three are ends, which only a retry leaves."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def over(self) -> bool:
        """Whether it is an end."""
        return self in {JobState.DONE, JobState.FAILED, JobState.CANCELLED}


class JobError(_Value):
    """Why a job failed; see :class:`~framewright.FramewrightError`.

    Attributes:
        error: the name of the class.
    """

    error: str
    code: str
    message: str
    retryable: bool
    owner: str


class JobProgress(_Value):
    """How far a job is.

    Attributes:
        stage: None until it runs.
        frames, total: finished ones and all; 0 until it is planned.
        rate: frames a second; None until known.
        seconds_left: None until known.
        fraction: of the whole job, 0 to 1.
    """

    stage: Stage | None = None
    frames: int = 0
    total: int = 0
    rate: float | None = None
    seconds_left: float | None = None
    fraction: float = 0.0


class JobPlan(_Value):
    """What is rendered, once that is known.

    Attributes:
        width, height: CSS pixels.
        fps: exact, such as ``30000/1001``.
        frames: of the part that is rendered.
        first_frame: of that part, counted in the composition.
        seconds: the length of that part.
    """

    width: int
    height: int
    scale: float
    fps: str
    frames: int
    first_frame: int
    seconds: float


class JobChunk(_Value):
    """A range of frames, for the strip and the waterfall of a job's page. All times are seconds since the job began to run.

    Attributes:
        state: ``waiting`` or as :class:`~framewright.model.events.ChunkState` has it.
        start, stop: its frames; the last one is excluded.
        frames: finished ones.
        known_at: when it was cut.
        began_at: when somebody took it; None before.
        first_at: when its first frame was done: until then its browsers opened.
        captured_at: when its last frame was taken.
        ended_at: when its piece stood.
    """

    chunk: int
    state: Literal["waiting", "running", "done", "reused", "failed", "split"]
    start: int
    stop: int
    frames: int = 0
    worker: str | None = None
    attempt: int = 1
    message: str | None = None
    known_at: float | None = None
    began_at: float | None = None
    first_at: float | None = None
    captured_at: float | None = None
    ended_at: float | None = None


class JobOutput(_Value):
    """The finished file.

    Attributes:
        name: for whoever saves it, such as ``title.mp4``; an image sequence is one ZIP archive.
        type: of its content.
        bytes: its size.
        frames: pictures in it.
        seconds: its length.
    """

    name: str
    type: str
    bytes: int
    frames: int
    seconds: float


class JobLinks(_Value):
    """Where more is to be had; paths below the service's address.

    Attributes:
        output, frame, report: with a ticket that opens them without a token for a while, where tokens are needed;
            ``frame`` is a template: put a number in place of ``{n}``, or ``latest``. None until there is something.
    """

    self: str
    events: str
    output: str | None = None
    frame: str | None = None
    report: str | None = None


class Job(_Value):
    """A job, as everybody sees it.

    Attributes:
        by: whose token asked for it; ``local`` where none is needed.
        attempt: the first one is 1; each retry adds one.
        position: how many come before it; None once it runs.
        seconds: it has run, or ran, in its last attempt; None before.
        sound: the part of the mix that is done; None where nothing is known of it.
        fallbacks: what was done another way, or again.
        log: the last lines of what was logged.
    """

    id: str
    name: str
    by: str
    state: JobState
    attempt: int = 1
    created: AwareDatetime
    started: AwareDatetime | None = None
    ended: AwareDatetime | None = None
    position: int | None = None
    seconds: float | None = None
    request: RenderRequest
    progress: JobProgress = JobProgress()
    plan: JobPlan | None = None
    decisions: tuple[Decided, ...] = ()
    chunks: tuple[JobChunk, ...] = ()
    sound: float | None = None
    warnings: tuple[Notice, ...] = ()
    fallbacks: tuple[FellBack, ...] = ()
    log: tuple[str, ...] = ()
    error: JobError | None = None
    output: JobOutput | None = None
    links: JobLinks


class JobLine(_Value):
    """A job in a list: without what only its own page shows."""

    id: str
    name: str
    by: str
    state: JobState
    attempt: int = 1
    created: AwareDatetime
    started: AwareDatetime | None = None
    ended: AwareDatetime | None = None
    position: int | None = None
    seconds: float | None = None
    progress: JobProgress = JobProgress()
    error: JobError | None = None
    output: JobOutput | None = None
    links: JobLinks


class JobPage(_Value):
    """Some jobs, the latest first.

    Attributes:
        next: give it as ``before`` for the jobs that come after these; None: there are none.
    """

    jobs: tuple[JobLine, ...]
    next: str | None = None


# What is told of a job while it lasts. The events of a render are those of every render; the others are of jobs alone.


class Queued(_Value):
    """It waits for its turn.

    Attributes:
        position: jobs before it.
    """

    event: Literal["queued"] = "queued"
    position: int


class Started(_Value):
    """It runs."""

    event: Literal["started"] = "started"
    attempt: int


class Planned(_Value):
    """It is known what is rendered."""

    event: Literal["planned"] = "planned"
    plan: JobPlan


class Done(_Value):
    """The file is there."""

    event: Literal["done"] = "done"
    report: RenderReport
    output: JobOutput


class Failed(_Value):
    """It has failed."""

    event: Literal["failed"] = "failed"
    error: JobError


class CancelledTold(_Value):
    """It was cancelled."""

    event: Literal["cancelled"] = "cancelled"


JobEvent = (
    Queued
    | Started
    | Planned
    | Done
    | Failed
    | CancelledTold
    | StageBegan
    | Decided
    | Progressed
    | ChunkTold
    | SoundTold
    | Warned
    | FellBack
)
"""What server-sent events carry: their name is ``event``, their data the whole value as JSON."""


class Told(_Value):
    """An event with its place in the story of a job.

    Attributes:
        id: counts up from 1 for each job, over all of its attempts; numbers may be left out. ``Last-Event-ID`` takes it.
        at: when it happened.
    """

    id: Annotated[int, Field(ge=1)]
    at: AwareDatetime
    told: Annotated[JobEvent, Field(discriminator="event")]


class Problem(_Value):
    """An error of the service, as RFC 9457 has it.

    Attributes:
        type: ``about:blank``, or the address of what explains it.
        title: of the status.
        status: of HTTP.
        detail: one sentence for people.
        code: the stable name of the error.
        error: the name of its class.
        request: the id of the request, for those who look into the logs.
        errors: what is wrong with a request, field by field.
    """

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str
    error: str = "FramewrightError"
    retryable: bool = False
    owner: str = "caller"
    request: str | None = None
    errors: tuple[dict[str, JsonValue], ...] = ()
