"""What the service and a runner say to each other: one JSON object a line, over the runner's stdin and stdout."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, TypeAdapter

from framewright.model.events import RenderEvent
from framewright.model.job import Planned
from framewright.model.report import RenderReport  # noqa: TC001 -- pydantic reads it at run time
from framewright.render.probe_result import ProbeResult  # noqa: TC001 -- as above


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    @property
    def line(self) -> bytes:
        """The message as it is sent."""
        return self.model_dump_json().encode() + b"\n"


# To the runner


class EnterCage(_Message):
    """Where it lives from now on. Comes first, and once.

    Attributes:
        work: the folder of this run, which goes with it. Everything is written there.
        disk: bytes that one file may have.
    """

    kind: Literal["enter"] = "enter"
    work: str
    disk: int


class RunLimits(_Message):
    """What one job may take; see :class:`~framewright.service.settings.ServiceSettings`."""

    duration: float
    frames: int
    pixels: int


class _Run(_Message):
    """What is done with a composition.

    Attributes:
        composition: a path, or an address.
        root: files that options name are relative to it and lie in it; None: there are none.
        options: by the names of :class:`~framewright.render.options.RenderWishes`.
        settings: of the machine, in place of those of the environment.
        limits: refused as soon as the page has told how long and how large it is. A probe, which renders nothing, tells that.
    """

    composition: str
    root: str | None
    options: dict[str, JsonValue]
    settings: dict[str, JsonValue]
    limits: RunLimits


class RunRender(_Run):
    """Render to a file.

    Attributes:
        output: where it shall stand; of an image sequence, the ZIP archive.
    """

    kind: Literal["render"] = "render"
    output: str


class RunProbe(_Run):
    """Look at a composition."""

    kind: Literal["probe"] = "probe"


class RunPlan(_Run):
    """Plan it.

    Attributes:
        folder: the folder of plans; that of this plan is called by its digest.
    """

    kind: Literal["plan"] = "plan"
    folder: str


class RunChunk(_Message):
    """Render one chunk of a plan that lies in a folder; :class:`PieceDone` answers.

    Attributes:
        index: None: its sound.
    """

    kind: Literal["chunk"] = "chunk"
    plan: str
    index: int | None
    output: str
    settings: dict[str, JsonValue]


class RunAssemble(_Message):
    """Put the pieces of a plan together."""

    kind: Literal["assemble"] = "assemble"
    plan: str
    chunks: tuple[str, ...]
    sound: str | None
    output: str
    settings: dict[str, JsonValue]


class Stop(_Message):
    """Leave off, in good order; :class:`RunFailed` answers."""

    kind: Literal["stop"] = "stop"


# From the runner


class Ready(_Message):
    """It has started, and waits for its order."""

    kind: Literal["ready"] = "ready"


class Beat(_Message):
    """It is alive. Sent at least every second."""

    kind: Literal["beat"] = "beat"


RunEvent = RenderEvent | Planned
"""What is told of a run: the events of every render, and what is rendered, as soon as that is known."""


class EventTold(_Message):
    """What happens in the render."""

    kind: Literal["told"] = "told"
    told: RunEvent = Field(discriminator="event")


class RenderDone(_Message):
    """The file stands.

    Attributes:
        type: of its content.
    """

    kind: Literal["rendered"] = "rendered"
    report: RenderReport
    type: str
    bytes: int


class ProbeDone(_Message):
    """What was seen."""

    kind: Literal["probed"] = "probed"
    result: ProbeResult


class PlanDone(_Message):
    """The plan is written.

    Attributes:
        digest: of the plan: the name of its folder.
    """

    kind: Literal["planned"] = "planned"
    digest: str


class PieceDone(_Message):
    """A piece, or what was put together, stands.

    Attributes:
        account: a :class:`~framewright.ChunkResult`, :class:`~framewright.SoundResult` or
            :class:`~framewright.AssembleReport`, as JSON.
    """

    kind: Literal["piece"] = "piece"
    account: dict[str, JsonValue]


class RunFailed(_Message):
    """Nothing came of it, and nothing is left.

    Attributes:
        error: the name of the class of the error.
    """

    kind: Literal["failed"] = "failed"
    error: str
    code: str
    message: str


Run = RunRender | RunProbe | RunPlan | RunChunk | RunAssemble
Order = EnterCage | Run | Stop
Answer = RenderDone | ProbeDone | PlanDone | PieceDone
Report = Ready | Beat | EventTold | Answer | RunFailed

_ORDERS: TypeAdapter[Order] = TypeAdapter(Annotated[Order, Field(discriminator="kind")])
_REPORTS: TypeAdapter[Report] = TypeAdapter(Annotated[Report, Field(discriminator="kind")])

LONGEST_LINE = 1 << 24
"""Bytes. A probe tells of every clip of a page, and an order holds what a request may."""


def read_order(line: bytes) -> Order:
    """What the service wrote.

    Raises:
        ValueError: it is no message.
    """
    return _ORDERS.validate_json(line)


def read_report(line: bytes) -> Report:
    """What the runner wrote.

    Raises:
        ValueError: it is no message.
    """
    return _REPORTS.validate_json(line)
