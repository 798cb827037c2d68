"""What is heard and when: the plan of a mix, before any sample of it is read. Times are seconds."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

SAMPLE_RATE = 48_000
"""Samples a second of every mix."""

LOUDEST = 3.981
"""The gain of a volume or of a lane at most: +12 dB."""

Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Gain = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class _Value(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Curve(StrEnum):
    """How a lane goes from one point to the next."""

    LINEAR = "linear"
    HOLD = "hold"
    EXPONENTIAL = "exponential"
    EASE_IN = "ease-in"
    EASE_OUT = "ease-out"
    EASE_IN_OUT = "ease-in-out"


class Point(_Value):
    """A point of a lane.

    Attributes:
        t: seconds on the clock of what the lane belongs to: from a track's start, from the start of the video for a group.
        v: the gain there.
        curve: the way to the next point.
    """

    t: Seconds
    v: Gain
    curve: Curve = Curve.LINEAR


class SoundTrack(_Value):
    """One source that is heard, once.

    Attributes:
        name: the element as people would point at it, or the option that names the track.
        source: the address in the page, or the path of an explicit track.
        start: on the clock of the video; samples are placed at ``round(start * 48000)``.
        duration: on the clock of the video; None: until the source, or the video, ends.
        offset: into the source.
        rate: seconds of the source in one of the video; the pitch stays.
        until: into the source: where it ends, or begins again; None: with its sound. For a video whose picture is longer.
        loop: what lies between ``offset`` and ``until`` is heard again and again.
        volume: linear gain.
        lane: gain over time, which takes the place of ``volume``; empty: none.
        fade_in, fade_out: seconds of a linear fade at either end. A loop without a duration has no end to fade out at.
        pan: -1 is left, 0 the middle, 1 right; a balance: only the other side gets quieter.
        group: the id of the group that it is summed in; None: the mix itself.
        skip: seconds of the source, behind the offset, that have gone by when it begins: of a loop that is cut at its
            front. Without ``loop`` it is part of the offset.
        wanted: False when a source without sound is no fault: of a video that does not ask to be heard.
    """

    name: str
    source: str
    start: Seconds = 0.0
    duration: Seconds | None = None
    offset: Seconds = 0.0
    until: Seconds | None = None
    rate: Annotated[float, Field(ge=0.05, le=20)] = 1.0
    loop: bool = False
    volume: Gain = 1.0
    lane: tuple[Point, ...] = ()
    fade_in: Seconds = 0.0
    fade_out: Seconds = 0.0
    pan: Annotated[float, Field(ge=-1, le=1)] = 0.0
    group: str | None = None
    skip: Seconds = 0.0
    wanted: bool = True


class SoundGroup(_Value):
    """Tracks that are summed and then made louder or quieter as one.

    Attributes:
        volume, lane: as of a track; the lane's clock is that of the video.
        parent: the group that this one is summed in; None: the mix itself.
    """

    id: str
    volume: Gain = 1.0
    lane: tuple[Point, ...] = ()
    parent: str | None = None


class Unheard(StrEnum):
    """Why something that could be heard is not in the mix."""

    MUTED = "muted"
    HIDDEN = "hidden"
    UNSEEN = "never-shown"
    SILENT = "volume-0"
    SOUNDLESS = "no-sound-stream"
    SOURCELESS = "no-source"
    REFUSED = "sound-not-wanted"
    UNPLAYED = "never-played"
    TRIMMED = "nothing-behind-the-trim"
    GROUP_HIDDEN = "group-hidden"


class Dropped(_Value):
    """A video or a sound of the page that is not in the mix.

    Attributes:
        name: as of a track.
        source: its address; None: it has none.
        why: the first reason that was met.
    """

    name: str
    source: str | None = None
    why: Unheard


class Sounds(_Value):
    """What is heard of a page.

    Attributes:
        dropped: what could have been heard and is not.
    """

    tracks: tuple[SoundTrack, ...] = ()
    groups: tuple[SoundGroup, ...] = ()
    dropped: tuple[Dropped, ...] = ()


class SoundPlan(_Value):
    """A whole mix.

    Attributes:
        first: the sample of the composition at which the mix begins, for a part of it.
        samples: the exact length of the mix, a channel.
        loudness: LUFS that the mix is brought to; None: as it is.
    """

    tracks: tuple[SoundTrack, ...] = ()
    groups: tuple[SoundGroup, ...] = ()
    first: Annotated[int, Field(ge=0)] = 0
    samples: Annotated[int, Field(ge=0)]
    loudness: Annotated[float, Field(ge=-70, le=-5)] | None = None
