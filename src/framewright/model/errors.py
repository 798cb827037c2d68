"""One tree of errors. Each says what happened in one sentence, who can mend it, and whether trying again may help."""

from __future__ import annotations

from enum import IntEnum
from typing import ClassVar


class ExitCode(IntEnum):
    """How the command ends, by whose fault."""

    DONE = 0
    UNEXPECTED = 1
    USAGE = 2
    COMPOSITION = 3
    ENVIRONMENT = 4
    CANCELLED = 5
    OUTPUT = 6


class FramewrightError(Exception):
    """The root of all errors that Framewright raises on purpose.

    Attributes:
        code: a stable upper-case name for programs, such as ``DURATION_INVALID``.
        message: one sentence for people that names the thing and says what to do.
        retryable: True when the same call may succeed another time.
        exit_code: the status with which the command line ends.
    """

    exit_code: ClassVar[ExitCode] = ExitCode.UNEXPECTED
    retryable: ClassVar[bool] = False

    def __init__(self, message: str, *, code: str) -> None:
        super().__init__(message)
        self.message = message
        self.code = code

    def __reduce__(self) -> tuple[object, ...]:
        """Errors cross processes: keep the code, which ``Exception`` would drop."""
        return _restore, (type(self), self.message, self.code)


def _restore(kind: type[FramewrightError], message: str, code: str) -> FramewrightError:
    return kind(message, code=code)


class UsageError(FramewrightError):
    """The caller asked for something that does not exist or does not fit together."""

    exit_code = ExitCode.USAGE


class CompositionError(FramewrightError):
    """The author's page cannot be rendered as it is."""

    exit_code = ExitCode.COMPOSITION


class PageCrashedError(CompositionError):
    """The page's process ended, by its own doing or the machine's. Another browser may do better."""

    retryable = True


class SetupError(FramewrightError):
    """Something that must be installed, or that the machine must offer, is missing."""

    exit_code = ExitCode.ENVIRONMENT


class BrowserError(SetupError):
    """The browser died, stalled or broke its word. Another browser may do better."""

    retryable = True


class RenderCancelledError(FramewrightError):
    """The caller cancelled the render."""

    exit_code = ExitCode.CANCELLED


class OutputError(FramewrightError):
    """The finished file could not be written."""

    exit_code = ExitCode.OUTPUT


class EncoderError(FramewrightError):
    """The codec refused its settings or a picture, or stalled."""
