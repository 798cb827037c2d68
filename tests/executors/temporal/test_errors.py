"""Errors that cross Temporal come out as what they were."""

from __future__ import annotations

import asyncio

import pytest
from temporalio.client import WorkflowFailureError
from temporalio.converter import default
from temporalio.exceptions import (
    ActivityError,
    ApplicationError,
    CancelledError,
    RetryState,
    TerminatedError,
    TimeoutType,
)
from temporalio.exceptions import TimeoutError as ServerTimeoutError

from framewright.executors.temporal.errors import (
    application_error,
    corrupt_pieces,
    framewright_error,
    named_pieces,
)
from framewright.model import errors
from framewright.model.errors import FramewrightError, PieceError, RenderCancelledError, WorkerError


def kinds() -> list[type[FramewrightError]]:
    found = [FramewrightError]
    for kind in found:
        found += [one for one in kind.__subclasses__() if one.__module__ == errors.__name__]
    return found


def wrapped(cause: BaseException) -> WorkflowFailureError:
    """As a client gets what an activity has raised."""
    activity = ActivityError(
        "failed",
        scheduled_event_id=1,
        started_event_id=2,
        identity="",
        activity_type="render_chunk",
        activity_id="chunk-7",
        retry_state=RetryState.MAXIMUM_ATTEMPTS_REACHED,
    )
    activity.__cause__ = cause
    return WorkflowFailureError(cause=activity)


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)
async def test_every_class_comes_back_with_its_code_and_its_words(kind: type[FramewrightError]) -> None:
    there = application_error(kind("Say what to do.", code="A_CODE"))
    assert there.non_retryable is not kind.retryable
    failure = await default_failure(there)
    back = framewright_error(wrapped(failure))
    assert type(back) is kind
    assert (back.code, back.message) == ("A_CODE", "Say what to do.")


def test_what_is_none_of_ours_is_told_and_not_tried_again() -> None:
    there = application_error(KeyError("x"))
    assert there.non_retryable
    assert framewright_error(there).code == "UNEXPECTED"
    assert "KeyError" in framewright_error(there).message


def test_a_class_that_is_not_known_here_is_an_error_of_ours_all_the_same() -> None:
    error = framewright_error(ApplicationError("Hm.", {"code": "NEW"}, type="OfTomorrowError"))
    assert (type(error), error.code) == (FramewrightError, "NEW")
    assert framewright_error(ApplicationError("Hm.")).code == "UNEXPECTED"


def test_corrupt_pieces_are_named_and_many_of_them_fit() -> None:
    there = corrupt_pieces(PieceError("Bad.", code="PIECE_CORRUPT"), [4, 1, 4], sound=True)
    assert there.non_retryable, "the workflow sees to it"
    assert named_pieces(wrapped(there)) == ((1, 4), True)
    many = corrupt_pieces(PieceError("Bad.", code="PIECE_CORRUPT"), range(10_000))
    assert len(str(many.details)) < 64 * 1024
    assert named_pieces(application_error(PieceError("Bad.", code="PIECE_CORRUPT"))) is None
    assert named_pieces(application_error(WorkerError("Gone.", code="WORKER_DIED"))) is None


@pytest.mark.parametrize("cause", [CancelledError(), asyncio.CancelledError(), TerminatedError("by hand")])
def test_cancelled_is_cancelled_however_it_came(cause: BaseException) -> None:
    error = framewright_error(wrapped(cause))
    assert (type(error), error.code) == (RenderCancelledError, "CANCELLED")


@pytest.mark.parametrize("how", [*TimeoutType, None])
def test_a_worker_that_was_lost_is_told_by_what_it_was_to_do(how: TimeoutType | None) -> None:
    cause = ServerTimeoutError("activity timeout", type=how, last_heartbeat_details=[])
    error = framewright_error(wrapped(cause))
    assert (type(error), error.code) == (WorkerError, "WORKER_LOST")
    assert "render a chunk" in error.message


async def default_failure(error: ApplicationError) -> BaseException:
    """Through the form in which the server keeps it."""
    from temporalio.api.failure.v1 import Failure

    failure = Failure()
    await default().encode_failure(error, failure)
    return await default().decode_failure(failure)
