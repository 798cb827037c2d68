"""What crosses Temporal: references and counts, never the bytes of anything."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from framewright.model.piece import ChunkResult, SoundResult  # noqa: TC001 -- pydantic reads it at run time
from framewright.model.plan import Cost, Digest, Frame  # noqa: TC001 -- as above
from framewright.model.report import FileFacts  # noqa: TC001 -- as above
from framewright.model.settings import PageNetwork  # noqa: TC001 -- as above

Count = Annotated[int, Field(ge=0)]


class _Value(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PlanReference(_Value):
    """A plan in a store.

    Attributes:
        store: its URI; no secret is a part of it.
        document: the blob of ``plan.json``.
        digest: the plan's own, ``digests.plan``.
        environment: a digest of what draws and encodes; it names the queues.
        chunks: how many.
        frames: how many.
        sound: whether there is some.
        seconds: that one browser is expected to take for all frames.
    """

    store: str
    document: Digest
    digest: Digest
    environment: Digest
    chunks: Annotated[int, Field(ge=1)]
    frames: Annotated[int, Field(ge=1)]
    sound: bool
    seconds: Cost = 0.0


class ProjectReference(_Value):
    """A project in a store, which a worker is to plan.

    Attributes:
        manifest: the blob of the list of its files, with the entry and the options of the render.
    """

    store: str
    manifest: Digest


class ManifestFile(_Value):
    """A file that travels with a project.

    Attributes:
        name: its path there, as plans name files: the bytes percent-encoded, with slashes.
    """

    name: str
    digest: Digest
    bytes: Count


class Bounds(_Value):
    """What a project may want, where a service has sent it for somebody else.

    Attributes:
        duration: seconds that are rendered.
        frames: that are rendered.
        pixels: of one frame.
        page_network: see :class:`~framewright.model.settings.Settings`; the worker's own word counts where it is stricter.
    """

    duration: Annotated[float, Field(gt=0)]
    frames: Annotated[int, Field(gt=0)]
    pixels: Annotated[int, Field(gt=0)]
    page_network: PageNetwork


class Manifest(_Value):
    """What a worker needs to plan a project: a blob in the store, in which names are sorted.

    Attributes:
        entry: the name of the page among the files; None for a page of the web.
        site: its whole address; None for a page of a project.
        files: of the project.
        beside: what the options name and the project does not hold: subtitles, sounds.
        options: the wishes of the render as :class:`~framewright.render.options.RenderWishes` has them, in JSON. Paths in
            ``subtitles`` and ``audio_tracks`` are names in ``beside``.
        slots: chunks at a time that the plan is cut for.
        bounds: None: those of the worker.
    """

    version: Literal[1] = 1
    entry: str | None = None
    site: str | None = None
    files: tuple[ManifestFile, ...] = ()
    beside: tuple[ManifestFile, ...] = ()
    options: dict[str, JsonValue] = {}
    slots: Annotated[int, Field(ge=1)] = 4
    bounds: Bounds | None = None


class Limits(_Value):
    """How much a workflow takes on at once, and how patient it is.

    Attributes:
        window: activities that one workflow has in flight.
        whole: chunks that one workflow sees to by itself; beyond, child workflows do.
        part: chunks of each of those.
        rounds: how often corrupt pieces are rendered again.
        heartbeat: seconds without a sign of life after which a chunk is given to somebody else.
    """

    window: Annotated[int, Field(ge=1, le=1000)] = 500
    whole: Annotated[int, Field(ge=1, le=2000)] = 2000
    part: Annotated[int, Field(ge=1, le=1000)] = 1000
    rounds: Annotated[int, Field(ge=0, le=10)] = 3
    heartbeat: Annotated[float, Field(ge=1)] = 30.0


class RenderOrder(_Value):
    """One render, for the workflow.

    Attributes:
        plan: None: the project is planned first.
        queue: the base of the names of queues.
        resume: pieces that an earlier render has finished may be used.
        keep_pieces: they stay in the store for renders to come.
        seconds: after which it is given up, whatever it has got to; counted from when it was asked for.
    """

    plan: PlanReference | None = None
    project: ProjectReference | None = None
    queue: str
    resume: bool = True
    keep_pieces: bool = True
    priority: Annotated[int, Field(ge=1, le=5)] = 3
    seconds: Annotated[float, Field(gt=0)] = 6 * 3600.0
    limits: Limits = Limits()


class PartOrder(_Value):
    """Some of the chunks of a plan, for a child workflow.

    Attributes:
        first, stop: the chunks.
        seconds: that are left of the render's time.
    """

    plan: PlanReference
    first: Count
    stop: Count
    queue: str
    resume: bool
    priority: Annotated[int, Field(ge=1, le=5)]
    seconds: float
    limits: Limits


class PartDone(_Value):
    """All chunks of a part lie in the store.

    Attributes:
        seconds: of workers, all told.
    """

    reused: Count
    seconds: float


class CutsOrder(_Value):
    """Which chunks the workflow wants to know of; at most 1 000 at a time."""

    plan: PlanReference
    first: Count
    stop: Count


class Cuts(_Value):
    """Chunks by themselves.

    Attributes:
        starts: the first frame of each, and one more: where the last one ends.
        costs: seconds of one browser.
    """

    starts: tuple[Frame, ...]
    costs: tuple[Cost, ...]


class ChunkOrder(_Value):
    """One chunk to be rendered."""

    plan: PlanReference
    index: Count
    start: Frame
    stop: Frame
    resume: bool = True


class ChunkMade(_Value):
    """A chunk that lies in the store.

    Attributes:
        key: names its account in the store.
        reused: it was there before.
        seconds: of the worker, all told.
        worker: who made it.
    """

    index: Count
    key: Digest
    bytes: Count
    reused: bool
    seconds: float
    worker: str


class SoundOrder(_Value):
    """The sound to be mixed."""

    plan: PlanReference
    resume: bool = True


class SoundMade(_Value):
    """The sound lies in the store."""

    key: Digest
    bytes: Count
    reused: bool
    seconds: float
    worker: str


class AssembleOrder(_Value):
    """Everything lies in the store; the finished file is to be made of it."""

    plan: PlanReference


class OutputFile(_Value):
    """One file of what was rendered.

    Attributes:
        name: within the output: empty for the only file, else of each picture of a sequence.
    """

    name: str
    digest: Digest
    bytes: Count


class Accounts(_Value):
    """How a finished file came about: a blob in the store, so that whoever fetches the file reads one thing for all pieces.

    Attributes:
        chunks: of all frames, in order.
        sound: None where the plan has none.
        facts: of the finished file, without its path.
    """

    version: Literal[2] = 2
    chunks: tuple[ChunkResult, ...]
    sound: SoundResult | None = None
    facts: FileFacts


class Output(_Value):
    """What was rendered, as a document in the store.

    Attributes:
        pieces: a digest of the digests of the pieces that it is made of: of others it is not the output.
        accounts: the blob of its :class:`Accounts`.
    """

    version: Literal[2] = 2
    plan: Digest
    pieces: Digest
    accounts: Digest
    files: tuple[OutputFile, ...]


class Assembled(_Value):
    """The finished file lies in the store."""

    bytes: Count
    seconds: float
    worker: str


class ForgetOrder(_Value):
    """Pieces that must not be used, or are not wanted any more.

    Attributes:
        indices: of the chunks; None: all of them, and the sound.
        sound: that of the sound, too.
    """

    plan: PlanReference
    indices: tuple[Count, ...] | None
    sound: bool = False


class RenderDone(_Value):
    """How the workflow ends.

    Attributes:
        plan: where the accounts of all chunks and of the output are found.
        bytes: of the output.
        seconds: of workers, all told.
        reused: chunks that were in the store before.
        again: chunks that were rendered again, for their pieces were corrupt.
    """

    plan: PlanReference
    bytes: Count
    seconds: float
    reused: Count
    again: Count = 0


class RenderMemo(_Value):
    """What lists of renders show of one, without asking a worker.

    Attributes:
        composition: what whoever asked for it calls it.
        frames, size, rate, plan: None until it is planned.
        at: when it was asked for, UTC, by ISO 8601.
        by: user and host.
    """

    composition: str
    format: str
    frames: int | None = None
    size: str | None = None
    rate: str | None = None
    plan: Digest | None = None
    at: str
    by: str

    @property
    def summary(self) -> str:
        """One line."""
        told = [f"{self.frames} frames", f"{self.size} at {self.rate} fps"] if self.frames is not None else []
        return ", ".join([self.composition, *told, self.format])


class Beat(_Value):
    """What an activity tells with each beat of its heart.

    Attributes:
        doing: ``fetching``, ``opening``, ``rendering``, ``mixing``, ``joining``, ``sending``.
        frames, total: of a chunk.
        fraction: of a sound.
        worker: who does it.
    """

    doing: Literal["fetching", "opening", "rendering", "mixing", "joining", "sending"]
    worker: str
    frames: Count = 0
    total: Count = 0
    fraction: float = 0.0


class Standing(_Value):
    """How far a workflow is, for whoever asks.

    Attributes:
        stage: ``planning``, ``rendering``, ``assembling``, ``cleaning``, ``done``.
        plan: None until it is planned.
        states: of the chunks in order, as runs (:func:`framewright.executors.temporal.standing.read_states`): ``w`` waiting, ``r``
            handed to workers, ``d`` done, ``u`` used again; ``12d3r85w``.
        sound: the same letter for the sound; empty: there is none.
        parts: child workflows, in order, which know more of their own chunks: here those of one are ``w`` until all are done.
            Each has ``part_chunks``, but for the last.
    """

    stage: Literal["planning", "rendering", "assembling", "cleaning", "done"]
    plan: PlanReference | None = None
    states: str = ""
    sound: str = ""
    parts: tuple[str, ...] = ()
    part_chunks: Count = 0
    priority: int = 3
