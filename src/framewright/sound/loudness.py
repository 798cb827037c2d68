"""How loud a sound is (EBU R128), measured by FFmpeg's own meter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import av
import numpy as np

from framewright.model.sound import SAMPLE_RATE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

SILENCE = -70.0
"""LUFS at and below which there is nothing to measure: the gate of the standard."""


@dataclass(frozen=True, slots=True)
class Loudness:
    """What a meter says of a whole sound.

    Attributes:
        integrated: LUFS; -70 for silence.
        true_peak: dBTP; -inf for silence.
        spread: the loudness range in LU.
    """

    integrated: float
    true_peak: float
    spread: float


class Meter:
    """Takes a sound block by block."""

    def __init__(self) -> None:
        self._graph = av.filter.Graph()
        self._graph.threads = 1
        source = self._graph.add(
            "abuffer",
            f"sample_rate={SAMPLE_RATE}:sample_fmt=flt:channel_layout=stereo:time_base=1/{SAMPLE_RATE}",
        )
        meter = self._graph.add("ebur128", "metadata=1:peak=true:framelog=quiet")
        sink = self._graph.add("abuffersink")
        source.link_to(meter, 0, 0)
        meter.link_to(sink, 0, 0)
        self._graph.configure()
        self._source, self._sink = source, sink
        self._given = 0
        self._peak = 0.0
        self._integrated = SILENCE
        self._spread = 0.0

    def push(self, sound: NDArray[np.float32]) -> None:
        """Take ``n`` × 2 samples."""
        if not sound.shape[0]:
            return
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(sound).reshape(1, -1), format="flt", layout="stereo"
        )
        frame.sample_rate = SAMPLE_RATE
        frame.pts = self._given
        self._given += sound.shape[0]
        self._source.push(frame)
        self._pull()

    def finish(self) -> Loudness:
        """The result; the meter is of no use afterwards."""
        # Its first window closes after 400 ms: shorter sounds are measured with silence behind them.
        if 0 < self._given < SAMPLE_RATE // 2:
            self.push(np.zeros((SAMPLE_RATE // 2, 2), dtype=np.float32))
        self._source.push(None)
        self._pull()
        peak = 20 * float(np.log10(self._peak)) if self._peak > 0 else -np.inf
        return Loudness(self._integrated, peak, self._spread)

    def _pull(self) -> None:
        while True:
            try:
                said = self._sink.pull().metadata
            except (av.BlockingIOError, av.EOFError):
                return
            self._integrated = max(SILENCE, _number(said.get("lavfi.r128.I"), self._integrated))
            self._spread = _number(said.get("lavfi.r128.LRA"), self._spread)
            for channel in ("ch0", "ch1"):
                self._peak = max(self._peak, _number(said.get(f"lavfi.r128.true_peaks_{channel}"), 0.0))


def loudness_of(blocks: Iterable[NDArray[np.float32]]) -> Loudness:
    """Measure a whole sound."""
    meter = Meter()
    for block in blocks:
        meter.push(block)
    return meter.finish()


def _number(said: str | None, otherwise: float) -> float:
    try:
        number = float(said) if said is not None else otherwise
    except ValueError:
        return otherwise
    return number if np.isfinite(number) else otherwise
