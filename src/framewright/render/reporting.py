"""The account of a render, from those of its pieces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from framewright.model.report import FootageReport, RenderReport, TimeSpent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from framewright.model.composition import Notice
    from framewright.model.piece import ChunkResult, SoundResult
    from framewright.model.plan import Plan
    from framewright.model.report import FileFacts, SlowRange


def report_of(
    plan: Plan,
    chunks: Sequence[ChunkResult],
    sound: SoundResult | None,
    facts: FileFacts,
    notices: tuple[Notice, ...],
    *,
    opening: float,
    rendering: float,
    finishing: float,
) -> RenderReport:
    """Put the accounts together.

    Args:
        facts: of the finished file.
        opening, rendering, finishing: wall seconds of the stages.
    """
    busy = min(sum(chunk.time.encoder_busy for chunk in chunks), rendering)
    return RenderReport(
        output=facts,
        frames=len(plan.picture.range),
        unchanged=sum(chunk.unchanged for chunk in chunks),
        workers=max(chunk.workers for chunk in chunks),
        chunks=len(chunks),
        capture=chunks[-1].capture,
        mode=plan.picture.mode,
        seconds=opening + rendering + finishing,
        time=TimeSpent(
            opening=opening,
            rendering=rendering,
            finishing=finishing,
            encoder_busy=busy,
            waiting_for_pictures=rendering - busy,
        ),
        retried_blocks=sum(chunk.retried_blocks for chunk in chunks),
        restarted_workers=sum(chunk.restarted_workers for chunk in chunks),
        slowest=_slowest(chunks),
        sound=None if sound is None else sound.report,
        subtitles=plan.subtitles,
        footage=_footage(chunks),
        notices=notices,
    )


def _slowest(chunks: Sequence[ChunkResult]) -> SlowRange | None:
    """Of all blocks the one with the dearest frames; of a single block nothing can be told apart."""
    blocks = [block for chunk in chunks for block in chunk.blocks]
    return (
        max(blocks, key=lambda block: block.seconds / (block.stop - block.start), default=None)
        if len(blocks) > 1
        else None
    )


def _footage(chunks: Sequence[ChunkResult]) -> FootageReport | None:
    seen = [chunk.footage for chunk in chunks if chunk.footage is not None]
    if not seen:
        return None
    return FootageReport(
        sources=max(one.sources for one in seen),
        frames=sum(one.frames for one in seen),
        decoded=sum(one.decoded for one in seen),
    )
