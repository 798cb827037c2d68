"""A plan that a render service keeps, as it travels: what is rendered, in which chunks, and what of it is done."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from framewright.model.assembled import AssembleReport  # noqa: TC001 -- pydantic reads it at run time
from framewright.model.job import JobOutput  # noqa: TC001 -- as above
from framewright.model.output import Codec, Format  # noqa: TC001 -- as above
from framewright.model.piece import ChunkResult, SoundResult  # noqa: TC001 -- as above
from framewright.model.plan import Cost, Digest, Digests, Frame  # noqa: TC001 -- as above


class _Value(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class KeptChunk(_Value):
    """A chunk of a plan.

    Attributes:
        start, stop: its frames, counted in the composition; the last one is excluded.
        cost: seconds that one browser is expected to take for them.
        done: its piece stands.
        link: where it is rendered (``POST``) and its piece is to be had (``GET``).
    """

    index: int
    start: Frame
    stop: Frame
    cost: Cost
    done: bool = False
    link: str


class KeptPlanLinks(_Value):
    """Where more is to be had; paths below the service's address.

    Attributes:
        document: the plan itself.
        sound: None: there is none.
        output: None: the file has not been put together.
    """

    self: str
    document: str
    sound: str | None
    assemble: str
    output: str | None = None


class KeptPlan(_Value):
    """A plan that the service keeps.

    Attributes:
        digest: its name here: the plan's own digest, or where a request said how it is cut, a digest of both.
        digests: of the plan; two plans of one digest give the same file, however they are cut.
        name: as people call the composition.
        width, height: CSS pixels.
        fps: exact, such as ``30000/1001``.
        frames: of the part that is rendered.
        first_frame: of that part, counted in the composition.
        seconds: the length of that part.
        sound: there is some, which is a piece of its own.
        sound_done: it stands.
        output: None: the file has not been put together.
    """

    digest: Digest
    digests: Digests
    name: str
    width: int
    height: int
    scale: float
    fps: str
    frames: int
    first_frame: int
    seconds: float
    format: Format
    codec: Codec
    chunks: tuple[KeptChunk, ...]
    sound: bool
    sound_done: bool = False
    output: JobOutput | None = None
    links: KeptPlanLinks


class PieceMade(_Value):
    """A piece of a plan that stands.

    Attributes:
        reused: it stood there before.
        link: where it is to be had.
    """

    result: ChunkResult | SoundResult
    reused: bool
    link: str


class FileMade(_Value):
    """The file of a plan, put together out of its pieces.

    Attributes:
        reused: it stood there before.
        link: where it is to be had.
    """

    report: AssembleReport
    output: JobOutput
    reused: bool
    link: str
