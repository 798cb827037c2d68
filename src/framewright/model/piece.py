"""What stands beside every finished piece of a render: whose it is, what it holds, and how it came about."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from framewright.model.composition import Notice  # noqa: TC001 -- pydantic reads it at run time
from framewright.model.events import FellBack  # noqa: TC001 -- as above
from framewright.model.frames import FrameRange
from framewright.model.plan import Digest, Frame  # noqa: TC001 -- as above
from framewright.model.report import FootageReport, SlowRange, SoundReport, TimeSpent  # noqa: TC001 -- as above


class _Value(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ChunkResult(_Value):
    """The account of one rendered chunk, or of a part of one.

    Attributes:
        key: of what it shows, see :func:`framewright.render.planning.digests.chunk_key`; the same for every plan that
            would render these frames alike.
        start, stop: its frames; the last one is excluded.
        digest, bytes: of the piece's file.
        fingerprints: of each frame's picture, 64 bits in hexadecimal; equal ones are equal pictures.
        parameters: a digest of what a decoder must know before the first packet; equal in all pieces of a file.
        unchanged: frames that were proven to equal the one before.
        capture: the kind of capture in the end.
        blocks: wall seconds of each block, by one worker.
        drift: in what the environment differed from that of the plan; empty: in nothing.
        unplanned: files of the project that the page asked for and the plan does not name, with their digests.
        lacking: what it asked for that the project does not have; a piece counts only as long as that stays so.
        changed: files of the plan that were written while these frames were drawn; such a piece is used once.
    """

    version: Literal[1] = 1
    kind: Literal["chunk"] = "chunk"
    key: Digest
    start: Frame
    stop: Frame
    digest: Digest
    bytes: Annotated[int, Field(ge=0)]
    fingerprints: tuple[str, ...]
    parameters: Digest
    unchanged: int
    workers: int
    capture: str
    time: TimeSpent
    blocks: tuple[SlowRange, ...] = ()
    slowest: SlowRange | None = None
    retried_blocks: int = 0
    restarted_workers: int = 0
    fallbacks: tuple[FellBack, ...] = ()
    footage: FootageReport | None = None
    notices: tuple[Notice, ...] = ()
    drift: tuple[str, ...] = ()
    unplanned: tuple[tuple[str, str], ...] = ()
    lacking: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()

    @property
    def range(self) -> FrameRange:
        """Its frames."""
        return FrameRange(self.start, self.stop)


class SoundResult(_Value):
    """The account of the sound of one render, encoded.

    Attributes:
        key: the plan's digest of its sound.
        digest, bytes: of the piece's file.
        samples: the exact length, a channel, at 48 kHz.
        codec: as FFmpeg names it.
    """

    version: Literal[1] = 1
    kind: Literal["sound"] = "sound"
    key: Digest
    digest: Digest
    bytes: Annotated[int, Field(ge=0)]
    samples: Annotated[int, Field(ge=0)]
    codec: str
    report: SoundReport
    seconds: float


PieceResult = ChunkResult | SoundResult
