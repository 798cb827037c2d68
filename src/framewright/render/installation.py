"""One finding about the installation."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class CheckState(StrEnum):
    """How it stands with one thing."""

    OK = "ok"
    WARN = "warn"
    MISSING = "missing"


class Check(BaseModel):
    """One thing that rendering needs, or that makes it faster.

    Attributes:
        name: a stable lower-case name, such as ``browser``.
        state: ``missing`` when nothing can be rendered without it, ``warn`` when something is slower or unlikely.
        detail: one line: what was found.
        remedy: the one command, or setting, that mends it; None when nothing needs mending.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    state: CheckState
    detail: str
    remedy: str | None = None
