"""One tree of errors. Each says what happened in one sentence, who can mend it, and whether trying again may help."""

from __future__ import annotations

from enum import IntEnum, StrEnum
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


class Owner(StrEnum):
    """Who can mend it."""

    CALLER = "caller"
    AUTHOR = "author"
    OPERATOR = "operator"
    FRAMEWRIGHT = "framewright"


class FramewrightError(Exception):
    """The root of all errors that Framewright raises on purpose.

    Attributes:
        code: a stable upper-case name for programs, such as ``DURATION_INVALID``.
        message: one sentence for people that names the thing and says what to do.
        retryable: True when the same call may succeed another time, or on another machine.
        exit_code: the status with which the command line ends.
        owner: who can mend it.
    """

    exit_code: ClassVar[ExitCode] = ExitCode.UNEXPECTED
    retryable: ClassVar[bool] = False
    owner: ClassVar[Owner] = Owner.FRAMEWRIGHT

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
    owner = Owner.CALLER


class CompositionError(FramewrightError):
    """The author's page cannot be rendered as it is."""

    exit_code = ExitCode.COMPOSITION
    owner = Owner.AUTHOR


class PageCrashedError(CompositionError):
    """The page's process ended, by its own doing or the machine's. Another browser may do better."""

    retryable = True


class SetupError(FramewrightError):
    """Something that must be installed, or that the machine must offer, is missing."""

    exit_code = ExitCode.ENVIRONMENT
    owner = Owner.OPERATOR


class BrowserError(SetupError):
    """The browser died, stalled or broke its word. Another browser may do better."""

    retryable = True


class WorkerError(SetupError):
    """A process that rendered frames has ended before it was done. Another one may do better."""

    retryable = True


class RenderCancelledError(FramewrightError):
    """The caller cancelled the render."""

    exit_code = ExitCode.CANCELLED
    owner = Owner.CALLER


class TemporalError(SetupError):
    """Temporal's server does not answer. It may another time."""

    retryable = True


class OutputError(FramewrightError):
    """The finished file could not be written."""

    exit_code = ExitCode.OUTPUT
    owner = Owner.OPERATOR


class EncoderError(FramewrightError):
    """The codec refused its settings or a picture, or stalled."""


class StalledError(BrowserError):
    """No frame came for longer than any frame of this page should take."""


class PlanError(FramewrightError):
    """A plan that cannot be read, or cannot be followed here."""

    exit_code = ExitCode.USAGE
    owner = Owner.CALLER


class PlanTooLargeError(CompositionError):
    """A plan beyond a limit that the installation has set."""


class EnvironmentMismatchError(SetupError):
    """This machine would draw or encode other bytes than the plan's. Another one may do."""

    retryable = True


class PieceError(OutputError):
    """A piece that is not what its plan says: another plan's, cut off, or changed. Rendered again it may be right."""

    retryable = True


class AssembleError(FramewrightError):
    """The pieces that were given do not make up the whole."""

    exit_code = ExitCode.USAGE
    owner = Owner.CALLER


class StoreError(FramewrightError):
    """A store does not answer, or lacks what it was said to hold."""

    exit_code = ExitCode.ENVIRONMENT
    owner = Owner.OPERATOR
    retryable = True


class StoreRefusedError(StoreError):
    """A store that does not let us in, is not there or takes no more: it is the same everywhere until somebody mends it."""

    retryable = False
