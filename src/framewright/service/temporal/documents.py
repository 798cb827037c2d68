"""What services write down of jobs, for one another: small documents in the store, each written once."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from framewright.executors.temporal.values import (  # noqa: TC001 -- pydantic reads it at run time
    OutputFile,
    PlanReference,
    ProjectReference,
)
from framewright.model.job import (
    JobError,
    JobOutput,
    JobProgress,
    JobState,
    Told,
)
from framewright.model.job_request import RenderRequest  # noqa: TC001 -- as above
from framewright.model.output import Format  # noqa: TC001 -- as above
from framewright.model.plan import Digest  # noqa: TC001 -- as above

Attempt = Annotated[int, Field(ge=1)]


class _Value(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class JobOrder(_Value):
    """A job that was asked for.

    Attributes:
        by: whose it is.
        project: its files and options, in the store.
        seconds: that one attempt may take.
        before: jobs that had not ended when it was asked for.
        key: the document of the caller's key.
        trace: see :class:`~framewright.service.desk.Order`.
    """

    version: Literal[1] = 1
    id: str
    name: str
    by: str
    created: AwareDatetime
    request: RenderRequest
    project: ProjectReference
    format: Format
    seconds: float
    before: int = 0
    key: str | None = None
    trace: str | None = None


class Begun(_Value):
    """An attempt after the first one.

    Attributes:
        plan: of an earlier attempt: with it the pieces are those of then.
    """

    version: Literal[1] = 1
    at: AwareDatetime
    plan: PlanReference | None = None


class Ended(_Value):
    """What became of an attempt.

    Attributes:
        started: when somebody began to work on it; None: nobody has.
        output, files: of an attempt that is done: as callers see it, and where its bytes are.
        rate: frames a second of what was planned.
        plan: None: it was not planned.
        story: the blob of a :class:`Story`.
        last: the id of its last event.
    """

    version: Literal[1] = 1
    state: JobState
    started: AwareDatetime | None = None
    ended: AwareDatetime
    error: JobError | None = None
    output: JobOutput | None = None
    files: tuple[OutputFile, ...] = ()
    rate: str | None = None
    plan: PlanReference | None = None
    progress: JobProgress = JobProgress()
    story: Digest
    last: int


class Story(_Value):
    """What was told of an attempt, as far as it still matters; a blob."""

    version: Literal[1] = 1
    told: tuple[Told, ...]


class KeyTaken(_Value):
    """What a caller's key stands for.

    Attributes:
        request: a digest of what was asked for with it.
    """

    version: Literal[1] = 1
    job: str
    request: Digest
