"""How a workflow ends: done, failed with an error of ours, out of time, or cancelled once its activities have let go."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, NoReturn

from temporalio import workflow
from temporalio.exceptions import FailureError

from framewright.executors.temporal.errors import application_error, framewright_error
from framewright.executors.temporal.together import let_go
from framewright.model.errors import RenderCancelledError, SetupError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine


async def until_it_ends(
    work: Coroutine[Any, Any, None], *, cancelled: Callable[[], bool], seconds: float
) -> None:
    """Do the work of a workflow.

    Args:
        cancelled: whether somebody has said so by signal. Being cancelled natively ends it likewise.
        seconds: that it may take.

    Raises:
        asyncio.CancelledError: it was cancelled natively: the workflow ends as cancelled.
        ApplicationError: what went wrong, ``CANCELLED`` or ``DEADLINE_PASSED``.
    """
    task = asyncio.create_task(work)
    why: BaseException | None = None
    try:
        await workflow.wait_condition(lambda: task.done() or cancelled(), timeout=seconds)
        if not task.done():
            why = application_error(RenderCancelledError("The render was cancelled.", code="CANCELLED"))
    except asyncio.CancelledError as error:
        why = error
    except TimeoutError:
        why = application_error(
            SetupError(
                f"The render was not done within its {seconds:.0f} seconds: give it more time, or more workers.",
                code="DEADLINE_PASSED",
            )
        )
    await let_go(() if task.done() else (task,))
    if not task.cancelled() and task.exception() is None:
        return  # it came to its end while it was told to leave off
    if why is not None:
        raise why
    _fail(task)


def _fail(task: asyncio.Task[None]) -> NoReturn:
    error = asyncio.CancelledError() if task.cancelled() else task.exception()
    if isinstance(error, FailureError):
        raise application_error(framewright_error(error)) from error
    # A mistake in our own code: Temporal holds the workflow until a version of it that does better.
    raise error if error is not None else AssertionError("it failed")
