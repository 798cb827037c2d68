"""What a service tells of a job, told on as any render tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from framewright.model.events import (
    ChunkTold,
    Decided,
    FellBack,
    Progressed,
    SoundTold,
    Stage,
    StageBegan,
    Warned,
)
from framewright.model.job import Queued
from framewright.render.choice import Choice

if TYPE_CHECKING:
    from pydantic import JsonValue

    from framewright.model.errors import FramewrightError
    from framewright.model.job import Job, JobEvent
    from framewright.render.telling import Teller


class Relay:
    """Of one render. The part of a job that is not of every render stays behind, but for a turn that is waited for."""

    def __init__(self, teller: Teller, base: str) -> None:
        self._teller = teller
        self._base = base
        self._stage: Stage | None = None
        self._fraction = 0.0
        self._last: Progressed | None = None
        self._queued = False
        self._choices: dict[str, JsonValue] = {}

    def stage(self, stage: Stage) -> None:
        """A stage begins; the one that we are in begins once."""
        if stage is not self._stage:
            self._stage = stage
            self._teller.stage(stage)

    def began(self, job: Job) -> None:
        """The service has the job."""
        self._teller.decide(
            Choice(
                subject="job",
                choice=job.id,
                inputs={"server": self._base, "name": job.name, "attempt": job.attempt},
                reason=f"{job.id} has begun, on {self._base}.",
            )
        )

    def away(self, error: FramewrightError) -> None:
        """The service has fallen silent."""
        self._teller.fall_back(FellBack(code=error.code, message=f"{error.message} It is waited for."))

    def take(self, event: JobEvent) -> None:
        """Tell an event."""
        match event:
            case Queued():
                self._wait(event)
            case StageBegan(stage=stage):
                self.stage(stage)
            case Progressed():
                self._progress(event)
            case Warned(notice=notice):
                self._teller.warn((notice,))
            case Decided():
                self._decided(event)
            case ChunkTold() | SoundTold() | FellBack():
                self._teller.tell(event)
            case _:
                pass

    def finish(self) -> None:
        """The file stands under its name here."""
        if self._last is not None:
            whole = {"frames": self._last.total, "seconds_left": 0.0, "fraction": 1.0}
            self._teller.tell(self._last.model_copy(update=whole))

    def _decided(self, event: Decided) -> None:
        """Once: a service that begins anew makes the same choices again."""
        if self._choices.get(event.subject) != event.choice:
            self._choices[event.subject] = event.choice
            self._teller.tell(event)

    def _wait(self, event: Queued) -> None:
        if self._queued or event.position == 0:
            return
        self._queued = True
        others = "One job comes" if event.position == 1 else f"{event.position} jobs come"
        self._teller.decide(
            Choice(
                subject="queue",
                choice=event.position,
                inputs={"server": self._base},
                reason=f"{others} before it.",
            )
        )

    def _progress(self, event: Progressed) -> None:
        """It never goes back, also when the service begins anew, and is whole only when the file is here."""
        if event.total == 0:  # a sign of life, before anybody knows how many frames there are
            return
        self._last = event
        self._fraction = max(self._fraction, event.fraction)
        if self._fraction < 1.0:
            self._teller.tell(event.model_copy(update={"fraction": self._fraction}))
