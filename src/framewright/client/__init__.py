"""Speaking to a render service over HTTP: the same verbs and the same events as here."""

from framewright.client.async_client import AsyncClient
from framewright.client.client import Client
from framewright.model.job import Job, JobLine, JobOutput, JobState, Told
from framewright.model.job_request import CompositionSource, Webhook
from framewright.model.kept_plan import FileMade, KeptPlan, PieceMade
from framewright.model.service_errors import (
    BusyError,
    ConflictError,
    ForbiddenError,
    GoneError,
    LimitError,
    RequestError,
    ServerGoneError,
    ServiceError,
    TooLargeError,
    UnauthorizedError,
    UnavailableError,
    UnknownError,
)
from framewright.model.upload import Upload

__all__ = [
    "AsyncClient",
    "BusyError",
    "Client",
    "CompositionSource",
    "ConflictError",
    "FileMade",
    "ForbiddenError",
    "GoneError",
    "Job",
    "JobLine",
    "JobOutput",
    "JobState",
    "KeptPlan",
    "LimitError",
    "PieceMade",
    "RequestError",
    "ServerGoneError",
    "ServiceError",
    "Told",
    "TooLargeError",
    "UnauthorizedError",
    "UnavailableError",
    "UnknownError",
    "Upload",
    "Webhook",
]
