"""What a worker tells whoever started it."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from framewright.model.events import Decided


class _Event(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DevStarted(_Event):
    """A development server and a store run for as long as the worker does.

    Attributes:
        command: with which something is rendered by it.
    """

    event: Literal["dev"] = "dev"
    address: str
    store: str
    command: str


class WorkerReady(_Event):
    """The worker listens.

    Attributes:
        worker: who it is, to Temporal.
        environment: a digest of what draws and encodes here; only plans of the same one come here.
        slots: chunks at a time.
        workers: browsers for each.
        metrics: where they are collected.
    """

    event: Literal["ready"] = "ready"
    worker: str
    address: str
    namespace: str
    queue: str
    environment: str
    store: str
    slots: int
    workers: int
    metrics: str | None = None


class WorkTold(_Event):
    """Something that the worker did for a render has come to its end.

    Attributes:
        activity: such as ``render_chunk``.
        workflow: the id of the render.
        attempt: counted from 1.
        outcome: ``cancelled``, too, when the worker had to stop.
        message: why it failed.
    """

    event: Literal["work"] = "work"
    activity: str
    workflow: str
    attempt: int
    outcome: Literal["done", "failed", "cancelled"]
    seconds: float
    message: str | None = None


class WorkerStopping(_Event):
    """The worker takes nothing more.

    Attributes:
        busy: chunks that it still renders.
        seconds: that they get.
    """

    event: Literal["stopping"] = "stopping"
    busy: int
    seconds: float


WorkerEvent = Decided | DevStarted | WorkerReady | WorkTold | WorkerStopping
