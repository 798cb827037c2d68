"""What a render service refuses, beside what renders raise: each says which status of HTTP it is. Its clients raise the same."""

from __future__ import annotations

from http import HTTPStatus
from typing import ClassVar

from framewright.model.errors import ExitCode, FramewrightError, Owner


class ServiceError(FramewrightError):
    """The root of what only the service raises.

    Attributes:
        status: of the answer.
    """

    exit_code = ExitCode.USAGE
    owner = Owner.CALLER
    status: ClassVar[HTTPStatus] = HTTPStatus.BAD_REQUEST


class RequestError(ServiceError):
    """A request that cannot be understood, or asks for what does not exist."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY


class MalformedError(ServiceError):
    """A request that cannot even be read."""


class SlowError(ServiceError):
    """A body that came too slowly."""

    status = HTTPStatus.REQUEST_TIMEOUT


class MediaTypeError(ServiceError):
    """Content of a type that is not taken here."""

    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE


class RangeError(ServiceError):
    """A part of a file that it does not have.

    Attributes:
        size: of the file, in bytes.
    """

    status = HTTPStatus(416)

    def __init__(self, message: str, *, code: str, size: int = 0) -> None:
        super().__init__(message, code=code)
        self.size = size


class MisdirectedError(ServiceError):
    """The service is reached under a name that it does not know as its own."""

    status = HTTPStatus.MISDIRECTED_REQUEST


class UnauthorizedError(ServiceError):
    """No token, or none that is known and still good."""

    status = HTTPStatus.UNAUTHORIZED


class ForbiddenError(ServiceError):
    """The token's scope does not reach so far, or the installation does not allow it to anybody."""

    status = HTTPStatus.FORBIDDEN


class UnknownError(ServiceError):
    """There is nothing of this name, or it is somebody else's, which is not told apart."""

    status = HTTPStatus.NOT_FOUND


class GoneError(ServiceError):
    """It was there and has been cleaned up."""

    status = HTTPStatus.GONE


class ConflictError(ServiceError):
    """The thing is not in a state in which this can be done to it."""

    status = HTTPStatus.CONFLICT


class TooLargeError(ServiceError):
    """More than the installation takes."""

    status = HTTPStatus.CONTENT_TOO_LARGE if hasattr(HTTPStatus, "CONTENT_TOO_LARGE") else HTTPStatus(413)


class BusyError(ServiceError):
    """The queue is full, or the service is about to stop. Another time it may do.

    Attributes:
        seconds: after which trying again is worth it.
    """

    retryable = True
    exit_code = ExitCode.ENVIRONMENT
    owner = Owner.OPERATOR
    status = HTTPStatus.TOO_MANY_REQUESTS

    def __init__(self, message: str, *, code: str, seconds: float = 5.0) -> None:
        super().__init__(message, code=code)
        self.seconds = seconds


class UnavailableError(BusyError):
    """What the service stands on does not answer."""

    status = HTTPStatus.SERVICE_UNAVAILABLE


class LimitError(FramewrightError):
    """A job needs more than the installation gives to one: time, memory, disk, frames, pixels."""

    exit_code = ExitCode.COMPOSITION
    owner = Owner.AUTHOR


class ServerGoneError(FramewrightError):
    """A service that does not answer, or not as one of ours does. Another time it may."""

    exit_code = ExitCode.ENVIRONMENT
    owner = Owner.OPERATOR
    retryable = True
