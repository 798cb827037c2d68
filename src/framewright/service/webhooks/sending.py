"""One attempt to deliver a message: no redirection followed, no private network reached, and never for long."""

from __future__ import annotations

import asyncio
import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from framewright.composition.remote import network
from framewright.model.webhook import DELIVERY_HEADER, EVENT_HEADER, SIGNATURE_HEADER, sign_webhook

if TYPE_CHECKING:
    import aiohttp

    from framewright.service.webhooks.rows import Parcel

ATTEMPT_SECONDS = 15.0
_LONGEST_ANSWER = 4096
_SHOWN = 200
_GONE = 410
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f]+")


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one attempt came to.

    Attributes:
        over: it has arrived, or the receiver wants no more.
        answer: for people.
    """

    arrived: bool
    over: bool
    answer: str


async def send(
    session: aiohttp.ClientSession, parcel: Parcel, secret: str, *, seconds: float = ATTEMPT_SECONDS
) -> Attempt:
    """Try once.

    Args:
        session: guarded: it connects only where it may.
        seconds: that it may take.
    """
    body = parcel.body.encode()
    headers = {
        "content-type": "application/json",
        "user-agent": "framewright",
        SIGNATURE_HEADER: sign_webhook(body, secret, int(time.time())),
        DELIVERY_HEADER: parcel.id,
        EVENT_HEADER: parcel.event,
    }
    try:
        async with (
            asyncio.timeout(seconds),
            session.post(
                network.address(parcel.url), data=body, headers=headers, allow_redirects=False
            ) as answer,
        ):
            said = await answer.content.read(_LONGEST_ANSWER)
            return _judge(answer.status, said)
    except TimeoutError:
        return Attempt(arrived=False, over=False, answer=f"no answer within {seconds:g} s")
    except network.FAILURES as error:
        return Attempt(arrived=False, over=False, answer=network.reason(error))


def _judge(status: int, said: bytes) -> Attempt:
    words = _UNPRINTABLE.sub(" ", said.decode("utf-8", errors="replace")).strip()[:_SHOWN]
    arrived = 200 <= status < 300
    return Attempt(arrived, arrived or status == _GONE, f"{status} {words}".strip())
