"""What the routes of one service work with, put together once when it starts."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from framewright.model.job_request import CompositionSource
    from framewright.service.desk import Caller, Desk, Source
    from framewright.service.http.watch import RequestSpans
    from framewright.service.metrics import Metrics
    from framewright.service.plans.keeper import Plans
    from framewright.service.settings import ServiceSettings
    from framewright.service.tokens import Token
    from framewright.service.uploads import Intake, Uploads
    from framewright.service.webhooks import Webhooks


class Sources(Protocol):
    """Finds the compositions that requests name."""

    async def resolve(self, source: CompositionSource, caller: Caller) -> Source:
        """What a request names, found and allowed.

        Raises:
            UnknownError: there is no such upload or path. ForbiddenError: the installation opens none of this kind.
            RequestError: what is named cannot be a composition.
        """
        ...


class Tokens(Protocol):
    """Knows who may ask."""

    async def caller(self, written: str) -> Caller:
        """Whose token it is.

        Raises:
            UnauthorizedError: ``TOKEN_UNKNOWN``, ``TOKEN_EXPIRED``.
        """
        ...

    async def all(self) -> tuple[Token, ...]:
        """Those that there are."""
        ...


class Tickets(Protocol):
    """Opens the files of one job for a while, without a token: for what cannot send one, such as ``<video>``."""

    def issue(self, job: str, caller: str) -> str:
        """A ticket for the files of a job that belongs to ``caller``."""
        ...

    def caller(self, job: str, ticket: str) -> Caller:
        """Whom a ticket stands for.

        Raises:
            UnauthorizedError: ``TICKET_INVALID`` it is another job's, forged or too old.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Rooms:
    """The parts of one service.

    Attributes:
        uploads, intake: projects that callers have sent, and how they come in; None: there are no routes for them.
        tokens, tickets: None: nobody needs one, and everybody is ``local``.
        webhooks: None: none are sent.
        plans: None: this service keeps none.
        metrics: None: nobody counts.
        spans: makes a span of each request; None: nobody traces.
        stopping: set once the service takes nothing more; streams of events end then.
    """

    settings: ServiceSettings
    desk: Desk
    sources: Sources
    uploads: Uploads | None = None
    intake: Intake | None = None
    tokens: Tokens | None = None
    tickets: Tickets | None = None
    webhooks: Webhooks | None = None
    plans: Plans | None = None
    metrics: Metrics | None = None
    spans: RequestSpans | None = None
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
