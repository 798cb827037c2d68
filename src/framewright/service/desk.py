"""Where jobs are asked for and watched: what every kind of service offers to its routes, whoever renders behind it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from framewright.model.job import Job, JobPage, JobState, Told
    from framewright.model.job_request import ProbeRequest, RenderRequest
    from framewright.model.report import RenderReport
    from framewright.render import ProbeResult


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks.

    Attributes:
        name: of the token; ``local`` where none is needed. Jobs and uploads belong to it.
        scopes: ``read``, ``write`` and ``admin``.
    """

    name: str = "local"
    scopes: frozenset[str] = frozenset({"read", "write", "admin"})

    @property
    def sees_all(self) -> bool:
        """Whether what belongs to others is shown, too."""
        return "admin" in self.scopes


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A composition of a request that was found, and may be opened.

    Attributes:
        composition: a path below ``root``, or an address.
        name: as people call it.
        root: the folder that nothing of the request may leave: its project; None for an address.
        upload: whose files they are; it stays as long as a job that may need it.
    """

    composition: str
    name: str
    root: Path | None = None
    upload: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A render that was asked for, checked as far as that goes without a browser.

    Attributes:
        key: of the caller, by which a repeated request is known; None: each one counts.
        request_id: of the request, for logs and traces.
        trace: the W3C ``traceparent`` of the request, with which the job's spans go on; None: there is none.
    """

    request: RenderRequest
    source: Source
    caller: Caller
    key: str | None = None
    request_id: str | None = None
    trace: str | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """An order that was taken.

    Attributes:
        fresh: False where the key was known, and the job is that of then.
    """

    job: Job
    fresh: bool


@dataclass(frozen=True, slots=True)
class FileAnswer:
    """A file as an answer.

    Attributes:
        path: it stands as long as the context is entered.
        name: for whoever saves it.
        type: of its content.
        digest: in hexadecimal, tells this content from any other under the same address: the answer's ETag; None: not known.
        digest_by: how it follows from the bytes of the file, so that whoever gets them can look; None: it does not.
    """

    path: Path
    name: str
    type: str
    digest: str | None = None
    digest_by: Literal["sha-256", "blake3"] | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How busy a desk is.

    Attributes:
        ready: it takes orders, and somebody is there to render them.
        why_not: a sentence, where it is not ready.
        slots: renders at a time.
        states: jobs of each state.
    """

    ready: bool
    slots: int
    queued: int
    running: int
    room: int
    why_not: str | None = None
    states: dict[str, int] = field(default_factory=dict)


class Desk(Protocol):
    """Takes orders and answers about them. All ids that a caller may not see are unknown to it (``UnknownError``)."""

    async def submit(self, order: Order) -> Taken:
        """Take an order; the job is written down when this returns.

        Raises:
            BusyError: ``QUEUE_FULL``. ConflictError: ``KEY_REUSED`` the key came with another request before.
        """
        ...

    async def job(self, job: str, caller: Caller) -> Job:
        """One job."""
        ...

    async def jobs(
        self, caller: Caller, *, states: Sequence[JobState] = (), before: str | None = None, limit: int = 50
    ) -> JobPage:
        """Jobs, the latest first.

        Args:
            states: none: all.
            before: the ``next`` of the page before.
        """
        ...

    def events(self, job: str, caller: Caller, *, after: int = 0) -> AsyncIterator[Told]:
        """What was told of a job since, then what is told, until its end. Leaving off is closing the iterator."""
        ...

    async def cancel(self, job: str, caller: Caller) -> Job:
        """End a job; it has ended when this returns, or will within two seconds.

        Raises:
            ConflictError: ``JOB_OVER`` it had ended before.
        """
        ...

    async def retry(self, job: str, caller: Caller) -> Job:
        """Have a job that failed or was cancelled go on with what it had finished.

        Raises:
            ConflictError: ``JOB_NOT_OVER``, ``JOB_DONE``. BusyError: ``QUEUE_FULL``.
            GoneError: ``COMPOSITION_GONE`` its upload was cleaned up.
        """
        ...

    def output(self, job: str, caller: Caller) -> AbstractAsyncContextManager[FileAnswer]:
        """The finished file.

        Raises:
            ConflictError: ``OUTPUT_NOT_READY``. GoneError: ``OUTPUT_GONE``.
        """
        ...

    def frame(self, job: str, number: int | None, caller: Caller) -> AbstractAsyncContextManager[FileAnswer]:
        """One frame as a JPEG.

        Args:
            number: counted from the first one that is rendered; None: the latest that was finished, also while the job runs.

        Raises:
            UnknownError: ``FRAME_UNKNOWN``. ConflictError: ``FRAME_NOT_READY``. GoneError: ``OUTPUT_GONE``.
        """
        ...

    async def report(self, job: str, caller: Caller) -> RenderReport:
        """The account of a job that is done.

        Raises:
            ConflictError: ``REPORT_NOT_READY``.
        """
        ...

    async def probe(self, request: ProbeRequest, source: Source, caller: Caller) -> ProbeResult:
        """Look at a composition. Cancelled, it leaves off.

        Raises:
            BusyError: too many at once.
            FramewrightError: see :func:`framewright.probe`.
        """
        ...

    async def standing(self) -> Standing:
        """How busy it is; quick."""
        ...
