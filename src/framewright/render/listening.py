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
    from types import TracebackType
    from typing import Self

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


class Listening:
    """Finding out what is heard. An async context manager, entered before a picture of the page is captured.

    A browser that opens one page loses pictures of another that it streams, and waits for them for seconds: so the
    guest is opened on entry, where there has to be one.

    Args:
        theatre: where a page is opened beside the first one.
        opened: the composition.
    """

    def __init__(self, theatre: Theatre, opened: Opened) -> None:
        self._theatre = theatre
        self._opened = opened
        self._guest: Performance | None = None
        self._passes = False

    async def __aenter__(self) -> Self:
        page = self._opened.first.description
        self._passes = page.scripted and await _may_change(self._opened)
        if self._passes:
            try:
                self._guest = await self._theatre.open_beside(self._opened.first, listening=True)
            except FramewrightError as error:
                if not error.retryable:
                    raise
                _log.warning("listening_repeated", code=error.code, message=error.message)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._dismiss()

    async def listen(self) -> Heard:
        """Find out what is heard, up to the last frame that is rendered. It may run beside the render, and once.

        Raises:
            CompositionError: something that is to be heard cannot be read; or the page could not be gone through.
            BrowserError: likewise.
        """
        page = self._opened.first.description
        if not self._passes:
            _refuse_unreadable(page.media)
            return Heard(page.sounds.tracks, page.sounds.groups, page.sounds.dropped, page.media)
        sounds, media, notices = await self._go_through()
        _refuse_unreadable(media)
        _log.info("listened", frames=self._opened.timing.range.stop, tracks=len(sounds.tracks))
        known = frozenset(page.notices)
        fresh = tuple(notice for notice in notices if notice not in known)
        return Heard(sounds.tracks, sounds.groups, sounds.dropped, media, fresh, passed=True)

    async def _go_through(self) -> Collected:
        """In the first browser; in another one when that ends before, as it may when its share of the frames is done."""
        if self._guest is not None:
            try:
                return await _listen_to(self._guest, self._opened)
            except FramewrightError as error:
                if not error.retryable:
                    raise
                _log.warning("listening_repeated", code=error.code, message=error.message)
            finally:
                await self._dismiss()
        host = await self._theatre.open(self._opened.size)
        try:
            guest = await self._theatre.open_beside(host, listening=True)
            try:
                return await _listen_to(guest, self._opened)
            finally:
                await guest.close()
        finally:
            await self._theatre.close(host)

    async def _dismiss(self) -> None:
        guest, self._guest = self._guest, None
        if guest is not None:
            await guest.close()


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


async def _listen_to(guest: Performance, opened: Opened) -> Collected:
    timing = opened.timing
    began = time.monotonic()
    frame, step = 0, 1
    while frame < timing.range.stop:
        frame = await guest.listen_through(FrameRange(frame, timing.range.stop), timing.rate, step=step)
        step = wide_step(frame, timing.range.stop, time.monotonic() - began)
    return await guest.sounds()


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
