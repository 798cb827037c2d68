"""The page whose clock obeys: opened, described, and moved from frame to frame."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from framewright.composition.answers import (
    each_once,
    refuse,
    refuse_lost,
    refuse_problems,
    understanding,
)
from framewright.composition.font_look import look_at_fonts
from framewright.composition.fonts import font_notices, font_uses
from framewright.composition.injection import RuntimeConfig, runtime_source
from framewright.composition.screens import seat_screens
from framewright.composition.sounds import Collected, ToldSounds, collect
from framewright.composition.wishes import Wishes
from framewright.model.composition import Description, Notice, Step
from framewright.model.errors import CompositionError
from framewright.model.logs import get_logger
from framewright.model.size import Size

if TYPE_CHECKING:
    from fractions import Fraction

    from framewright.browser import Page
    from framewright.composition.fonts import Text
    from framewright.composition.footage import Line
    from framewright.composition.project import Project
    from framewright.composition.site import Site
    from framewright.model.fonts import FontSet
    from framewright.model.frames import FrameRange, FrameRate
    from framewright.model.media import Transfer
    from framewright.model.picture import Layer

_log = get_logger(__name__)

USUAL_SIZE = Size(1920, 1080)
# Seconds between two questions whether the page is ready.
_LOADING_AIR = 5.0
_LOADING_PAUSE = 0.02
_TAKE = "(name => {{ const taken = window[name]; delete window[name]; return taken; }})({name})"
_SIZE = "function () { return this.size(); }"
_PREPARE = "function (fetching) { return this.prepare(fetching); }"
_SEEK = "function (seconds) { return this.seek(seconds); }"
_PASSAGE = "function (...given) { return this.pass(...given); }"
_LISTEN = "function (...given) { return this.listen(...given); }"
_MAY_BE_HEARD = "function () { return this.mayBeHeard(); }"
_SOUNDS = "function () { return this.sounds(); }"
_COVER = "function (grey) { return this.cover(grey); }"
_SUBTITLES = "function (told) { this.subtitles(told); }"
_PLACED = "function () { return this.placed(); }"
_BRIGHTEN = "function (light) { return this.brighten(light); }"
_BRIGHT = "function () { return this.bright(); }"
_PAINT = "function (layer) { this.paint(layer); }"
_DESCRIBE = "function () { return this.describe(); }"
_NOTHING_NEW = Step()


class Passage(NamedTuple):
    """What came of going through some frames.

    Attributes:
        reached: the frame behind the last one.
        hears_draws: the page does something when it is drawn, so it must be drawn now, and in each frame from here on.
        notices: warnings that are new.
    """

    reached: int
    hears_draws: bool
    notices: tuple[Notice, ...]


class Stage:
    """One open page under our clock. Drawing is not its business.

    Attributes:
        description: what the page said of itself at 0 seconds, with the warnings up to then.
        size: the page's size in CSS pixels, which the viewport has by now.
    """

    def __init__(self, page: Page, control: str, link: str, timeout: float) -> None:
        self._page = page
        self._control = control
        self._link = link
        self._timeout = timeout
        self.size = USUAL_SIZE
        self.description: Description

    @classmethod
    async def open(
        cls,
        page: Page,
        project: Project | Site,
        origin: str,
        wishes: Wishes | None = None,
        footage: Line | None = None,
    ) -> Self:
        """Load a project's page, wait until it is ready, stop its clock at 0 and let it describe itself.

        Args:
            page: a fresh page.
            project: what to open.
            origin: of the file server that serves the project's root.
            wishes: see :class:`Wishes`.
            footage: answers what the page asks of its sources, which the browser then leaves alone; None: nobody does.

        Raises:
            CompositionError: ``SCRIPT_ERROR`` a script threw before the page was ready; ``LOAD_TIMEOUT``;
                ``PAGE_HANGS``; ``SIZE_INVALID``; ``DURATION_INVALID``; ``ACCOUNT_INVALID`` it answers nonsense.
            BrowserError: the browser died.
        """
        wishes = wishes or Wishes()
        config = RuntimeConfig(
            secret=f"_{secrets.token_hex(16)}",
            seed=wishes.seed,
            width=wishes.width,
            height=wishes.height,
            load_timeout=wishes.page_timeout,
            timeline_timeout=wishes.page_timeout,
            font_timeout=wishes.font_timeout,
            image_timeout=wishes.image_timeout,
            promise_timeout=wishes.promise_timeout,
            font_faces=wishes.font_faces,
            footage=None if footage is None else footage.address,
            variables=wishes.variables,
            spare_variables=wishes.spare_variables,
            written_variables=wishes.written_variables,
            listening=wishes.listening,
        )
        if footage is not None:
            await page.refuse_media()
        await page.inject(runtime_source(config))
        looks = max(wishes.font_timeout, wishes.image_timeout)
        await page.navigate(project.address(origin), timeout=wishes.page_timeout, looks_timeout=looks)
        control = await _take_control(page, config.secret, wishes.page_timeout)
        stage = cls(page, control, config.secret, wishes.page_timeout)
        await stage._resize(wishes)
        if wishes.subtitles is not None:
            await stage._ask(_SUBTITLES, wishes.subtitles)
        await stage._prepare(_longest_wait(wishes))
        await stage._resize(wishes)  # an instance of Helios may have come late
        first = await stage._move(0.0)
        await stage._describe(first)
        return stage

    async def seek(self, seconds: Fraction) -> Step:
        """Move the page to a time and wait until it has settled there.

        Raises:
            CompositionError: ``PAGE_HANGS`` when it does not answer in time; a frame of a source that cannot be had, with
                the code of its failure.
            BrowserError: the browser died.
        """
        # The double next to the exact fraction: the same number whatever frames came before.
        return await self._move(float(seconds))

    async def pass_through(self, frames: FrameRange, rate: FrameRate) -> Passage:
        """Go through frames one after the other, each as by :meth:`seek`, or through the first of them.

        Args:
            frames: at least one.
            rate: their number a second.

        Raises:
            CompositionError, BrowserError: as :meth:`seek`.
        """
        way = (frames.start, frames.stop, rate.value.numerator, rate.value.denominator)
        answer = await self._ask(_PASSAGE, *way)
        with understanding():
            reached, hears, told, lost = answer
            refuse_lost(lost)
            notices = (*self._page.drain_notices(), *(Notice.model_validate(one) for one in told))
            return Passage(int(reached), bool(hears), notices)

    async def listen_through(
        self, frames: FrameRange, rate: FrameRate, *, step: int = 1
    ) -> tuple[int, tuple[Notice, ...]]:
        """Go through frames one after the other, or through the first of them, to hear what scripts do to sounds.

        Args:
            frames: at least one.
            rate: their number a second.
            step: 2 goes through every second of them, and so on.

        Returns:
            The frame to go on with, and the warnings that are new.

        Raises:
            CompositionError, BrowserError: as :meth:`seek`.
        """
        way = (frames.start, frames.stop, step, rate.value.numerator, rate.value.denominator)
        answer = await self._ask(_LISTEN, *way)
        with understanding():
            reached, told = answer
            return int(reached), (*self._page.drain_notices(), *(Notice.model_validate(one) for one in told))

    async def may_be_heard(self) -> bool:
        """Whether scripts may change what is heard, so that only going through the page tells it.

        Raises:
            CompositionError, BrowserError: as :meth:`seek`.
        """
        return bool(await self._ask(_MAY_BE_HEARD))

    async def sounds(self) -> Collected:
        """What is heard, by all that the page has done so far.

        Raises:
            CompositionError, BrowserError: as :meth:`seek`.
        """
        told = await self._ask(_SOUNDS)
        with understanding():
            return collect(ToldSounds.model_validate(told))

    async def _move(self, seconds: float) -> Step:
        """As :meth:`seek`, by a float."""
        answer = await self._ask(_SEEK, seconds)
        of_page = self._page.drain_notices()
        if answer is None and not of_page:
            return _NOTHING_NEW
        with understanding():
            still_until, told, lost, screens = answer or (None, [], None, 0)
            refuse_lost(lost)
            notices = (*of_page, *(Notice.model_validate(one) for one in told))
            step = Step(still_until=still_until, notices=notices)
        if screens:
            await self._seat_screens()
        return step

    async def _seat_screens(self) -> None:
        await seat_screens(self._page, self._control, self._link, timeout=self._timeout)
        await self._ask(_PLACED)

    async def brighten(self, transfer: Transfer) -> None:
        """Show the frames of HDR videos in codes of this transfer from now on, one of their bytes after the other.

        Raises:
            CompositionError, BrowserError: as :meth:`seek`.
        """
        answer = await self._ask(_BRIGHTEN, transfer.value)
        with understanding():
            screens, lost = answer
            refuse_lost(lost)
        if screens:
            await self._seat_screens()

    async def bright(self) -> str:
        """Which frames of HDR videos are shown: equal for equal frames in an equal size; empty while none is."""
        return str(await self._ask(_BRIGHT))

    async def paint(self, layer: Layer) -> None:
        """Put this into the place of each of them."""
        await self._ask(_PAINT, layer)

    async def look_at_fonts(self, fonts: FontSet) -> tuple[Text, ...]:
        """Find which fonts draw the page's text as it stands now, and tell it in the description.

        Args:
            fonts: what the browser sees.

        Returns:
            The texts by style.

        Raises:
            CompositionError: ``PAGE_HANGS`` when the page does not answer in time; ``ACCOUNT_INVALID``.
            BrowserError: the browser died.
        """
        with understanding():
            texts = await look_at_fonts(self._page, self._control, timeout=self._timeout)
        told = {
            "fonts": font_uses(texts),
            "notices": (*self.description.notices, *font_notices(texts, fonts), *self._page.drain_notices()),
        }
        self.description = self.description.model_copy(update=told)
        return texts

    async def cover(self, grey: int | None) -> None:
        """Lay two greys over all that the page shows, ``grey`` and 255 - ``grey``; None takes them away without a trace.

        Raises:
            CompositionError: ``DOCUMENT_LOST`` a script has taken away the element that holds the whole page; and as
                :meth:`seek`.
            BrowserError: as :meth:`seek`.
        """
        if not await self._ask(_COVER, grey):
            raise CompositionError(
                "The page has no <html> element any more: let its scripts leave it in place.",
                code="DOCUMENT_LOST",
            )

    async def _resize(self, wishes: Wishes) -> None:
        told = await self._ask(_SIZE)
        with understanding():
            refuse_problems(told["problems"])
            self.size = Size(
                told.get("width") or wishes.width or USUAL_SIZE.width,
                told.get("height") or wishes.height or USUAL_SIZE.height,
            )
            viewport = told["viewport"]
        if viewport == [self.size.width, self.size.height]:
            return
        _log.info("viewport changed", page=str(self.size), before=viewport)
        await self._page.window.resize(self.size, timeout=self._timeout)

    async def _prepare(self, longest: float) -> None:
        """Wait until the page is ready. Every wait in the page has its limit; a page that has broken them meets ours."""
        deadline = time.monotonic() + longest
        while not (state := await self._ask(_PREPARE, self._page.fetching))["done"]:
            if time.monotonic() > deadline:
                raise CompositionError(
                    f"The page was not ready within {longest:.3g} s: look for built-in objects that it replaces.",
                    code="NEVER_READY",
                )
            # Decoding pictures, laying out and observing happen only in a page that is drawn.
            if self._page.frame_control:
                await self._page.begin_frame(timeout=self._timeout)
            await asyncio.sleep(_LOADING_PAUSE)
        refuse(self._page, state["failure"])

    async def _describe(self, first: Step) -> None:
        told = await self._ask(_DESCRIBE)
        with understanding():
            refuse_problems(told["problems"])
            described = told["description"]
            of_runtime = (Notice.model_validate(one) for one in described["notices"])
            heard = collect(ToldSounds.model_validate(described["sounds"]))
            described |= {"sounds": heard.sounds, "media": heard.media}
            told_of = (*first.notices, *of_runtime, *self._page.drain_notices(), *heard.notices)
            described["notices"] = each_once(told_of)
            self.description = Description(**described, remote=tuple(sorted(self._page.remote)))

    async def _ask(self, declaration: str, *given: object) -> Any:
        try:
            return await self._page.call_on(self._control, declaration, *given, timeout=self._timeout)
        except CompositionError as error:
            if error.code != "SCRIPT_ERROR":
                raise
            # What the author's code throws is caught in the page: it was our runtime that stumbled.
            raise CompositionError(
                f"The page cannot be driven: look for built-in objects that it replaces. {error.message}",
                code="ACCOUNT_INVALID",
            ) from error


def _longest_wait(wishes: Wishes) -> float:
    """The waits of the page one after the other, and some air."""
    waits = (wishes.page_timeout, wishes.font_timeout, wishes.image_timeout, wishes.promise_timeout)
    return sum(waits) + _LOADING_AIR


async def _take_control(page: Page, secret: str, patience: float) -> str:
    taking = {"expression": _TAKE.format(name=json.dumps(secret))}
    answer = await page.call("Runtime.evaluate", taking, timeout=patience)
    control = answer["result"].get("objectId")
    if control is None:
        raise CompositionError(
            "The page was replaced by another one while it loaded: a composition must stay where it is.",
            code="PAGE_LEFT",
        )
    return str(control)
