"""What a render and its child processes say to each other: one JSON object a line, over the child's stdin and stdout."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import quote, unquote_to_bytes

from pydantic import BaseModel, ConfigDict, Field, JsonValue, TypeAdapter

from framewright.model.events import RenderEvent  # noqa: TC001 -- pydantic reads it at run time
from framewright.model.plan import Frame  # noqa: TC001 -- as above


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    @property
    def line(self) -> bytes:
        """The message as it is sent."""
        return self.model_dump_json().encode() + b"\n"


# To the child


class OpenPlan(_Message):
    """What all its frames are of. Comes first, and once.

    Attributes:
        plan: the file of the plan. All paths have their bytes percent-encoded.
        root, blobs: see :class:`~framewright.render.bundle.Bundle`.
        settings: of the machine, with those that the caller has given.
        allow_drift: an environment that differs from the plan's is no error.
        live: ``root`` is the project itself, which its author may write to meanwhile; otherwise a copy of it.
    """

    kind: Literal["open"] = "open"
    plan: str
    root: str | None
    blobs: str
    settings: dict[str, JsonValue]
    allow_drift: bool
    live: bool = True


class RenderFrames(_Message):
    """Render frames; one run at a time.

    Attributes:
        folder: where the piece shall stand.
        workers: browsers side by side.
    """

    kind: Literal["render"] = "render"
    run: int
    start: Frame
    stop: Frame
    folder: str
    workers: Annotated[int, Field(ge=1)]


class ShrinkRun(_Message):
    """End before this frame, if it is not too late; :class:`RunShrunk` answers."""

    kind: Literal["shrink"] = "shrink"
    run: int
    stop: Frame


class CancelRun(_Message):
    """Leave off; :class:`RunFailed` answers, unless the piece was just done."""

    kind: Literal["cancel"] = "cancel"
    run: int


class CloseDown(_Message):
    """Close the browsers and end."""

    kind: Literal["close"] = "close"


# From the child


class Beat(_Message):
    """It is alive. Sent at least every second.

    Attributes:
        run: None between runs.
        steps: see :class:`~framewright.render.chunk_limit.ChunkProgress`.
    """

    kind: Literal["beat"] = "beat"
    run: int | None = None
    frames: int = 0
    total: int = 0
    steps: int = 0


class RunTold(_Message):
    """A warning, a decision, or something that was done another way."""

    kind: Literal["told"] = "told"
    told: RenderEvent = Field(discriminator="event")


class RunShrunk(_Message):
    """Whether a run ends before this frame."""

    kind: Literal["shrunk"] = "shrunk"
    run: int
    stop: Frame
    agreed: bool


class RunDone(_Message):
    """The piece is committed; its account stands beside it.

    Attributes:
        piece: its path, percent-encoded.
    """

    kind: Literal["done"] = "done"
    run: int
    piece: str


class RunFailed(_Message):
    """There is no piece.

    Attributes:
        error: the name of the class of the error.
    """

    kind: Literal["failed"] = "failed"
    run: int
    error: str
    code: str
    message: str


Order = OpenPlan | RenderFrames | ShrinkRun | CancelRun | CloseDown
Report = Beat | RunTold | RunShrunk | RunDone | RunFailed

_ORDERS: TypeAdapter[Order] = TypeAdapter(Annotated[Order, Field(discriminator="kind")])
_REPORTS: TypeAdapter[Report] = TypeAdapter(Annotated[Report, Field(discriminator="kind")])

LONGEST_LINE = 1 << 20
"""Bytes. A notice holds what a page said; nothing else is longer than a path."""


def read_order(line: bytes) -> Order:
    """What the parent wrote.

    Raises:
        ValueError: it is no message.
    """
    return _ORDERS.validate_json(line)


def read_report(line: bytes) -> Report:
    """What the child wrote.

    Raises:
        ValueError: it is no message.
    """
    return _REPORTS.validate_json(line)


def written_path(path: Path) -> str:
    """A path as text, whatever bytes it has."""
    return quote(os.fsencode(path.absolute()))


def read_path(text: str) -> Path:
    """The path that was written."""
    return Path(os.fsdecode(unquote_to_bytes(text)))
