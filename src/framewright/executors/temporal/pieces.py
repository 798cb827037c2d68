"""All pieces of one plan as they stand in a store, fetched for whoever puts them together; bad ones are found and forgotten."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from framewright.executors.temporal.errors import corrupt_pieces
from framewright.executors.temporal.keeping import chunk_place, kept_sound
from framewright.executors.temporal.several import each
from framewright.model.errors import PieceError, StoreError
from framewright.render.committing import sidecar_of
from framewright.render.planning.digests import chunk_keys, digest_of_value
from framewright.render.planning.laying import place_file
from framewright.render.threads import in_thread
from framewright.render.workbench import SOUND_SUFFIX, suffix_of

if TYPE_CHECKING:
    from pathlib import Path

    from framewright.executors.temporal.keeping import Kept
    from framewright.executors.temporal.metrics import Metrics
    from framewright.model.piece import ChunkResult, PieceResult, SoundResult
    from framewright.model.plan import Digest, Plan
    from framewright.stores.store import BlobStore

_CORRUPT = frozenset({"BLOB_MISSING", "BLOB_CHANGED"})
_MOST_TOLD = 3


@dataclass(slots=True)
class _Bad:
    """Pieces that must be made again."""

    chunks: list[int] = field(default_factory=list)
    sound: bool = False

    def check(self) -> None:
        """Raises the error of :func:`corrupt_pieces` where there are some."""
        if not self.chunks and not self.sound:
            return
        named = [f"chunk {index}" for index in sorted(self.chunks)[:_MOST_TOLD]]
        named += ["the sound"] if self.sound else []
        more = len(self.chunks) - _MOST_TOLD
        told = f"{', '.join(named)}{f' and {more} more' if more > 0 else ''}"
        error = PieceError(
            f"Pieces in the store are missing, or not what was written: {told}; they must be made again.",
            code="PIECE_CORRUPT",
        )
        raise corrupt_pieces(error, self.chunks, sound=self.sound)


@dataclass(frozen=True, slots=True)
class StoredPieces:
    """The accounts of all pieces of a plan. Get it with :meth:`read`.

    Attributes:
        chunks: in order.
        sound: None where the plan has none.
    """

    plan: Plan
    store: BlobStore
    chunks: tuple[ChunkResult, ...]
    sound: SoundResult | None
    _places: tuple[Kept[ChunkResult], ...]

    @classmethod
    async def read(cls, plan: Plan, store: BlobStore) -> Self:
        """Read all accounts.

        Raises:
            ApplicationError: of :func:`~framewright.executors.temporal.errors.corrupt_pieces`, naming those that are missing.
            StoreError: the store does not answer.
        """
        ranges = [chunk.range for chunk in plan.chunks]
        keys = await asyncio.to_thread(chunk_keys, plan, ranges)
        places = tuple(chunk_place(plan, frames, key) for frames, key in zip(ranges, keys, strict=True))
        chunks = await each(places, lambda place: place.read(store))
        sound = None if plan.sound is None else await kept_sound(plan).read(store)
        missing = [index for index, result in enumerate(chunks) if result is None]
        _Bad(missing, plan.sound is not None and sound is None).check()
        return cls(plan, store, tuple(result for result in chunks if result is not None), sound, places)

    @property
    def digest(self) -> Digest:
        """Of all their digests: what is made of others is something else."""
        every = (*self.chunks, *(() if self.sound is None else (self.sound,)))
        return digest_of_value([result.digest for result in every])

    async def fetch(self, folder: Path, metrics: Metrics) -> tuple[list[Path], Path | None]:
        """Bring all of them into a folder, each with its account beside it: the chunks, and the sound.

        Raises:
            ApplicationError: naming those that are missing or not what was written. They are forgotten.
            StoreError, OSError: they cannot be had, or not be written here.
        """
        suffix, bad = suffix_of(self.plan.output.format), _Bad()

        async def chunk(one: tuple[int, ChunkResult]) -> Path:
            index, result = one
            path = folder / f"chunk-{index}{suffix}"
            if not await self._bring(path, result, self._places[index], metrics):
                bad.chunks.append(index)
            return path

        chunks = await each(list(enumerate(self.chunks)), chunk)
        sound = None
        if self.sound is not None:
            sound = folder / f"mix{SOUND_SUFFIX}"
            bad.sound = not await self._bring(sound, self.sound, kept_sound(self.plan), metrics)
        bad.check()
        return chunks, sound

    async def _bring(
        self,
        target: Path,
        result: PieceResult,
        place: Kept[ChunkResult] | Kept[SoundResult],
        metrics: Metrics,
    ) -> bool:
        try:
            path = await self.store.get(result.digest)
        except StoreError as error:
            if error.code not in _CORRUPT:
                raise
            await place.forget(self.store)
            return False
        metrics.moved("fetched", result.bytes)

        def lay() -> None:
            place_file(path, target)
            sidecar_of(target).write_text(result.model_dump_json(), encoding="utf-8")

        await in_thread(lay)
        return True
