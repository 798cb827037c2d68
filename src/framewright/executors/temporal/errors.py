"""Errors that cross Temporal: sent by the name of their class and their code, raised at the other end as what they were.

| ours | there |
| --- | --- |
| any ``FramewrightError`` | ``ApplicationError``: ``type`` its class, ``details`` its code, ``non_retryable`` unless it is ``retryable``, or an activity lacked something on its machine |
| any other exception | the same, as a ``FramewrightError`` ``UNEXPECTED`` |
| ``RenderCancelledError`` ``CANCELLED`` | cancelled, of an activity or of a workflow |
| ``WorkerError`` ``WORKER_LOST`` | an activity without heartbeat, or over its time, as often as is tried |
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from temporalio.exceptions import (
    ActivityError,
    ApplicationError,
    CancelledError,
    ChildWorkflowError,
    FailureError,
    TerminatedError,
    TimeoutType,
)
from temporalio.exceptions import TimeoutError as ServerTimeoutError

from framewright.executors.failures import class_named, failure_of
from framewright.executors.temporal import activity_names
from framewright.model.errors import (
    FramewrightError,
    OutputError,
    PieceError,
    RenderCancelledError,
    SetupError,
    WorkerError,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

_LONGEST_MESSAGE = 4000
_MOST_NAMED = 4000
"""Chunks that one error names, so that it stays far below what a payload may have; the rest is found the next time."""

_VERBS = {
    activity_names.PLAN: "plan the project",
    activity_names.READ_CUTS: "read the plan",
    activity_names.RENDER_CHUNK: "render a chunk",
    activity_names.MIX_SOUND: "mix the sound",
    activity_names.ASSEMBLE: "put the file together",
    activity_names.FORGET: "remove pieces from the store",
}
_OVERDUE = {
    TimeoutType.HEARTBEAT: "fell silent",
    TimeoutType.START_TO_CLOSE: "took longer than it may",
    TimeoutType.SCHEDULE_TO_CLOSE: "was not done before its deadline",
    TimeoutType.SCHEDULE_TO_START: "was not begun before its deadline",
}


def application_error(error: BaseException, *, elsewhere: bool = False) -> ApplicationError:
    """An error as an activity or a workflow raises it. One that is such an error already comes back as it is.

    Args:
        elsewhere: another machine may try what failed for want of something here: room on a disk, a program.
    """
    if isinstance(error, ApplicationError):
        return error
    ours = isinstance(error, FramewrightError) and error.retryable
    here = elsewhere and isinstance(error, (OutputError, SetupError))
    return _sent(error, {}, non_retryable=not (ours or here))


def corrupt_pieces(error: PieceError, chunks: Iterable[int], *, sound: bool = False) -> ApplicationError:
    """What assembling raises when pieces are not what the plan says: the workflow makes those anew, and tries again.

    Args:
        chunks: their indices in the plan.
        sound: that of the sound is one of them.
    """
    named = sorted(set(chunks))[:_MOST_NAMED]
    # Tried again by itself, with the same pieces, it would fail again.
    return _sent(error, {"chunks": named, "sound": sound}, non_retryable=True)


def named_pieces(error: BaseException) -> tuple[tuple[int, ...], bool] | None:
    """The chunks, and whether the sound, that an error of assembling names; None: it is another error, or names nothing."""
    cause = _root(error)
    if not isinstance(cause, ApplicationError) or cause.type != PieceError.__name__:
        return None
    told = _details(cause)
    chunks, sound = told.get("chunks"), told.get("sound") is True
    named = tuple(sorted({one for one in chunks if type(one) is int})) if isinstance(chunks, list) else ()
    return (named, sound) if named or sound else None


def framewright_error(error: BaseException) -> FramewrightError:
    """What an activity or a workflow ended with, as it was raised there; takes it from its wrappings of Temporal."""
    if isinstance(error, FramewrightError):
        return error
    cause = _root(error)
    match cause:
        case ApplicationError():
            code = _details(cause).get("code")
            kind = class_named(cause.type or "")
            return kind(cause.message, code=code if isinstance(code, str) else "UNEXPECTED")
        case CancelledError() | asyncio.CancelledError():
            return RenderCancelledError("The render was cancelled.", code="CANCELLED")
        case TerminatedError():
            return RenderCancelledError("The render was terminated on Temporal's server.", code="CANCELLED")
        case ServerTimeoutError():
            return WorkerError(_overdue(error, cause), code="WORKER_LOST")
        case _:
            failure = failure_of(0, cause)
            return FramewrightError(failure.message, code=failure.code)


def _sent(error: BaseException, details: dict[str, object], *, non_retryable: bool) -> ApplicationError:
    failure = failure_of(0, error)
    return ApplicationError(
        failure.message[:_LONGEST_MESSAGE],
        {"code": failure.code, **details},
        type=failure.error,
        non_retryable=non_retryable,
    )


def _root(error: BaseException) -> BaseException:
    """Without the wrappings that say where it came from."""
    while (inner := _wrapped(error)) is not None:
        error = inner
    return error


def _wrapped(error: BaseException) -> BaseException | None:
    if isinstance(error, FailureError) and not isinstance(error, (ActivityError, ChildWorkflowError)):
        return None
    # The client's WorkflowFailureError is one more such wrapping, of a class that workflow code does not import.
    cause = getattr(error, "cause", None)
    return cause if isinstance(cause, BaseException) else None


def _details(error: ApplicationError) -> dict[str, object]:
    first = error.details[0] if error.details else None
    return first if isinstance(first, dict) else {}


def _overdue(error: BaseException, cause: ServerTimeoutError) -> str:
    what = "do its part"
    while (inner := _wrapped(error)) is not None:
        if isinstance(error, ActivityError):
            what = _VERBS.get(error.activity_type, what)
        error = inner
    how = _OVERDUE.get(cause.type, "was too late") if cause.type is not None else "was too late"
    return f"The last worker that was to {what} {how}: see whether workers run, and what their logs say."
