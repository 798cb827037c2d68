"""What a service says went wrong, raised as what it was there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError

from framewright.client.patience import ANSWER_STRANGE, SERVER_GONE
from framewright.executors.failures import class_named
from framewright.model.errors import (
    BrowserError,
    CompositionError,
    FramewrightError,
    RenderCancelledError,
    SetupError,
    UsageError,
)
from framewright.model.job import JobError, Problem
from framewright.model.logs import get_logger
from framewright.model.service_errors import (
    BusyError,
    ConflictError,
    ForbiddenError,
    GoneError,
    RequestError,
    ServerGoneError,
    TooLargeError,
    UnauthorizedError,
    UnknownError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

_LONGEST_WAIT = 3600.0
_BY_STATUS: dict[int, type[FramewrightError]] = {
    401: UnauthorizedError,
    403: ForbiddenError,
    404: UnknownError,
    409: ConflictError,
    410: GoneError,
    413: TooLargeError,
    422: RequestError,
    429: BusyError,
}
_AWAY = frozenset({502, 503, 504})
_log = get_logger(__name__)


def error_of_answer(base: str, status: int, headers: Mapping[str, str], body: bytes) -> FramewrightError:
    """The error that an answer tells of.

    Args:
        base: the service's address, for people.
        headers: with names that match in any case.
    """
    told = _problem(headers.get("Content-Type", ""), body)
    if told is None:
        return _unexplained(base, status, headers)
    _log.info("service_refused", status=status, code=told.code, request=told.request)
    error = _raised(
        told.error, told.code, told.detail, owner=told.owner, retryable=told.retryable, status=status
    )
    if isinstance(error, BusyError):
        error.seconds = wait_of(headers, error.seconds)
    return error


def error_of_job(error: JobError) -> FramewrightError:
    """The error with which a job has failed, as it was raised there."""
    return _raised(error.error, error.code, error.message, owner=error.owner, retryable=error.retryable)


def cancelled(job: str) -> RenderCancelledError:
    """What becomes of whoever waits for a job that somebody has ended."""
    return RenderCancelledError(f"The render {job} was cancelled on the service.", code="CANCELLED")


def strange(base: str, what: str) -> ServerGoneError:
    """An answer that none of ours gives."""
    return ServerGoneError(
        f"{base} does not answer as a render service of this version does ({what}): see whether it is one.",
        code=ANSWER_STRANGE,
    )


def gone(base: str, why: str) -> ServerGoneError:
    """No answer."""
    return ServerGoneError(
        f"The service at {base} does not answer ({why}): see whether framewright serve runs there.",
        code=SERVER_GONE,
    )


def redirected(base: str, where: str | None) -> UsageError:
    """The token must not go where nobody has sent it."""
    told = f"to {where}" if where else "elsewhere"
    return UsageError(
        f"{base} leads {told}, and a token is not carried on: give the address of the service itself.",
        code="SERVER_REDIRECTS",
    )


def wait_of(headers: Mapping[str, str], usual: float) -> float:
    """Seconds that ``Retry-After`` asks for."""
    try:
        seconds = float(headers.get("Retry-After", ""))
    except ValueError:  # absent, or a date, which no service of ours sends
        return usual
    return min(seconds, _LONGEST_WAIT) if seconds > 0 else usual


def _problem(kind: str, body: bytes) -> Problem | None:
    if kind.partition(";")[0].strip().lower() != "application/problem+json":
        return None
    try:
        return Problem.model_validate_json(body)
    except ValidationError:
        return None


def _unexplained(base: str, status: int, headers: Mapping[str, str]) -> FramewrightError:
    """By what stands between, such as a proxy: it has statuses and no codes of ours."""
    if status in _AWAY:
        return gone(base, f"status {status}")
    kind = _BY_STATUS.get(status)
    if status == BusyError.status:
        return BusyError(
            f"{base} takes no more requests for now: ask again in a while.",
            code="TOO_MANY_REQUESTS",
            seconds=wait_of(headers, 5.0),
        )
    if kind in {UnauthorizedError, ForbiddenError, TooLargeError}:
        assert kind is not None
        return kind(f"{base} refuses the request with status {status}, without a reason.", code="REFUSED")
    return strange(base, f"status {status}, without a reason")


def _raised(
    name: str, code: str, message: str, *, owner: str, retryable: bool, status: int | None = None
) -> FramewrightError:
    kind = class_named(name)
    # A class that nobody has loaded here, or that only another version has: the next of kin, with its code.
    if kind is FramewrightError and name != FramewrightError.__name__:
        kind = _BY_STATUS.get(status or 0, _kin(owner, retryable=retryable))
    return kind(message, code=code)


def _kin(owner: str, *, retryable: bool) -> type[FramewrightError]:
    match owner:
        case "author":
            return CompositionError
        case "caller":
            return UsageError
        case "operator":
            return BrowserError if retryable else SetupError
        case _:
            return FramewrightError
