"""Decoded frames, small and in the codec's format, become blocks of stereo samples that know their place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import av
import numpy as np

from framewright.sound.channels import shares, to_stereo
from framewright.sound.errors import clock

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from numpy.typing import NDArray

    from framewright.sound.errors import Origin

SLACK = 0.025
"""Seconds that a container's times may be off without meaning a gap: jitter of whoever wrote it, or read it."""

Block = tuple[int, "NDArray[np.float32]"]
"""The place of the first sample, and samples × 2."""

# Conversion costs much the same for one frame as for many: this many samples are converted at once.
_GATHERED = 32_768
# 120 dB above full scale: no sound, but numbers that were never samples.
_LOUDEST = 1e6


class Gathering:
    """Joins frames while they follow each other.

    Samples are counted; the frames' own places only show gaps and overlaps.

    Attributes:
        end: the sample behind the last one that was added.
        settled: the sample behind the last one that was handed out.
    """

    def __init__(self, origin: Origin, rate: int) -> None:
        self._origin = origin
        self._rate = rate
        self._slack = int(SLACK * rate)
        self._fifo: av.AudioFifo | None = None
        self._weights: dict[str, NDArray[np.float32]] = {}
        self._timed = True
        self.end = self.settled = 0

    def begin(self, place: int, *, timed: bool) -> None:
        """Start anew.

        Args:
            place: of the next frame's first sample.
            timed: gaps are meant; else they show that something is lost.
        """
        self._timed = timed
        self._fifo = None
        self.end = self.settled = place

    def add(self, frame: AudioFrame, place: int | None) -> list[Block]:
        """Take a frame; hand out what is worth converting.

        Args:
            place: of the frame's first sample, by its own time; None: it does not say.

        Raises:
            SoundError: ``SOUND_UNSUPPORTED``, ``SOUND_CORRUPT``.
        """
        blocks: list[Block] = []
        if place is not None and abs(place - self.end) > self._slack:
            blocks += self.settle()
            if place < self.end:
                return blocks + self._overlapping(frame, place)
            if not self._timed:
                lost = (place - self.end) / self._rate
                raise self._origin.error(
                    "SOUND_CORRUPT",
                    f"is damaged at {clock(self.end / self._rate)}: {lost:.3f} s are lost there",
                )
            self.end = self.settled = place
        if self._fifo is None and frame.samples >= _GATHERED:
            blocks.append((self.end, self._stereo(frame)))
            self.end = self.settled = self.end + frame.samples
            return blocks
        frame.pts = None
        if self._fifo is None:
            self._fifo = av.AudioFifo()
        try:
            self._fifo.write(frame)
        except ValueError:  # another format than before
            blocks += self.settle()
            self._fifo = av.AudioFifo()
            self._fifo.write(frame)
        self.end += frame.samples
        if self.end - self.settled >= _GATHERED:
            blocks += self.settle()
        return blocks

    def settle(self) -> list[Block]:
        """Hand out all that was added."""
        frame = self._fifo.read(partial=True) if self._fifo is not None and self.end > self.settled else None
        self._fifo = None
        if frame is None:
            return []
        block = (self.settled, self._stereo(frame))
        self.settled = self.end
        return [block]

    def _overlapping(self, frame: AudioFrame, place: int) -> list[Block]:
        """Of a frame that begins before the end of the one before, only what is new."""
        known = self.end - place
        if known >= frame.samples:
            return []
        block = (self.end, self._stereo(frame)[known:])
        self.end = self.settled = place + frame.samples
        return [block]

    def _stereo(self, frame: AudioFrame) -> NDArray[np.float32]:
        if frame.sample_rate != self._rate:
            raise self._origin.error(
                "SOUND_UNSUPPORTED",
                f"changes from {self._rate} to {frame.sample_rate} samples a second"
                f" at {clock(self.settled / self._rate)}",
            )
        layout = frame.layout
        weights = self._weights.get(layout.name)
        if weights is None:
            weights = self._weights[layout.name] = shares([channel.name for channel in layout.channels])
        planes = frame.to_ndarray()
        sound = planes.T if frame.format.is_planar else planes.reshape(-1, layout.nb_channels)
        return to_stereo(self._scaled(sound), weights)

    def _scaled(self, sound: NDArray[np.generic]) -> NDArray[np.float32]:
        """Full scale becomes 1."""
        if sound.dtype.kind == "u":
            half = 2 ** (8 * sound.dtype.itemsize - 1)
            scaled = sound.astype(np.float32, order="F")
            scaled -= np.float32(half)
            scaled /= np.float32(half)
            return scaled
        if sound.dtype.kind == "i":
            scaled = sound.astype(np.float32, order="F")
            scaled *= np.float32(2.0 ** -(8 * sound.dtype.itemsize - 1))
            return scaled
        with np.errstate(over="ignore"):
            scaled = sound.astype(np.float32, order="F", copy=False)
        # Not-a-number makes each comparison false.
        if scaled.size and not (float(scaled.max()) <= _LOUDEST and float(scaled.min()) >= -_LOUDEST):
            raise self._origin.error(
                "SOUND_CORRUPT", f"holds numbers near {clock(self.settled / self._rate)} that are no samples"
            )
        return scaled
