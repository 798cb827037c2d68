"""The public verbs of pieces: one chunk of a plan's folder, or its sound, rendered anywhere and as often as one likes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from framewright.model.errors import UsageError
from framewright.model.events import ChunkState, ChunkTold
from framewright.model.settings import Settings
from framewright.render.blocking import run_blocking
from framewright.render.cancel import Stoppable
from framewright.render.telling import Teller

if TYPE_CHECKING:
    import os

    from framewright.model.piece import ChunkResult, SoundResult
    from framewright.model.plan import Chunk, Plan
    from framewright.render.cancel import CancelToken
    from framewright.render.telling import Listener


async def render_chunk_async(
    plan: str | os.PathLike[str],
    index: int,
    output: str | os.PathLike[str],
    *,
    workers: int | None = None,
    allow_environment_drift: bool = False,
    on_event: Listener | None = None,
    cancel: CancelToken | None = None,
    settings: Settings | None = None,
) -> ChunkResult:
    """Render one chunk of a plan into a piece, unless it stands there already.

    The same plan and index give the same bytes, wherever and by however many workers. The piece's account is written
    beside it, under its name and ``.json``, when it is finished; a piece without it does not count.

    Args:
        plan: a folder that :func:`framewright.plan` has written.
        index: of the chunk, from 0 on.
        output: the piece, in a folder that exists. Its suffix tells nothing.
        workers: browsers side by side; None: as many as the machine carries.
        allow_environment_drift: an environment that would give other bytes than the plan's is told, not refused.
        on_event: called with each event as it happens, in this thread.
        cancel: ends the work from any thread. Cancelling the task does the same.
        settings: of the machine; None: read from the environment.

    Raises:
        PlanError: the plan cannot be read, or has no such chunk.
        StoreError: a file of the plan is not there, or is not what it was.
        EnvironmentMismatchError: this machine would give other bytes.
        CompositionError, BrowserError, EncoderError, OutputError, RenderCancelledError: as
            :func:`framewright.render_async`. ``retryable`` says whether another attempt may do better.

    Whatever is raised: no process of ours is left, and nothing of the attempt.
    """
    from framewright.render.chunk import render_chunk
    from framewright.render.planning.folder import open_plan, unpacked
    from framewright.render.stall import patience_for
    from framewright.render.studio import open_studio
    from framewright.render.worker_choice import choose_crew_size

    chosen, place = settings or Settings.read(), Path(output)
    _check_place(place)
    teller = Teller(on_event)
    async with Stoppable(cancel):
        read = open_plan(plan)
        chunk = _chunk_of(read, index)
        teller.tell(_told(chunk, ChunkState.RUNNING))
        async with (
            unpacked(plan, read, chunk.range, settings=chosen) as bundle,
            open_studio(bundle, chosen, teller, allow_drift=allow_environment_drift, live=False) as studio,
        ):
            sizing = choose_crew_size(read, len(chunk.range), workers)
            teller.decide(sizing.choice)
            _, result = await render_chunk(
                studio,
                chunk.range,
                lambda _: place,
                workers=sizing.workers,
                stall_seconds=patience_for(chosen),
                on_progress=lambda now: teller.tell(_told(chunk, ChunkState.RUNNING, now.frames)),
                on_fallback=teller.fall_back,
            )
        teller.tell(_told(chunk, ChunkState.DONE, len(chunk.range)))
        return result
    raise AssertionError("unreachable")


def render_chunk(
    plan: str | os.PathLike[str],
    index: int,
    output: str | os.PathLike[str],
    *,
    workers: int | None = None,
    allow_environment_drift: bool = False,
    on_event: Listener | None = None,
    cancel: CancelToken | None = None,
    settings: Settings | None = None,
) -> ChunkResult:
    """Render one chunk of a plan; see :func:`render_chunk_async`, which this runs to its end."""
    return run_blocking(
        lambda: render_chunk_async(
            plan,
            index,
            output,
            workers=workers,
            allow_environment_drift=allow_environment_drift,
            on_event=on_event,
            cancel=cancel,
            settings=settings,
        )
    )


async def mix_sound_async(
    plan: str | os.PathLike[str],
    output: str | os.PathLike[str],
    *,
    cancel: CancelToken | None = None,
    settings: Settings | None = None,
) -> SoundResult:
    """Mix and encode the sound of a plan into a piece, unless it stands there already.

    Args:
        plan: a folder that :func:`framewright.plan` has written.
        output: the piece, in a folder that exists.
        cancel: ends the work from any thread.
        settings: of the machine; None: read from the environment.

    Raises:
        PlanError: the plan cannot be read, or has no sound.
        StoreError: a file of the plan is not there, or is not what it was.
        CompositionError, EncoderError, OutputError, RenderCancelledError: as :func:`framewright.render_async`.
    """
    from framewright.render.planning.folder import open_plan, unpacked
    from framewright.render.sound_piece import mix_sound

    chosen, place = settings or Settings.read(), Path(output)
    _check_place(place)
    async with Stoppable(cancel):
        read = open_plan(plan)
        async with unpacked(plan, read, "sound", settings=chosen) as bundle:
            return await mix_sound(read, bundle, place)
    raise AssertionError("unreachable")


def mix_sound(
    plan: str | os.PathLike[str],
    output: str | os.PathLike[str],
    *,
    cancel: CancelToken | None = None,
    settings: Settings | None = None,
) -> SoundResult:
    """Mix the sound of a plan; see :func:`mix_sound_async`, which this runs to its end."""
    return run_blocking(lambda: mix_sound_async(plan, output, cancel=cancel, settings=settings))


def _chunk_of(plan: Plan, index: int) -> Chunk:
    if not 0 <= index < len(plan.chunks):
        raise UsageError(
            f"The plan has no chunk {index}: its chunks are 0 to {len(plan.chunks) - 1}.",
            code="CHUNK_UNKNOWN",
        )
    return plan.chunks[index]


def _check_place(place: Path) -> None:
    if not place.parent.is_dir() or place.is_dir():
        what = "is a folder" if place.is_dir() else f"cannot stand in {place.parent}, which is no folder"
        raise UsageError(f"The piece {place} {what}: name a file with -o.", code="PIECE_PLACE_INVALID")


def _told(chunk: Chunk, state: ChunkState, frames: int = 0) -> ChunkTold:
    return ChunkTold(chunk=chunk.index, state=state, start=chunk.start, stop=chunk.stop, frames=frames)
