"""What workers do for the workflow: the names of the activities, and what each takes and gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from framewright.executors.temporal.values import (
        Assembled,
        AssembleOrder,
        ChunkMade,
        ChunkOrder,
        Cuts,
        CutsOrder,
        ForgetOrder,
        PlanReference,
        ProjectReference,
        SoundMade,
        SoundOrder,
    )

PLAN = "plan"
READ_CUTS = "read_cuts"
RENDER_CHUNK = "render_chunk"
MIX_SOUND = "mix_sound"
ASSEMBLE = "assemble"
FORGET = "forget"


class Activities(Protocol):
    """Whoever does all of them. Each is registered under its own name, which is one of the constants above.

    All may be called again with the same order, also while an earlier call still goes on somewhere: the document that is
    committed first stands. Errors are raised as :func:`framewright.executors.temporal.errors.application_error` makes them.
    """

    async def plan(self, order: ProjectReference, /) -> PlanReference:
        """Plan a project on a worker, and put the plan and its files into the store. Base queue."""
        ...

    async def read_cuts(self, order: CutsOrder, /) -> Cuts:
        """Tell where some of a plan's chunks begin, and what they cost. Base queue."""
        ...

    async def render_chunk(self, order: ChunkOrder, /) -> ChunkMade:
        """Render one chunk into the store, or find it there. Queue of chunks of the plan's environment."""
        ...

    async def mix_sound(self, order: SoundOrder, /) -> SoundMade:
        """Mix the sound into the store, or find it there. Queue of joins of the plan's environment."""
        ...

    async def assemble(self, order: AssembleOrder, /) -> Assembled:
        """Put the finished file into the store, of pieces that all lie there. Queue of joins of the plan's environment.

        Pieces that are not what the plan says end it with a ``PieceError`` whose details name the chunks
        (:func:`framewright.executors.temporal.errors.corrupt_pieces`); the workflow has them rendered again.
        """
        ...

    async def forget(self, order: ForgetOrder, /) -> None:
        """Remove pieces from the store, their accounts and their bytes. Harmless where they are not there. Base queue."""
        ...
