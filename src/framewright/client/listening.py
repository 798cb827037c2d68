"""The story of a job as a service tells it: gapless, without a word twice, however often the line is cut."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pydantic import ValidationError

from framewright.client.patience import is_passing
from framewright.client.problems import gone, strange
from framewright.client.sse import EndlessEventError, EventReader
from framewright.client.transport import Ask
from framewright.model.errors import FramewrightError
from framewright.model.job import CancelledTold, Done, Failed, Job, Told

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from framewright.client.sse import ServerEvent
    from framewright.client.transport import Transport

SILENT_SECONDS = 15.0
"""A service says something every two seconds; one that is silent for so long is asked again."""
_MEDIA_TYPE = "text/event-stream"


async def listen(
    transport: Transport,
    job: str,
    *,
    after: int = 0,
    on_away: Callable[[FramewrightError], None] = lambda _: None,
) -> AsyncGenerator[Told, None]:
    """What was told of a job since, then what is told, until it ends.

    Args:
        after: the id of the last event that is known already.
        on_away: told once each time that the service falls silent.

    Raises:
        FramewrightError: as :meth:`~framewright.client.transport.Transport.ask`, once patience is at its end.
    """
    patience = transport.patience()
    over = False
    while True:
        heard, pieces = False, 0
        try:
            async with transport.answer(_ask(job, after)) as answer:
                _check_kind(answer.content_type, transport.base)
                reader = EventReader()
                async for piece in answer.content.iter_any():
                    pieces += 1
                    if pieces > 1:
                        # It goes on: a service that only ever greets us is as good as none.
                        patience.succeeded()
                    for event in reader.feed(piece):
                        told = _told(event, transport.base)
                        if told.id <= after:
                            continue
                        patience.succeeded()
                        after, heard = told.id, True
                        over = isinstance(told.told, Done | Failed | CancelledTold)
                        yield told
            if over:
                return
            # The service stops, or knows no end of what had ended before we asked.
            if not heard and (await _job(transport, job)).state.over:
                return
            cut: Exception = gone(transport.base, "it has ended the story before the job")
        except EndlessEventError:
            raise strange(transport.base, "an event without an end") from None
        except Exception as error:  # noqa: BLE001 -- raised again by patience unless it passes
            cut = transport.translated(error)
        if not isinstance(cut, FramewrightError):
            raise cut
        if is_passing(cut) and not patience.tried:
            on_away(cut)
        await patience.wait(cut)


def _check_kind(kind: str, base: str) -> None:
    if kind != _MEDIA_TYPE:
        raise strange(base, f"{kind} in place of events")


def _ask(job: str, after: int) -> Ask:
    headers = {"Accept": _MEDIA_TYPE, "Cache-Control": "no-cache"}
    if after:
        headers["Last-Event-ID"] = str(after)
    return Ask(method="GET", path=f"/v1/renders/{job}/events", headers=headers, silent_seconds=SILENT_SECONDS)


async def _job(transport: Transport, job: str) -> Job:
    return await transport.ask(Ask(method="GET", path=f"/v1/renders/{job}"), Job)


def _told(event: ServerEvent, base: str) -> Told:
    try:
        value = json.loads(event.data)
        at = value.pop("at")
        return Told.model_validate({"id": int(event.id), "at": at, "told": value})
    except (ValueError, KeyError, TypeError, AttributeError, ValidationError):
        raise strange(base, f"an event '{event.name[:40]}' that cannot be read") from None
