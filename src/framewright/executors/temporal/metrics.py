"""What a worker counts, for whoever watches a cluster."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from temporalio.common import MetricMeter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from framewright.executors.temporal.hands import Hands

_PREFIX = "framewright_"


class Metrics:
    """Counters beside those of Temporal's own.

    Args:
        meter: of the runtime; by default nothing is counted.
    """

    def __init__(self, meter: MetricMeter = MetricMeter.noop) -> None:
        self._chunks = meter.create_counter(
            f"{_PREFIX}chunks", "Chunks by outcome: rendered, reused, failed, cancelled"
        )
        self._frames = meter.create_counter(f"{_PREFIX}frames", "Frames that were rendered here")
        self._seconds = meter.create_histogram_float(f"{_PREFIX}stage_seconds", "Time that a stage took", "s")
        self._bytes = meter.create_counter(
            f"{_PREFIX}bytes", "Bytes of pieces and files, sent and fetched", "By"
        )
        self._busy = meter.create_gauge(f"{_PREFIX}slots_busy", "Slots that render a chunk")

    def chunk(self, outcome: str, frames: int = 0) -> None:
        """A chunk came to its end."""
        self._chunks.add(1, {"outcome": outcome})
        if frames:
            self._frames.add(frames)

    def moved(self, direction: str, size: int) -> None:
        """Bytes were ``sent`` to the store, or ``fetched``."""
        self._bytes.add(size, {"direction": direction})

    def note_busy(self, hands: Hands) -> None:
        """How many slots are at work now."""
        self._busy.set(hands.busy)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time a block, also one that fails."""
        began = time.monotonic()
        try:
            yield
        finally:
            self._seconds.record(time.monotonic() - began, {"stage": name})
