"""An automatic choice and what it rests on: told to the listener and to the log in the same words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from framewright.model.events import Decided

if TYPE_CHECKING:
    from pydantic import JsonValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One decision. ``inputs`` are the facts that led to it, ``reason`` one short sentence for people."""

    subject: str
    choice: JsonValue
    reason: str
    inputs: dict[str, JsonValue] = field(default_factory=dict)

    def event(self) -> Decided:
        """The event that tells it."""
        return Decided(subject=self.subject, choice=self.choice, inputs=self.inputs, reason=self.reason)
