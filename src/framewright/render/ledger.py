"""What is noted of a render while others do it: how long its stages took, what listeners are told, and the account at its end."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from framewright.model.events import (
    ChunkState,
    ChunkTold,
    Decided,
    FellBack,
    SoundTold,
    Stage,
    StageBegan,
    Warned,
)
from framewright.model.frames import FrameRange
from framewright.render.choice import Choice
from framewright.render.meter import Watch
from framewright.render.reporting import report_of

if TYPE_CHECKING:
    from pathlib import Path

    from framewright.model.events import RenderEvent
    from framewright.model.report import RenderReport
    from framewright.render.progress import Progress
    from framewright.render.taking import Taken
    from framewright.render.telling import Teller

# Of a chunk that runs, listeners want to know now and then; progress tells the rest.
_TELL_CHUNKS_EVERY = 1.0


class Ledger:
    """Of one render; it begins when it is made.

    Args:
        output: as the caller named it.
        watched: the frames are drawn while this looks on; of others it is not known how long they took.
    """

    def __init__(self, output: Path, teller: Teller, *, watched: bool = True) -> None:
        self._output = output
        self._watched = watched
        self._teller = teller
        self._watch = Watch()
        self._opening: float | None = None
        self._rendering: float | None = None
        self._told_at: dict[tuple[int, str | None], float] = {}
        self._reused: set[FrameRange] = set()

    def take(self, event: RenderEvent, progress: Progress) -> None:
        """What an executor tells, to those whom it concerns."""
        match event:
            case Decided():
                self._teller.decide(
                    Choice(
                        subject=event.subject,
                        choice=event.choice,
                        reason=event.reason,
                        inputs=event.inputs,
                    )
                )
            case Warned(notice=notice):
                self._teller.warn((notice,))
            case FellBack():
                self._teller.fall_back(event)
            case ChunkTold():
                if self._opening is None:
                    self._opening = self._watch.lap()
                    self._teller.stage(Stage.RENDERING)
                if event.state is ChunkState.REUSED:
                    self._reused.add(FrameRange(event.start, event.stop))
                if self._is_news(event):
                    self._teller.tell(event)
                progress.note(event)
            case SoundTold():
                self._teller.tell(event)
                progress.note(event)
            case StageBegan(stage=Stage.FINISHING):
                self.begin_to_finish()
            case _:
                self._teller.tell(event)

    def begin_to_finish(self) -> None:
        """The frames are done. It counts once."""
        if self._rendering is None:
            self._rendering = self._watch.lap()
            self._teller.stage(Stage.FINISHING)

    def report(self, taken: Taken) -> RenderReport:
        """The account, now that the output stands under its name."""
        return report_of(
            taken.plan,
            taken.chunks,
            taken.sound,
            taken.facts.model_copy(update={"path": _told(self._output)}),
            self._teller,
            reused=frozenset(self._reused),
            opening=self._opening or 0.0,
            rendering=(self._rendering or 0.0) if self._watched else 0.0,
            finishing=self._watch.lap(),
        )

    def _is_news(self, event: ChunkTold) -> bool:
        run, now = (event.start, event.worker), time.monotonic()
        if event.state is not ChunkState.RUNNING:
            self._told_at.pop(run, None)
            return True
        if event.frames == event.stop - event.start:
            # From here on its piece is only written down: how long that takes is to be seen.
            return True
        if now - self._told_at.get(run, float("-inf")) < _TELL_CHUNKS_EVERY:
            return False
        self._told_at[run] = now
        return True


def _told(output: Path) -> str:
    # A name that is no UTF-8 cannot stand in JSON as it is.
    return os.fsencode(output).decode("utf-8", "backslashreplace")
