"""What has become of an attempt, from what its workflow ended with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from framewright.model.errors import RenderCancelledError
from framewright.model.job import CancelledTold, Done, Failed, JobError, JobOutput, JobState
from framewright.model.output import Format
from framewright.render.taking import Taken
from framewright.service.jobs.entries import error_of
from framewright.service.jobs.orders import file_name

if TYPE_CHECKING:
    from framewright.executors.temporal.tidings import Tidings
    from framewright.executors.temporal.values import Accounts, Output, OutputFile, PlanReference, RenderDone
    from framewright.model.errors import FramewrightError
    from framewright.model.events import RenderEvent
    from framewright.model.plan import Plan
    from framewright.render.ledger import Ledger
    from framewright.service.temporal.cluster import Cluster
    from framewright.service.temporal.documents import JobOrder
    from framewright.service.temporal.outputs import Outputs

_TYPES = {
    Format.MP4: "video/mp4",
    Format.MOV: "video/quicktime",
    Format.WEBM: "video/webm",
    Format.GIF: "image/gif",
    Format.PNG_SEQUENCE: "application/zip",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt ended.

    Attributes:
        told: the last event.
        plan: None: not known.
    """

    told: Done | Failed | CancelledTold
    output: JobOutput | None = None
    files: tuple[OutputFile, ...] = ()
    plan: PlanReference | None = None

    @property
    def state(self) -> JobState:
        """Of the job."""
        return JobState(self.told.event)

    @property
    def error(self) -> JobError | None:
        """Of an attempt that failed."""
        return self.told.error if isinstance(self.told, Failed) else None


def failed(error: FramewrightError, plan: PlanReference | None = None) -> Outcome:
    """Of an attempt that ended with an error; one that was called off counts as cancelled."""
    if isinstance(error, RenderCancelledError):
        return Outcome(CancelledTold(), plan=plan)
    return Outcome(Failed(error=error_of(error)), plan=plan)


@dataclass(frozen=True, slots=True)
class Finished:
    """A file that lies in the store, with how it came about."""

    plan: Plan
    output: Output
    accounts: Accounts

    @classmethod
    async def read(cls, cluster: Cluster, done: RenderDone) -> Finished:
        """What a workflow has left in the store.

        Raises:
            StoreError: as :meth:`framewright.executors.temporal.fetching.Shelf.output_of`. PlanError: it cannot be read.
        """
        plan = await cluster.shelf.plan_of(done.plan)
        return cls(plan, *await cluster.shelf.account_of(done.plan))

    def events(self, tidings: Tidings) -> tuple[RenderEvent, ...]:
        """What the workers would have told."""
        return tuple(tidings.accounts(self.accounts))

    async def outcome(self, done: RenderDone, order: JobOrder, ledger: Ledger, outputs: Outputs) -> Outcome:
        """The end of the job, with its report.

        Raises:
            StoreError, OutputError: an image sequence cannot be fetched.
        """
        name = file_name(order.name, self.plan.output.format)
        files, size = self.output.files, sum(file.bytes for file in self.output.files)
        facts = self.accounts.facts
        if self.plan.output.format is Format.PNG_SEQUENCE:
            # How large an archive is shows when it is made.
            async with outputs.file(files, self.plan.output.format) as place:
                size = place.stat().st_size
        facts = facts.model_copy(update={"path": name, "bytes": size})
        report = ledger.report(Taken(self.plan, self.accounts.chunks, self.accounts.sound, facts))
        output = JobOutput(
            name=name,
            type=_TYPES[self.plan.output.format],
            bytes=size,
            frames=facts.frames,
            seconds=facts.seconds,
        )
        return Outcome(Done(report=report, output=output), output, files, done.plan)
