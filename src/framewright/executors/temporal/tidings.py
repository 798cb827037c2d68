"""What looks at a workflow are to those who listen to a render: events, each told once. Asks nobody, and has no clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from framewright.executors.temporal import activity_names
from framewright.executors.temporal.names import chunk_of
from framewright.executors.temporal.standing import DONE, REUSED
from framewright.model.events import ChunkState, ChunkTold, FellBack, SoundTold, Stage, StageBegan, Warned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from framewright.executors.temporal.looking import Doing, Look
    from framewright.executors.temporal.values import Accounts, RenderDone
    from framewright.model.events import RenderEvent
    from framewright.model.plan import Plan

_ENDED = {DONE: ChunkState.DONE, REUSED: ChunkState.REUSED}
_AT_WORK = frozenset({"opening", "rendering", "sending"})
_LAST_STAGES = frozenset({"assembling", "cleaning", "done"})


class Tidings:
    """Of one render.

    Args:
        plan: that the workflow follows.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._ended: dict[int, str] = {}
        self._attempts: dict[int, int] = {}
        self._workers: dict[int, str] = {}
        self._running: dict[int, tuple[int, int, str]] = {}
        self._sound = 0.0
        self._finishing = False

    def of(self, look: Look) -> Iterator[RenderEvent]:
        """What is new."""
        for doing in look.doing:
            if (index := chunk_of(doing.name)) is not None and index < len(self._plan.chunks):
                yield from self._of_doing(index, doing)
            elif doing.kind == activity_names.MIX_SOUND and doing.beat is not None:
                yield from self._of_sound(min(doing.beat.fraction, 0.99))
        for index, letter in enumerate(look.states[: len(self._plan.chunks)]):
            yield from self._of_state(index, letter)
        standing = look.standing
        if standing is not None:
            if standing.sound in _ENDED or (not standing.sound and standing.plan is not None):
                yield from self._of_sound(1.0)
            if standing.stage in _LAST_STAGES and not self._finishing:
                self._finishing = True
                yield StageBegan(stage=Stage.FINISHING)

    def rest(self, done: RenderDone) -> Iterator[RenderEvent]:
        """What no look has seen, now that all is done."""
        # Who was there before and who was not, nobody has seen of these: of all or of none is known.
        letter = REUSED if done.reused == len(self._plan.chunks) else DONE
        for chunk in self._plan.chunks:
            if chunk.index not in self._ended:
                yield from self._of_state(chunk.index, letter)
        yield from self._of_sound(1.0)

    def accounts(self, accounts: Accounts) -> Iterator[RenderEvent]:
        """What the workers would have told."""
        for chunk in accounts.chunks:
            for notice in chunk.notices:
                yield Warned(notice=notice)
            for fallback in chunk.fallbacks:
                yield FellBack(code=fallback.code, message=fallback.message)

    def _of_doing(self, index: int, doing: Doing) -> Iterator[RenderEvent]:
        before = self._attempts.get(index, 1)
        if doing.attempt > before:
            message = doing.failure or "It was not done in time."
            yield self._told(
                index, ChunkState.FAILED, doing.attempt - 1, self._workers.get(index), message=message
            )
        self._attempts[index] = doing.attempt
        beat = doing.beat
        if beat is None or beat.doing not in _AT_WORK:
            return
        self._workers[index] = beat.worker
        now = (doing.attempt, beat.frames, beat.worker)
        if self._running.get(index) != now:
            self._running[index] = now
            # That all frames are drawn is not that the piece lies in the store.
            frames = min(beat.frames, len(self._plan.chunks[index].range))
            yield self._told(index, ChunkState.RUNNING, doing.attempt, beat.worker, frames=frames)

    def _of_state(self, index: int, letter: str) -> Iterator[RenderEvent]:
        before = self._ended.get(index)
        if letter in _ENDED:
            if before is None:
                self._ended[index] = letter
                frames = len(self._plan.chunks[index].range)
                worker = self._workers.get(index) if letter == DONE else None
                yield self._told(index, _ENDED[letter], self._attempts.get(index, 1), worker, frames=frames)
        elif before is not None:
            del self._ended[index]
            attempt = self._attempts.get(index, 1)
            yield self._told(
                index,
                ChunkState.FAILED,
                attempt,
                self._workers.get(index),
                message="Its piece was damaged in the store, and is rendered again.",
            )

    def _of_sound(self, fraction: float) -> Iterator[RenderEvent]:
        if fraction > self._sound:
            self._sound = fraction
            yield SoundTold(fraction=fraction)

    def _told(
        self,
        index: int,
        state: ChunkState,
        attempt: int,
        worker: str | None,
        *,
        frames: int = 0,
        message: str | None = None,
    ) -> ChunkTold:
        chunk = self._plan.chunks[index]
        return ChunkTold(
            chunk=index,
            state=state,
            start=chunk.start,
            stop=chunk.stop,
            frames=frames,
            worker=worker,
            attempt=attempt,
            message=message,
        )
