"""What came of putting pieces together."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from framewright.model.report import FileFacts  # noqa: TC001 -- pydantic reads it at run time


class AssembleReport(BaseModel):
    """The account of one finished file.

    Attributes:
        pieces: of video or pictures that it was made of.
        seconds: that it took.
        drift: in what machines differed from the plan's, where pieces were rendered in spite of that.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    output: FileFacts
    pieces: int
    seconds: float
    drift: tuple[str, ...] = ()
