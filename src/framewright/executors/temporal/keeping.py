"""Pieces in a store: what was committed there, whether it may be used, and how a new one comes to stand there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from pydantic import ValidationError

from framewright.executors.temporal.names import blob_of, piece_document, run_document, sound_document
from framewright.model.errors import PlanError, StoreError
from framewright.model.piece import ChunkResult, SoundResult
from framewright.render.planning.digests import chunk_key
from framewright.render.planning.files import needed_files

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from framewright.model.frames import FrameRange
    from framewright.model.plan import Digest, Plan
    from framewright.stores.store import BlobStore

_Result = TypeVar("_Result", ChunkResult, SoundResult)
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Kept(Generic[_Result]):
    """The place of one piece in a store.

    Attributes:
        key: of the piece.
        document: the name of its account.
        kind: of the account.
        fits: whether the piece of an earlier render is what this one would give.
    """

    key: Digest
    document: str
    kind: type[_Result]
    fits: Callable[[_Result], bool]

    async def read(self, store: BlobStore) -> _Result | None:
        """The account that stands there, whoever wrote it; None: there is none that can be read."""
        data = await store.read(self.document)
        if data is None:
            return None
        try:
            result: _Result = self.kind.model_validate_json(data)
        except ValidationError:
            return None
        return result if result.key == self.key else None

    async def find(self, store: BlobStore, *, run: str, resume: bool) -> _Result | None:
        """The account of a piece that may be used; None: it has to be made.

        Args:
            run: of the workflow. What an earlier attempt of it has made is always used.
            resume: so is what earlier renders have made.
        """
        result = await self.read(store)
        if result is None or not await _is_there(store, result.digest, result.bytes):
            return None
        if resume and self.fits(result):
            return result
        return result if await store.read(run_document(run, self.key)) is not None else None

    async def keep(self, store: BlobStore, path: Path, result: _Result, *, run: str, resume: bool) -> _Result:
        """Put a piece there with its account; which account stands in the end. The first one of this run does.

        Raises:
            StoreError: it cannot be kept; ``DOCUMENT_DISPUTED`` others write it again and again.
        """
        await store.put(path, result.digest)
        marker, account = run_document(run, self.key), result.model_dump_json().encode()
        for _ in range(_TRIES):
            if await store.commit(self.document, account):
                if not (resume and self.fits(result)):
                    await store.commit(marker, b"{}")
                return result
            if (there := await self.find(store, run=run, resume=resume)) is not None:
                return there
            await store.delete(self.document)
        raise StoreError(
            f"Somebody else writes {self.document} in {store.uri} again and again: render again.",
            code="DOCUMENT_DISPUTED",
        )

    async def forget(self, store: BlobStore) -> None:
        """Remove the account first, for without it there is no piece, and then the bytes."""
        result = await self.read(store)
        await store.delete(self.document)
        if result is not None:
            await store.drop(result.digest)


def kept_chunk(plan: Plan, frames: FrameRange) -> Kept[ChunkResult]:
    """The place of the piece of some frames."""
    return chunk_place(plan, frames, chunk_key(plan, frames))


def chunk_place(plan: Plan, frames: FrameRange, key: Digest) -> Kept[ChunkResult]:
    """The same where the key is known."""

    def fits(result: ChunkResult) -> bool:
        """Whether it was made in the plan's environment, and of files that are none of its key and still the same."""
        if result.drift or result.changed or result.range != frames:
            return False
        files = {file.name: file.digest for file in plan.files if file.kind == "project"}
        laid = {file.name for file in needed_files(plan, frames) if file.kind == "project"}
        same = all(files.get(name) == digest for name, digest in result.unplanned)
        return same and laid.isdisjoint(result.lacking)

    return Kept(key, piece_document(key), ChunkResult, fits)


def kept_sound(plan: Plan) -> Kept[SoundResult]:
    """The place of the sound.

    Raises:
        PlanError: ``PLAN_SOUNDLESS``.
    """
    key = plan.digests.audio
    if plan.sound is None or key is None:
        raise PlanError("The plan has no sound to be mixed: assemble it without one.", code="PLAN_SOUNDLESS")
    return Kept(key, sound_document(key), SoundResult, lambda _: True)


async def _is_there(store: BlobStore, digest: Digest, size: int) -> bool:
    """By its size alone: whoever puts the pieces together reads every byte."""
    name = blob_of(digest)
    return any(thing.name == name and thing.bytes == size for thing in await store.list(name))
