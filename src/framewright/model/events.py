"""What a render tells while it runs. People see it as a live line, machines as one JSON object a line."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, JsonValue

from framewright.model.composition import Notice  # noqa: TC001 -- pydantic reads it at run time
from framewright.model.report import RenderReport  # noqa: TC001 -- as above


class _Event(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Stage(StrEnum):
    """What a render is busy with."""

    OPENING = "opening"
    RENDERING = "rendering"
    FINISHING = "finishing"


class StageBegan(_Event):
    """A stage has begun."""

    event: Literal["stage"] = "stage"
    stage: Stage


class Decided(_Event):
    """An automatic choice, with what it rests on.

    Attributes:
        subject: what was chosen, such as ``workers`` or ``capture``.
        choice: the result.
        inputs: the facts that led to it.
        reason: one short sentence for people.
    """

    event: Literal["decided"] = "decided"
    subject: str
    choice: JsonValue
    inputs: dict[str, JsonValue]
    reason: str


class Progressed(_Event):
    """Frames are done, in order, from the first on.

    Attributes:
        frames: finished frames.
        total: frames in all.
        rate: frames a second over the last seconds; None until known.
        seconds_left: None until known.
        fraction: of the whole render, weighed by what its parts are expected to cost; it never goes back, and is exactly
            1 once the file stands under its name.
    """

    event: Literal["progress"] = "progress"
    frames: int
    total: int
    rate: float | None
    seconds_left: float | None
    fraction: float = 0.0


class ChunkState(StrEnum):
    """How far a chunk is."""

    RUNNING = "running"
    DONE = "done"
    REUSED = "reused"
    FAILED = "failed"
    SPLIT = "split"


class ChunkTold(_Event):
    """A chunk has changed its state, or has got on.

    Attributes:
        chunk: its index in the plan; a part that was split off keeps it.
        start, stop: its frames.
        frames: finished ones.
        worker: who renders it.
        attempt: the first one is 1.
        message: why it failed.
    """

    event: Literal["chunk"] = "chunk"
    chunk: int
    state: ChunkState
    start: int
    stop: int
    frames: int = 0
    worker: str | None = None
    attempt: int = 1
    message: str | None = None


class SoundTold(_Event):
    """The mix of the sound has got on, beside the chunks.

    Attributes:
        fraction: of it that is done; 1 also where there is no sound.
    """

    event: Literal["sound"] = "sound"
    fraction: float


class Warned(_Event):
    """Something that the author will want to know."""

    event: Literal["warning"] = "warning"
    notice: Notice


class FellBack(_Event):
    """Something failed and was done another way, or again."""

    event: Literal["fallback"] = "fallback"
    code: str
    message: str


class Finished(_Event):
    """The file stands under its name."""

    event: Literal["finished"] = "finished"
    report: RenderReport


RenderEvent = StageBegan | Decided | Progressed | ChunkTold | SoundTold | Warned | FellBack | Finished
