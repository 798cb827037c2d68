"""What a render service tells others of its jobs, and how they see that it was the service who did."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import time
from typing import TYPE_CHECKING, cast

from pydantic import AwareDatetime, BaseModel, ConfigDict

from framewright.model.errors import ExitCode, FramewrightError, Owner
from framewright.model.job import JobLine  # noqa: TC001 -- pydantic reads it at run time

if TYPE_CHECKING:
    from pydantic import JsonValue

SIGNATURE_HEADER = "Framewright-Signature"
"""``t=<seconds since 1970>,v1=<HMAC-SHA256 of "t.body" in hexadecimal>``."""
DELIVERY_HEADER = "Framewright-Delivery"
"""The same for all attempts to deliver one message: by it a receiver knows what it has had before."""
EVENT_HEADER = "Framewright-Event"

_TIME = re.compile(r"[0-9]{1,12}\Z")


class WebhookError(FramewrightError):
    """A message that did not come from the service, or not now."""

    exit_code = ExitCode.USAGE
    owner = Owner.CALLER


class WebhookMessage(BaseModel):
    """What a webhook carries.

    Attributes:
        event: ``queued``, ``started``, ``planned``, ``done``, ``failed`` or ``cancelled``.
        at: when it happened.
        job: as it was then.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    event: str
    at: AwareDatetime
    job: JobLine


class Delivery(BaseModel):
    """A message on its way, or arrived, or given up.

    Attributes:
        attempts: made so far.
        next: when it will be tried again; None: it is over.
        delivered: when it arrived; None: it has not.
        answer: what the last attempt came to.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    event: str
    host: str
    created: AwareDatetime
    attempts: int
    next: AwareDatetime | None
    delivered: AwareDatetime | None
    answer: str | None


class DeliveryList(BaseModel):
    """The messages of one job, the first one first."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    deliveries: tuple[Delivery, ...]


def sign_webhook(body: bytes, secret: str, at: int) -> str:
    """The header that says that a message is ours.

    Args:
        at: seconds since 1970.
    """
    return f"t={at},v1={_mark(body, secret, str(at))}"


def verify_webhook(
    body: bytes, header: str, secret: str, tolerance: float = 300.0, *, now: float | None = None
) -> dict[str, JsonValue]:
    """See that a message came from the service, and is not an old one that somebody sends again.

    Args:
        body: of the request, just as it came.
        header: the value of ``Framewright-Signature``.
        secret: of the service, as its operator tells it.
        tolerance: seconds that the clocks may be apart, and the message may have been on its way.
        now: seconds since 1970; None: the clock's.

    Returns:
        The message: ``event``, ``at`` and ``job``.

    Raises:
        WebhookError: ``SIGNATURE_INVALID`` it is somebody else's, or was changed; ``SIGNATURE_OLD``.
    """
    fields = [tuple(part.strip().partition("=")[::2]) for part in header.split(",")]
    at = next((value for name, value in fields if name == "t"), "")
    if not _TIME.match(at):
        raise WebhookError(
            f"The header {SIGNATURE_HEADER} is missing or not ours: do not trust the message.",
            code="SIGNATURE_INVALID",
        )
    # There may be several while a secret is replaced by another.
    mark = _mark(body, secret, at).encode()
    same = [hmac.compare_digest(value.encode(), mark) for name, value in fields if name == "v1"]
    if not any(same):
        raise WebhookError(
            "The message is not signed with this secret: do not trust it, or see that the secret is the service's.",
            code="SIGNATURE_INVALID",
        )
    if abs((time.time() if now is None else now) - int(at)) > tolerance:
        raise WebhookError(
            f"The message was signed more than {tolerance:g} s ago or ahead: it is an old one, or the clocks are wrong.",
            code="SIGNATURE_OLD",
        )
    return cast("dict[str, JsonValue]", json.loads(body))


def _mark(body: bytes, secret: str, at: str) -> str:
    return hmac.new(secret.encode(), at.encode() + b"." + body, hashlib.sha256).hexdigest()
