"""What the frames of a composition cost: some are drawn on a page of their own, and timed."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from framewright.capture import CaptureKind, FullPageSource
from framewright.model.composition import ClipKind
from framewright.model.frames import FrameRange
from framewright.model.logs import get_logger
from framewright.model.media import Transfer
from framewright.render.audit import fresh
from framewright.render.mode_choice import Mode
from framewright.schedule.costs import CostCurve
from framewright.schedule.cutting import FEWEST_FRAMES, OPENINGS
from framewright.schedule.sounding import Sounding, remembered

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from framewright.model.composition import Clip
    from framewright.model.frames import FrameRate
    from framewright.model.picture import Layer
    from framewright.model.report import SlowRange
    from framewright.render.opening import Opened
    from framewright.render.theatre import Performance

USUAL_COST = 0.033
"""Seconds of a frame of which nothing is known."""
USUAL_OPENING = 0.6
"""Seconds of one processor until a browser has started; loading the page comes on top."""
BUDGET = 1.0
"""Seconds that measuring may take, or :data:`SHARE` of what the render is expected to take, if that is more."""
SHARE = 0.02
LONGEST = 8.0
FEWEST_SAMPLES = 3
# Bringing a picture of the stream to the encoder, a device pixel: the draw itself is timed.
_STREAM_PIXEL = 4e-9
# Making ten bits of a device pixel; and what is drawn where HDR footage is seen, besides the first picture.
_BRIGHT_PIXEL = 5e-8
_LAYERS: tuple[Layer, ...] = ("white", "high", "low")

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Measured:
    """What frames cost.

    Attributes:
        curve: seconds that one browser takes.
        opening: seconds until one more browser is ready.
        source: ``sampled``, ``remembered`` from earlier renders, or ``flat``: not known.
        samples: frames that were drawn for it.
        seconds: that measuring took.
    """

    curve: CostCurve
    opening: float
    source: str
    samples: int = 0
    seconds: float = 0.0


def may_be_cut(frames: FrameRange, *, chunks: int | None, chunk_frames: int | None) -> bool:
    """Whether costs can matter: more than one chunk is possible, and their number or ends follow from costs."""
    if chunk_frames is not None or chunks == 1:
        return False
    # With no word on the number, one chunk is enough for whatever a few openings outweigh.
    usual = 2 * OPENINGS * USUAL_OPENING / USUAL_COST
    return len(frames) >= (2 if chunks is not None else max(2 * FEWEST_FRAMES, usual / 2))


async def measure_costs(
    opened: Opened,
    kind: CaptureKind,
    *,
    transfer: Transfer = Transfer.SDR,
    blocks: Sequence[SlowRange] = (),
    budget: float | None = None,
) -> Measured:
    """Draw some frames and time them, on a page beside the first one: that one stays as it is.

    In run mode frames cannot be reached alone: all then count alike.

    Args:
        kind: how pictures will be taken.
        transfer: of the output.
        blocks: real times of earlier renders of the same pictures; they take the place of samples if they tell of nearly all.
        budget: seconds, in place of :data:`BUDGET` and what follows from it.

    Raises:
        CompositionError, BrowserError: the page could not be drawn.
    """
    frames = opened.timing.range
    known = remembered(((FrameRange(one.start, one.stop), one.seconds) for one in blocks), frames)
    if known is not None:
        return Measured(known, USUAL_OPENING, "remembered")
    if opened.mode is Mode.RUN:
        return Measured(CostCurve.flat(USUAL_COST), USUAL_OPENING, "flat")
    began = time.monotonic()
    async with fresh(opened) as performance:
        loading = time.monotonic() - began
        sounding = Sounding(frames, boundaries(opened.first.description.clips, opened.timing.rate))
        draw = _Draw(opened, performance, kind, transfer)
        if transfer is not Transfer.SDR:
            await performance.brighten(transfer)
        spent = await _sound(opened, draw, sounding, budget)
    curve = sounding.curve()
    seconds = time.monotonic() - began
    _log.info("costs_measured", samples=sounding.samples, drawing=round(spent, 3), seconds=round(seconds, 3))
    if curve is None:
        return Measured(CostCurve.flat(USUAL_COST), USUAL_OPENING + loading, "flat", seconds=seconds)
    return Measured(curve, USUAL_OPENING + loading, "sampled", sounding.samples, seconds)


def boundaries(clips: Iterable[Clip], rate: FrameRate) -> tuple[int, ...]:
    """Frames at which clips that can be seen begin, and those after their ends."""
    found: set[int] = set()
    for clip in clips:
        if clip.hidden or clip.kind is ClipKind.AUDIO:
            continue
        ends = [clip.start] if clip.duration is None else [clip.start, clip.start + clip.duration]
        found.update(round(end * float(rate.value)) for end in ends)
    return tuple(sorted(found))


async def _sound(opened: Opened, draw: _Draw, sounding: Sounding, budget: float | None) -> float:
    """Time frames until the budget is spent; what was drawn in all."""
    frames = opened.timing.range
    # The first draw of a page warms up what all others use.
    await draw.frame(frames.start)
    began = time.monotonic()
    while (frame := sounding.next()) is not None:
        # What a leap costs is no part of a frame: the one before it is drawn first.
        if frame > 0:
            await draw.frame(frame - 1)
        sounding.note(frame, await draw.frame(frame))
        spent = time.monotonic() - began
        if sounding.samples >= FEWEST_SAMPLES and spent >= _allowed(sounding, frames, budget):
            break
        if spent >= LONGEST:
            break
    return time.monotonic() - began


def _allowed(sounding: Sounding, frames: FrameRange, budget: float | None) -> float:
    if budget is not None:
        return budget
    curve = sounding.curve()
    expected = 0.0 if curve is None else curve.of(frames)
    if expected < OPENINGS * USUAL_OPENING:
        return SHARE * expected  # not worth a second chunk that nobody has asked for
    return min(LONGEST, max(BUDGET, SHARE * expected))


class _Draw:
    """Draws frames as a worker would, as near as can be told without taking every picture out."""

    def __init__(
        self, opened: Opened, performance: Performance, kind: CaptureKind, transfer: Transfer
    ) -> None:
        self._rate = opened.timing.rate
        self._performance = performance
        self._png = kind is CaptureKind.SCREENSHOT
        self._full = FullPageSource(performance.page, opened.drawn) if kind is CaptureKind.FULL_PAGE else None
        self._carrying = opened.drawn.area * _STREAM_PIXEL if kind is CaptureKind.STREAM else 0.0
        self._bright = transfer is not Transfer.SDR
        if self._bright:
            self._carrying = opened.drawn.area * _BRIGHT_PIXEL
        self._last = -1
        self._still_until = 0.0

    async def frame(self, frame: int) -> float:
        """Seconds of one frame; next to none where the page says that its picture holds."""
        began = time.monotonic()
        seconds = self._rate.time_of(frame)
        if self._full is not None:
            await self._full.capture(self._performance, FrameRange(frame, frame + 1), self._rate)
            return time.monotonic() - began
        step = await self._performance.seek(seconds)
        holds = frame == self._last + 1 and float(seconds) < self._still_until
        self._last, self._still_until = frame, step.still_until or 0.0
        if holds:
            return 0.0
        drawn = await self._performance.page.begin_frame(png=self._png)
        if self._bright and await self._performance.bright():
            for layer in _LAYERS:
                await self._performance.paint(layer)
                await self._performance.page.begin_frame(png=True)
        return time.monotonic() - began + (self._carrying if drawn.damage else 0.0)
