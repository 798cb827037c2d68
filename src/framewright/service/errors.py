"""What the service refuses, by the names under which its rooms know it; clients raise the same errors."""

from framewright.model.service_errors import (
    BusyError,
    ConflictError,
    ForbiddenError,
    GoneError,
    LimitError,
    MalformedError,
    MediaTypeError,
    MisdirectedError,
    RequestError,
    ServerGoneError,
    ServiceError,
    SlowError,
    TooLargeError,
    UnauthorizedError,
    UnavailableError,
    UnknownError,
)

__all__ = [
    "BusyError",
    "ConflictError",
    "ForbiddenError",
    "GoneError",
    "LimitError",
    "MalformedError",
    "MediaTypeError",
    "MisdirectedError",
    "RequestError",
    "ServerGoneError",
    "ServiceError",
    "SlowError",
    "TooLargeError",
    "UnauthorizedError",
    "UnavailableError",
    "UnknownError",
]
