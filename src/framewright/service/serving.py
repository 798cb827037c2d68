"""A service from its start to its end: its folder, its rooms, the port that it listens at, and the way out."""

from __future__ import annotations

import asyncio
import importlib.util
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from framewright.model.errors import SetupError
from framewright.model.logs import get_logger
from framewright.service.data_folder import DATABASE, locked, make_data_folder
from framewright.service.database import Database
from framewright.service.serve_events import ServeReady, ServeStopping
from framewright.service.settings import is_loopback

if TYPE_CHECKING:
    from collections.abc import Callable

    from framewright.service.desks import Cluster
    from framewright.service.rooms import Rooms
    from framewright.service.serve_events import ServeEvent
    from framewright.service.settings import ServiceSettings

_log = get_logger(__name__)


def need_service() -> None:
    """Make sure that what the service needs is installed.

    Raises:
        SetupError: ``EXTRA_MISSING``.
    """
    if any(importlib.util.find_spec(name) is None for name in ("fastapi", "prometheus_client")):
        raise SetupError(
            "The render service needs the extra 'service': pip install 'framewright[service]'.",
            code="EXTRA_MISSING",
        )


async def serve(
    settings: ServiceSettings,
    stop: asyncio.Event,
    tell: Callable[[ServeEvent], None],
    *,
    cluster: Cluster | None = None,
) -> None:
    """Answer until ``stop`` is set. What renders then may go on for a while, and waits for the next start after that.

    Args:
        cluster: that renders; None: this machine does.

    Raises:
        SetupError: ``EXTRA_MISSING``, ``DATA_UNWRITABLE``, ``DATA_LOCKED``, ``DATABASE_FAILED``, ``DATABASE_NEWER``,
            ``HOST_INVALID``, ``PORT_TAKEN``, ``SECRET_INVALID``, ``ROOT_INVALID``.
    """
    need_service()
    from framewright.service.app import create_app
    from framewright.service.furnishing import furnished
    from framewright.service.http.listening import Listening, bound, url_of

    folder = settings.data_folder
    await asyncio.to_thread(_check_roots, settings)
    async with AsyncExitStack() as stack:
        await asyncio.to_thread(make_data_folder, folder)
        stack.enter_context(locked(folder))
        # What fails at the port fails before any job is taken up again.
        knocked = await asyncio.to_thread(bound, settings.host, settings.port)
        stack.callback(knocked.close)
        database = await stack.enter_async_context(Database(folder / DATABASE))
        house = await stack.enter_async_context(furnished(settings, database, cluster))
        await stack.enter_async_context(Listening(create_app(house.rooms), knocked))
        ready = ServeReady(
            url=url_of(knocked, settings.host),
            data=str(folder),
            executor=settings.executor,
            slots=settings.slots if settings.executor == "local" else None,
            tokens=await _good_tokens(house.rooms),
            exposed=not settings.needs_tokens and not is_loopback(settings.host),
        )
        if ready.exposed:
            _log.warning("open_to_everybody", host=settings.host)
        _log.info("service_ready", **ready.model_dump(exclude={"event"}, exclude_none=True))
        tell(ready)
        await stop.wait()
        # Still answering: a balancer learns from /readyz to send nobody here any more.
        house.rooms.stopping.set()
        running = (await house.rooms.desk.standing()).running
        _log.info("service_stopping", running=running, seconds=settings.stop_seconds)
        tell(ServeStopping(running=running, seconds=settings.stop_seconds))
        await house.close(settings.stop_seconds)
    _log.info("service_ended")


def _check_roots(settings: ServiceSettings) -> None:
    for root in settings.roots:
        if not root.expanduser().is_dir():
            raise SetupError(
                f"--root '{root}' is no folder: name one that holds compositions, or leave it out.",
                code="ROOT_INVALID",
            )


async def _good_tokens(rooms: Rooms) -> int | None:
    if rooms.tokens is None:
        return None
    now = datetime.now(UTC)
    return sum(token.expires is None or token.expires > now for token in await rooms.tokens.all())
