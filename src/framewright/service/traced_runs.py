"""Whether a service makes spans, and runs of plans that have some. OpenTelemetry is imported only where it is wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from framewright.executors.tracing import shared_provider
from framewright.model.errors import SetupError
from framewright.model.logs import get_logger

if TYPE_CHECKING:
    from collections.abc import Callable

    from framewright.service.plans.making import RunsOrders
    from framewright.service.runner.cage import Cage
    from framewright.service.runner.messages import Answer, Run, RunEvent
    from framewright.service.tracing import Tracing

_log = get_logger(__name__)


def open_tracing() -> Tracing | None:
    """What makes spans, where the environment says where they go."""
    try:
        provider = shared_provider()
    except SetupError as error:
        # A machine may have these variables for other programs.
        _log.warning("tracing", choice=False, reason=error.message)
        return None
    if provider is None:
        return None
    from framewright.service.tracing import Tracing

    _log.info("tracing", choice=True)
    return Tracing(provider)


def traced(run: RunsOrders, tracing: Tracing | None) -> RunsOrders:
    """The same runs, with spans below whatever asks for them."""
    if tracing is None:
        return run

    async def with_spans(
        order: Run, cage: Cage, on_event: Callable[[RunEvent], None], *, job: str | None = None
    ) -> Answer:
        with tracing.run(order.kind) as spans:

            def told(event: RunEvent) -> None:
                spans.heard(event)
                on_event(event)

            return await run(order, cage, told, job=job)

    return with_spans
