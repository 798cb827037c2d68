"""What a service tells whoever started it."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict


class _Event(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ServeReady(_Event):
    """It listens.

    Attributes:
        url: where.
        executor: who renders: ``local`` or ``temporal``.
        slots: renders at a time; None: as many as workers of the cluster take.
        tokens: how many are known that are still good; None: nobody needs one.
        exposed: others than this machine reach it, and nobody needs a token.
    """

    event: Literal["ready"] = "ready"
    url: str
    data: str
    executor: str
    slots: int | None
    tokens: int | None
    exposed: bool = False


class ServeStopping(_Event):
    """It was told to stop.

    Attributes:
        running: renders that may go on.
        seconds: for so long.
    """

    event: Literal["stopping"] = "stopping"
    running: int
    seconds: float


ServeEvent = ServeReady | ServeStopping
