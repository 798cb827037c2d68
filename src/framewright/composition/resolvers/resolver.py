"""What can answer for other hosts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from framewright.model.recording import AnsweredBy


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """An answer in the place of another host.

    Attributes:
        headers: names in small letters; that every origin may read it goes without saying.
        forever: its address names one version of one thing.
    """

    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    status: int = 200
    forever: bool = False


class Resolver(Protocol):
    """Answers for hosts that it knows."""

    @property
    def by(self) -> AnsweredBy:
        """How its answers are told."""

    def knows(self, url: str) -> bool:
        """Whether an address is one of its own."""

    async def resolve(self, url: str) -> Resolved | str:
        """The answer to an address that it knows; or why there is none, as a sentence without its full stop."""
