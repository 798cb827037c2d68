"""The account of a render, from those of its pieces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from framewright.model.report import (
    ChunkAccount,
    Decision,
    FootageReport,
    RenderReport,
    TimeSpent,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from framewright.model.events import Decided
    from framewright.model.frames import FrameRange
    from framewright.model.piece import ChunkResult, SoundResult
    from framewright.model.plan import Plan
    from framewright.model.report import FileFacts, SlowRange
    from framewright.render.telling import Teller


_MOST_SLOW = 5


def report_of(
    plan: Plan,
    chunks: Sequence[ChunkResult],
    sound: SoundResult | None,
    facts: FileFacts,
    teller: Teller,
    *,
    reused: frozenset[FrameRange],
    opening: float,
    rendering: float,
    finishing: float,
) -> RenderReport:
    """Put the accounts together.

    Args:
        facts: of the finished file.
        teller: has told the choices and the warnings.
        reused: the frames of pieces that were there before.
        opening, rendering, finishing: wall seconds of the stages.
    """
    fresh = [chunk for chunk in chunks if chunk.range not in reused]
    # Several encoders may have worked side by side: their share of the time, not its sum.
    spent = sum(chunk.time.rendering for chunk in fresh)
    busy = rendering * min(1.0, sum(chunk.time.encoder_busy for chunk in fresh) / spent) if spent else 0.0
    slow = slow_ranges(block for chunk in chunks for block in chunk.blocks)
    return RenderReport(
        output=facts,
        frames=len(plan.picture.range),
        unchanged=sum(chunk.unchanged for chunk in chunks),
        workers=_workers(teller.decisions, chunks),
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
        retried_blocks=sum(chunk.retried_blocks for chunk in fresh),
        restarted_workers=sum(chunk.restarted_workers for chunk in fresh),
        slowest=slow[0] if slow else None,
        slow_ranges=slow,
        pieces=tuple(_account(chunk, reused=chunk.range in reused) for chunk in chunks),
        decisions=tuple(_decision(one) for one in teller.decisions),
        sound=None if sound is None else sound.report,
        subtitles=plan.subtitles,
        footage=_footage(chunks),
        notices=teller.notices,
    )


def slow_ranges(blocks: Iterable[SlowRange]) -> tuple[SlowRange, ...]:
    """The blocks whose frames took longest, the slowest first; of a single block nothing can be told apart."""
    found = sorted(blocks, key=lambda block: (-block.seconds / (block.stop - block.start), block.start))
    return tuple(found[:_MOST_SLOW]) if len(found) > 1 else ()


def _workers(decisions: Sequence[Decided], chunks: Sequence[ChunkResult]) -> int:
    """Browsers of all processes, as they were shared out; where nothing was rendered, those of then."""
    for told in decisions:
        if told.subject == "workers" and isinstance(told.choice, int):
            return told.choice
    return max(chunk.workers for chunk in chunks)


def _account(chunk: ChunkResult, *, reused: bool) -> ChunkAccount:
    return ChunkAccount(
        start=chunk.start,
        stop=chunk.stop,
        reused=reused,
        workers=chunk.workers,
        unchanged=chunk.unchanged,
        seconds=chunk.time.rendering,
        encoder_busy=chunk.time.encoder_busy,
        retried_blocks=chunk.retried_blocks,
        restarted_workers=chunk.restarted_workers,
    )


def _decision(told: Decided) -> Decision:
    return Decision(subject=told.subject, choice=told.choice, inputs=told.inputs, reason=told.reason)


def _footage(chunks: Sequence[ChunkResult]) -> FootageReport | None:
    seen = [chunk.footage for chunk in chunks if chunk.footage is not None]
    if not seen:
        return None
    return FootageReport(
        sources=max(one.sources for one in seen),
        frames=sum(one.frames for one in seen),
        decoded=sum(one.decoded for one in seen),
    )
