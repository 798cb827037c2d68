"""When a video or a sound plays, on the clock of the page, and how much of that is left of what stands around it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from framewright.composition.sounds.told import Play, ToldSound

# Shorter than a sample: nothing is heard of it.
NOTHING = 1 / 96_000


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time in which a source plays. Seconds of the page but for ``offset`` and ``skip``, as of a track.

    Attributes:
        stop: None: as long as the page lasts.
        gone: seconds that were cut off at its front.
        whole: when it would end, were it not cut; None: never.
        address: of its source, where the element has another one by now.
    """

    start: float
    stop: float | None
    offset: float
    rate: float
    loop: bool
    skip: float = 0.0
    gone: float = 0.0
    whole: float | None = None
    address: str | None = None

    @property
    def duration(self) -> float | None:
        """Seconds of the page."""
        return None if self.stop is None else self.stop - self.start


def stretches(sound: ToldSound) -> Iterator[Stretch]:
    """The times in which it plays and all around it is shown. What scripts play beats a place without a start."""
    for whole in _whole(sound):
        cut = _cut(whole, *sound.window)
        if cut is not None:
            yield cut


def _whole(sound: ToldSound) -> Iterator[Stretch]:
    if not sound.plays:
        if sound.placed:
            stop = None if sound.duration is None else sound.start + sound.duration
            yield Stretch(sound.start, stop, sound.offset, sound.rate, sound.loop)
        return
    for play in _joined(sound.plays):
        gone = max(0.0, play.offset - sound.offset) if play.loop else 0.0
        yield Stretch(
            play.start, play.stop, play.offset - gone, play.rate, play.loop, gone, address=play.address
        )


def _cut(whole: Stretch, opens: float, closes: float | None) -> Stretch | None:
    start = max(whole.start, opens, 0.0)
    stop = min((one for one in (whole.stop, closes) if one is not None), default=None)
    if stop is not None and stop - start <= NOTHING:
        return None
    gone = start - whole.start
    way = gone * whole.rate
    return Stretch(
        start=start,
        stop=stop,
        offset=max(0.0, whole.offset if whole.loop else whole.offset + way),
        rate=whole.rate,
        loop=whole.loop,
        skip=whole.skip + way if whole.loop else 0.0,
        gone=gone,
        whole=whole.stop,
        address=whole.address,
    )


def _joined(plays: tuple[Play, ...]) -> list[Play]:
    """Without the seams at which a source just goes on."""
    found: list[Play] = []
    for play in plays:
        last = found[-1] if found else None
        if last is not None and _goes_on(last, play):
            found[-1] = last.model_copy(update={"stop": play.stop})
        else:
            found.append(play)
    return found


def _goes_on(last: Play, play: Play) -> bool:
    before, after = ((one.rate, one.loop, one.address) for one in (last, play))
    if last.stop != play.start or before != after or play.loop:
        return False
    return abs(last.offset + (play.start - last.start) * last.rate - play.offset) < NOTHING
