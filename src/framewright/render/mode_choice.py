"""Whether the clock may go straight to a time, or must go through every frame before it: as asked, or found by trying."""

from __future__ import annotations

import time
from enum import StrEnum
from typing import TYPE_CHECKING

from framewright.capture import RunningScene
from framewright.model.frames import FrameRange
from framewright.render.audit import Way, differences, fresh, picture_at, pictures_of, screenshots
from framewright.render.choice import Choice
from framewright.render.options import ModeWish
from framewright.render.sampling import sample_frames, shuffled

if TYPE_CHECKING:
    from pydantic import JsonValue

    from framewright.model.picture import Picture
    from framewright.render.opening import Opened

TRIAL_FRAMES = 3
MOST_STEPS = 300
"""A trial looks at no later frame: what a page accumulates shows within ten seconds, and every step costs."""
TRIAL_SECONDS = 4.0
"""After so much time of stepping, the frame that was reached is the last one of the trial."""
# Steps between two looks at the clock.
_LOT = 4


class Mode(StrEnum):
    """How the page is brought to the time of a frame."""

    SEEK = "seek"
    RUN = "run"


async def choose_mode(opened: Opened, wish: ModeWish) -> tuple[Mode, Choice]:
    """As asked; with ``auto`` the page goes straight where three of its frames then look as if it had gone through all.

    Raises:
        CompositionError, BrowserError: the page could not be tried.
    """
    match wish:
        case ModeWish.SEEK:
            return _told(Mode.SEEK, "The clock goes straight to the time of each frame.")
        case ModeWish.RUN:
            return _told(Mode.RUN, "The page goes through every frame from 0 on, as asked.")
        case ModeWish.AUTO:
            return await _try_out(opened)


async def _try_out(opened: Opened) -> tuple[Mode, Choice]:
    if not opened.first.description.scripted:
        return _told(Mode.SEEK, "No script runs in the page: each frame follows from its time alone.")
    if opened.timing.range.stop == 1:
        return _told(Mode.SEEK, "There is no frame before the only one.")
    began = time.monotonic()
    run = await _run_through(opened, trial_frames(opened.timing.range.stop))
    sought = await pictures_of(opened, shuffled(tuple(run)))
    differing = differences(Way.SHUFFLED, run, sought)
    inputs: dict[str, JsonValue] = {
        "frames": [*run],
        "differing": [one.frame for one in differing],
        "share": max((round(one.likeness.share, 4) for one in differing), default=0.0),
        "seconds": round(time.monotonic() - began, 2),
    }
    if differing:
        reason = f"{looking([one.frame for one in differing], 'different')}: every frame is gone through."
        return Mode.RUN, Choice(subject="mode", choice=Mode.RUN.value, inputs=inputs, reason=reason)
    reason = f"{looking([*run], 'the same')}."
    return Mode.SEEK, Choice(subject="mode", choice=Mode.SEEK.value, inputs=inputs, reason=reason)


def looking(frames: list[int], how: str) -> str:
    """That some frames look so when the clock goes straight to them: without the full stop."""
    if len(frames) == 1:
        return f"Frame {frames[0]} looks {how} when the clock goes straight to it"
    named = f"{', '.join(str(frame) for frame in frames[:-1])} and {frames[-1]}"
    return f"Frames {named} look {how} when the clock goes straight to them"


def trial_frames(stop: int) -> tuple[int, ...]:
    """Three frames of those before ``stop``, early ones: a third, two thirds and all of the steps that a trial may take.

    Raises:
        ValueError: there is only frame 0, or none.
    """
    last = min(stop - 1, MOST_STEPS)
    return sample_frames(FrameRange(max(1, last // TRIAL_FRAMES), last + 1), TRIAL_FRAMES)


async def _run_through(opened: Opened, frames: tuple[int, ...]) -> dict[int, Picture]:
    """The pictures of frames that are reached one step at a time; fewer where the steps take too long."""
    found: dict[int, Picture] = {}
    async with fresh(opened) as performance:
        deadline = time.monotonic() + TRIAL_SECONDS
        source = screenshots(opened, performance)
        scene = RunningScene(performance, opened.timing.rate)
        for frame in frames:
            while scene.frame + 1 < frame and time.monotonic() < deadline:
                await scene.run_up(min(frame, scene.frame + _LOT), source)
            reached = min(frame, scene.frame + 1)
            found[reached] = await picture_at(opened, source, scene, reached)
            if reached < frame:
                break
    return found


def _told(mode: Mode, reason: str) -> tuple[Mode, Choice]:
    return mode, Choice(subject="mode", choice=mode.value, reason=reason)
