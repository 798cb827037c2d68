"""What is heard of a composition, from its beginning to its end: by its attributes, or by going through it beside the render.

Where scripts may change a volume, or what plays, only time tells. A guest page then goes through all frames, from 0 on, since
what scripts have done stays done; nothing of it is drawn, and no picture of a video is fetched.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from framewright.model.errors import CompositionError, FramewrightError
from framewright.model.frames import FrameRange
from framewright.model.logs import get_logger

if TYPE_CHECKING:
    from framewright.composition.sounds import Collected
    from framewright.model.composition import Notice
    from framewright.model.media import MediaUse
    from framewright.model.sound import Dropped, SoundGroup, SoundTrack
    from framewright.render.opening import Opened
    from framewright.render.theatre import Performance, Theatre

PATIENCE = 300.0
"""Seconds that the rest of a composition may take. A page that is slower is looked at in wider steps: its tweened volumes
then come out coarser, and nothing else."""
MOST_STEP = 8
_TELLING = 5.0

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Heard:
    """What goes into the mix. Times are seconds on the clock of the composition, also for a part of it.

    Attributes:
        dropped: what could have been heard and is not, and why.
        media: every video and sound of the page, with the times in which it plays.
        notices: warnings that are new since the page was opened.
        passed: the page was gone through; False: its attributes told all.
    """

    tracks: tuple[SoundTrack, ...] = ()
    groups: tuple[SoundGroup, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    media: tuple[MediaUse, ...] = ()
    notices: tuple[Notice, ...] = ()
    passed: bool = False


async def listen(theatre: Theatre, opened: Opened) -> Heard:
    """Find out what is heard, up to the last frame that is rendered. It may run beside the render.

    Args:
        theatre: where a page is opened beside the first one.

    Raises:
        CompositionError: something that is to be heard cannot be read; or the page could not be gone through.
        BrowserError: likewise.
    """
    page = opened.first.description
    if not (page.scripted and await _may_change(opened)):
        _refuse_unreadable(page.media)
        return Heard(page.sounds.tracks, page.sounds.groups, page.sounds.dropped, page.media)
    sounds, media, notices = await _go_through(theatre, opened)
    _refuse_unreadable(media)
    _log.info("listened", frames=opened.timing.range.stop, tracks=len(sounds.tracks))
    known = frozenset(page.notices)
    fresh = tuple(notice for notice in notices if notice not in known)
    return Heard(sounds.tracks, sounds.groups, sounds.dropped, media, fresh, passed=True)


def _refuse_unreadable(media: tuple[MediaUse, ...]) -> None:
    """Nothing that is to be heard may silently become silence."""
    for use in media:
        if use.failure is not None and use.unheard is None:
            raise CompositionError(f"{use.kind} {use.element}: {use.failure.message}", code=use.failure.code)


async def _may_change(opened: Opened) -> bool:
    """Whether scripts may change what is heard; so it is taken where the first browser has ended by now."""
    try:
        return await opened.first.may_be_heard()
    except FramewrightError as error:
        if not error.retryable:
            raise
        return True


async def _go_through(theatre: Theatre, opened: Opened) -> Collected:
    """In the first browser; in another one when that ends before, as it may when its share of the frames is done."""
    try:
        return await _listen_beside(theatre, opened, opened.first)
    except FramewrightError as error:
        if not error.retryable:
            raise
        _log.warning("listening_repeated", code=error.code, message=error.message)
    host = await theatre.open(opened.size)
    try:
        return await _listen_beside(theatre, opened, host)
    finally:
        await theatre.close(host)


async def _listen_beside(theatre: Theatre, opened: Opened, host: Performance) -> Collected:
    timing = opened.timing
    guest = await theatre.open_beside(host, listening=True)
    try:
        began = time.monotonic()
        frame, step = 0, 1
        while frame < timing.range.stop:
            frame = await guest.listen_through(FrameRange(frame, timing.range.stop), timing.rate, step=step)
            step = wide_step(frame, timing.range.stop, time.monotonic() - began)
        return await guest.sounds()
    finally:
        await guest.close()


def wide_step(done: int, stop: int, seconds: float) -> int:
    """So many frames at a time that the rest takes no longer than :data:`PATIENCE`, at the pace so far.

    Args:
        done: frames that lie behind.
        stop: frames in all.
        seconds: that this took; short ones tell nothing.
    """
    if seconds < _TELLING or done == 0:
        return 1
    left = (stop - done) * seconds / done
    return min(MOST_STEP, max(1, math.ceil(left / PATIENCE)))
