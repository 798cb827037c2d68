"""Errors that cross a process: sent by the name of their class, raised as what they were."""

from __future__ import annotations

from framewright.executors.messages import RunFailed
from framewright.model import service_errors as _  # noqa: F401 -- classes are found by name once they are there
from framewright.model.errors import FramewrightError, RenderCancelledError


def failure_of(run: int, error: BaseException) -> RunFailed:
    """An error as a message; one that is not ours is told by its own name."""
    name, code, message = told_of(error)
    return RunFailed(run=run, error=name, code=code, message=message)


def told_of(error: BaseException) -> tuple[str, str, str]:
    """What is sent of an error: the name of its class, its code, its message."""
    if isinstance(error, FramewrightError):
        return type(error).__name__, error.code, error.message
    what = f"{type(error).__name__}: {error}".rstrip(": ")
    return "FramewrightError", "UNEXPECTED", f"Something unexpected happened: {what}."


def cancelled(run: int) -> RunFailed:
    """A run that was left off as it was told."""
    return failure_of(run, RenderCancelledError("The render was cancelled.", code="CANCELLED"))


def error_of(failure: RunFailed) -> FramewrightError:
    """The error that a message tells of, of the same class."""
    return class_named(failure.error)(failure.message, code=failure.code)


def class_named(name: str) -> type[FramewrightError]:
    """The class of our errors that is called so; the root of them all for a name that is not known here."""
    found = [FramewrightError]
    for kind in found:
        if kind.__name__ == name:
            return kind
        found += kind.__subclasses__()
    return FramewrightError
