"""The samples of one file by their place: sample 0 is the source's time 0, whatever the codec put in front.

Samples are counted from the beginning, or from where a seek came out. Where a container's times are too coarse to
tell a sample (Matroska and WebM: milliseconds), a seek is trusted only if all packets are of one length, which then
says exactly where each can begin; else everything before is decoded.
"""

from __future__ import annotations

from collections import deque
from fractions import Fraction
from itertools import chain, islice
from typing import TYPE_CHECKING, Self

import av

from framewright.sound.errors import clock
from framewright.sound.gathering import Gathering
from framewright.sound.onward import WORTH, IrregularError, read_on, suits
from framewright.sound.opening import open_sound
from framewright.sound.planes import silent

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from av.audio.frame import AudioFrame
    from numpy.typing import NDArray

    from framewright.sound.errors import Origin
    from framewright.sound.gathering import Block

# Seconds in which codecs that carry something over from packet to packet are right again: MP3's reservoir, Opus' 80 ms.
_RUN_UP = 1
# Seconds below which reading on is quicker than seeking.
_NEAR = 6
# Seconds that may be missing at the end of a file, whose writer may have rounded.
_SHORT = Fraction(1, 10)
_MEASURED_FRAMES = 6
_JUDGED_FRAMES = 5


class Decoder:
    """Reads any stretch of a file's sound; quickest in order.

    Args:
        origin: is named in errors.

    Attributes:
        rate: samples a second.

    Raises:
        SoundError: as :func:`open_sound`.
    """

    def __init__(self, origin: Origin) -> None:
        self._origin = origin
        self._sound = open_sound(origin)
        self.rate = self._sound.rate
        self._blocks: deque[Block] = deque()
        self._gathering = Gathering(origin, self.rate)
        self._frames: Iterator[AudioFrame] = iter(())
        self._ended = False
        self._leaning = False
        self._suits = suits(self._sound)
        self._worth_at: int | None = None
        self._grid: tuple[int, int] | None = None
        self._measured = False
        self._length = self._sound.stop
        self._places = _placing(
            self._sound.stream.time_base or Fraction(1, self.rate), self._sound.zero, self.rate
        )
        self._begin_whole()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._frames = iter(())
        self._blocks.clear()
        self._sound.close()

    def read(self, first: int, count: int) -> NDArray[np.float32]:
        """``count`` × 2 samples from sample ``first`` on: silence before the beginning and behind the end.

        Raises:
            SoundError: ``SOUND_CORRUPT`` with the time, ``SOUND_UNSUPPORTED``.
        """
        last = first + count
        if self._sound.stop is not None:
            last = min(last, self._sound.stop)
        if last <= max(first, 0):
            return silent(count)
        self._go_to(max(first, 0))
        while self._gathering.settled < last and self._decode():
            self._forget(first)
        if self._blocks and self._blocks[0][0] == first and self._blocks[0][1].shape[0] == count:
            whole = self._blocks[0][1]
            if whole.flags.writeable:
                # Most often in a long mix: nobody else needs it, and so it need not be copied.
                self._blocks.popleft()
                return whole
        taken = silent(count)
        for place, block in self._blocks:
            low, high = max(place, first), min(place + block.shape[0], last)
            if low < high:
                taken[low - first : high - first] = block[low - place : high - place]
        self._forget(last)
        return taken

    @property
    def known_length(self) -> int | None:
        """The sample behind the last one, once that is known."""
        if self._length is None and self._ended:
            self._length = self._gathering.settled
        return self._length

    def length(self) -> int:
        """The sample behind the last one.

        Raises:
            SoundError: as :meth:`read`.
        """
        if self._length is None:
            stream = self._sound.stream
            if stream.duration and stream.time_base:
                seconds = stream.duration * stream.time_base
                self._go_to(max(self._sound.start + int((seconds - 2) * self.rate), 0))
            while self._decode():
                self._forget(self._gathering.settled)
            self._length = self._gathering.settled
        return self._length

    def _go_to(self, first: int) -> None:
        """Have sample ``first`` among the blocks, or be at the end."""
        kept = self._blocks[0][0] if self._blocks else self._gathering.settled
        if first < kept or (first > self._gathering.settled + _NEAR * self.rate and not self._ended):
            far = first > _NEAR * self.rate + self._sound.start
            if not (far and self._seek(first)) and first < kept:
                self._rewind()
        while self._gathering.settled <= first and self._decode():
            self._forget(first)

    def _begin(self, place: int) -> None:
        self._blocks.clear()
        self._ended = False
        self._worth_at = None
        self._gathering.begin(place, timed=self._sound.timed)
        self._frames = self._decoding()

    def _rewind(self) -> None:
        # Opened anew: a seek to the beginning does not drop the priming again in every container.
        self._frames = iter(())
        self._sound.close()
        self._sound = open_sound(self._origin)
        self._leaning = False
        self._begin_whole()

    def _begin_whole(self) -> None:
        self._begin(self._sound.start)
        if self._suits:
            self._worth_at = self._sound.start + WORTH * self.rate

    def _seek(self, first: int) -> bool:
        """Stand before ``first``; False: this file must be read from where it is, or from its beginning."""
        base = self._sound.stream.time_base
        if base is None:
            return False
        coarse = base * self.rate > 1
        if coarse and not self._measured:
            self._measure()
        if coarse and self._grid is None:
            return False
        moment = Fraction(first, self.rate) - _RUN_UP + self._sound.zero
        try:
            self._sound.container.seek(int(moment / base), stream=self._sound.stream, backward=True)
        except (av.FFmpegError, OSError):
            return False
        self._leaning = True
        coming = self._decoding()
        frames = list(islice(coming, _JUDGED_FRAMES))
        place = self._landed(frames)
        if place is not None and coarse:
            # By its end: some decoders drop the codec's delay from the first packet behind a seek as well.
            end = self._snapped(place + frames[0].samples, 2 * base * self.rate)
            place = None if end is None else end - frames[0].samples
        if place is None or place > first:
            self._rewind()
            return True
        self._begin(place)
        self._frames = chain(frames, coming)
        return True

    def _landed(self, frames: list[AudioFrame]) -> int | None:
        """The place of the first frame behind a seek, as most of the first frames say: Vorbis times some of them wrongly."""
        said, before = [], 0
        for frame in frames:
            place = self._place(frame)
            if place is not None:
                said.append(place - before)
            before += frame.samples
        return sorted(said)[len(said) // 2] if said else None

    def _measure(self) -> None:
        """Find out whether all packets are of one length."""
        self._measured = True
        self._rewind()
        frames = list(islice(self._frames, _MEASURED_FRAMES))
        sizes = [frame.samples for frame in frames]
        if len(sizes) > 2 and len(set(sizes[1:])) == 1:
            # The first one is shorter when priming was cut from it.
            self._grid = self._sound.start + sizes[0], sizes[1]
        self._rewind()

    def _snapped(self, place: int, tolerance: Fraction) -> int | None:
        assert self._grid is not None
        origin, size = self._grid
        snapped = origin + size * round(Fraction(place - origin, size))
        return snapped if abs(snapped - place) <= tolerance else None

    def _decode(self) -> bool:
        """Have more ready; False: there is no more."""
        if self._ended:
            return False
        before = self._gathering.settled
        if self._worth_at is not None and before >= self._worth_at:
            self._worth_at = None
            self._frames = read_on(self._origin.path, self._sound, self._gathering.end)
        try:
            for frame in self._frames:
                self._take(frame)
                if self._gathering.settled > before:
                    return True
        except IrregularError:
            self._suits = False
            self._rewind()
            return True
        self._ended = True
        self._blocks.extend(self._gathering.settle())
        self._check_end()
        return self._gathering.settled > before

    def _take(self, frame: AudioFrame) -> None:
        self._leaning = False
        self._blocks.extend(self._gathering.add(frame, self._place(frame)))

    def _forget(self, before: int) -> None:
        while self._blocks and self._blocks[0][0] + self._blocks[0][1].shape[0] <= before:
            self._blocks.popleft()

    def _place(self, frame: AudioFrame) -> int | None:
        """The nearest sample to a frame's own time."""
        if frame.pts is None:
            return None
        factor, added, divisor = self._places
        return (frame.pts * factor + added) // divisor

    def _check_end(self) -> None:
        promised, end = self._sound.promised, self._gathering.settled
        if promised is not None and promised - end > _SHORT * self.rate:
            raise self._origin.error(
                "SOUND_CORRUPT",
                f"ends after {clock(max(0, end) / self.rate)} though it says that it is {clock(promised / self.rate)} long",
            )

    def _decoding(self) -> Iterator[AudioFrame]:
        try:
            for packet in self._sound.container.demux(self._sound.stream):
                try:
                    frames = packet.decode()
                except av.EOFError:
                    return
                except av.FFmpegError:
                    # Right behind a seek, a packet may lean on one that was not read.
                    if self._leaning:
                        continue
                    raise
                yield from frames
        except (av.FFmpegError, OSError) as error:
            at = clock(max(0, self._gathering.end) / self.rate)
            raise self._origin.error(
                "SOUND_CORRUPT", f"is damaged at {at} ({error.strerror or error})"
            ) from error


def _placing(base: Fraction, zero: Fraction, rate: int) -> tuple[int, int, int]:
    """Whole numbers f, a, d with which ``(pts × f + a) // d`` is the sample nearest to a time: one a frame adds up."""
    factor, shift = base * rate, zero * rate
    divisor = 2 * factor.denominator * shift.denominator
    return int(factor * divisor), int(-shift * divisor) + divisor // 2, divisor
