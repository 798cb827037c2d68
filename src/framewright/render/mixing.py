"""Mixing in the thread of the file: from a plan that may come late to blocks of samples, and an account of them."""

from __future__ import annotations

import math
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYetError
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from framewright.media import SoundSource
from framewright.model.report import SoundReport
from framewright.sound import Account, mix

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from framewright.media import Pulse
    from framewright.model.sound import Dropped, SoundPlan

_LOOKS_UP_EVERY = 0.05


@dataclass(frozen=True, slots=True)
class Score:
    """A plan that can be mixed.

    Attributes:
        files: where the bytes of each source are.
        dropped: what could be heard and is not.
    """

    plan: SoundPlan
    files: Mapping[str, Path]
    dropped: tuple[Dropped, ...] = ()


class Mixing:
    """The mix of one file. Its plan is given, or given up, from another thread while it waits.

    Args:
        samples: how long it is; known before anything that is heard.
    """

    def __init__(self, samples: int) -> None:
        self._samples = samples
        self._score: Future[Score] = Future()
        self._account = Account()
        self._peak = 0.0

    @property
    def source(self) -> SoundSource:
        """For the file."""
        return SoundSource(self._samples, self._blocks)

    @property
    def fraction(self) -> float:
        """How much of the work is done, from 0 to 1."""
        whole = self._samples * self._account.passes
        return min(1.0, self._account.gone / whole) if whole else 1.0

    def begin(self, score: Score) -> None:
        """Let it begin."""
        self._score.set_result(score)

    def fail(self, error: BaseException) -> None:
        """Let it end with an error, if it has not begun."""
        if not self._score.done():
            self._score.set_exception(error)

    def report(self) -> SoundReport:
        """The account, once the file is finished."""
        score = self._score.result(timeout=0)
        return SoundReport(
            tracks=len(score.plan.tracks),
            dropped=score.dropped,
            peak=round(20 * math.log10(self._peak), 2) if self._peak > 0 else None,
            raised=round(self._account.raised, 2),
            limited=round(self._account.limited, 2),
        )

    def _blocks(self, pulse: Pulse) -> Iterator[NDArray[np.float32]]:
        score = self._awaited(pulse)
        self._account.on_step, self._account.look = pulse.beat, pulse.look
        with closing(mix(score.plan, score.files, self._account)) as blocks:
            for block in blocks:
                if len(block):
                    self._peak = max(self._peak, float(np.abs(block).max()))
                yield block

    def _awaited(self, pulse: Pulse) -> Score:
        """The plan. Whoever finds it out has limits of his own, so waiting for it is no standstill."""
        while True:
            pulse.beat()
            try:
                return self._score.result(timeout=_LOOKS_UP_EVERY)
            except NotYetError:
                if self._score.done():
                    raise
