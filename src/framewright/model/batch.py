"""A batch: one composition, one video for each row of variables; what is told while it runs, and the account at its end."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from framewright.model.errors import ExitCode
from framewright.model.events import Decided, RenderEvent
from framewright.model.report import RenderReport  # noqa: TC001 -- pydantic reads it at run time

# Of failures that differ, the one that is likely to concern most rows names the whole.
_WORST_FIRST = (
    ExitCode.UNEXPECTED,
    ExitCode.ENVIRONMENT,
    ExitCode.OUTPUT,
    ExitCode.COMPOSITION,
    ExitCode.USAGE,
)


class _Value(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Failure(_Value):
    """Why a row has no video: what its :class:`~framewright.model.errors.FramewrightError` said."""

    code: str
    message: str
    exit_code: int
    retryable: bool


class RowResult(_Value):
    """What became of one row.

    Attributes:
        row: its number, from 0.
        output: where its video stands, or would stand.
        report: None when it failed.
        failure: None when it did not.
    """

    row: int
    output: str
    report: RenderReport | None = None
    failure: Failure | None = None


class BatchReport(_Value):
    """The account of a batch.

    Attributes:
        rows: in their order.
        seconds: of wall time.
        side_by_side: rows that were rendered at a time.
        browsers: that were started for all of them.
    """

    rows: tuple[RowResult, ...]
    seconds: float
    side_by_side: int
    browsers: int

    @property
    def failed(self) -> tuple[RowResult, ...]:
        """The rows without a video."""
        return tuple(row for row in self.rows if row.failure is not None)

    @property
    def exit_code(self) -> ExitCode:
        """0, or that of the worst failure."""
        codes = {row.failure.exit_code for row in self.rows if row.failure is not None}
        return next((code for code in _WORST_FIRST if code in codes), ExitCode.DONE)


class RowBegan(_Value):
    """The render of a row has begun."""

    event: Literal["row"] = "row"
    row: int
    output: str


class RowTold(_Value):
    """What the render of a row tells: see :data:`~framewright.model.events.RenderEvent`."""

    event: Literal["told"] = "told"
    row: int
    told: RenderEvent


class RowFailed(_Value):
    """A row has no video; the others go on."""

    event: Literal["row_failed"] = "row_failed"
    row: int
    output: str
    failure: Failure


class BatchFinished(_Value):
    """All rows have been rendered, or have failed."""

    event: Literal["batch_finished"] = "batch_finished"
    report: BatchReport


BatchEvent = Decided | RowBegan | RowTold | RowFailed | BatchFinished
