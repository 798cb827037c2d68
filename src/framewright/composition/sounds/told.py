"""What a page tells of its videos and sounds, as it is written there: see ``runtime/sounds.js``."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from framewright.model.media import MediaFacts, MediaFailure  # noqa: TC001 -- pydantic reads them at run time

Finite = Annotated[float, Field(allow_inf_nan=False)]


class _Value(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Play(_Value):
    """A stretch of time in which a script, or ``autoplay``, has a source played. Seconds of the page.

    Attributes:
        address: of its source, where it has another one by now; None: the one that it has.
        start, stop: None: until the page ends.
        offset: into the source, at the start.
        rate: seconds of the source in one of the page.
        loop: as of a track.
    """

    address: str | None = None
    start: Finite
    stop: Finite | None = None
    offset: Finite = 0.0
    rate: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 1.0
    loop: bool = False


class ToldSound(_Value):
    """One video or sound. Times are seconds of the page; text is as written.

    Attributes:
        placed: an attribute gives it a place on the clock.
        duration: None: nothing says it.
        start: may lie before 0, inside a host that begins in the middle of its composition.
        window: when all that it stands in is shown; the second None: to the end.
        offset: into the source, at the start.
        rate: seconds of the source in one of the page.
        pace: seconds of its composition's clock in one of the page.
        plays: when it plays, where no attribute places it.
        volumes: what scripts make of its volume, as ``(seconds, gain, steps)``: whether it changes at once there; empty
            where they leave it alone.
    """

    name: str
    kind: Literal["video", "audio"]
    address: str | None
    placed: bool
    start: Finite
    duration: Finite | None
    window: tuple[Finite, Finite | None]
    offset: Finite
    rate: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    pace: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    loop: bool
    muted: bool
    hidden: bool
    heard: str | None
    refused: bool
    volume: str | None
    automation: str | None
    chain: str | None
    fade_in: str | None
    fade_out: str | None
    pan: str | None
    group: str | None
    keeps_pitch: bool
    facts: MediaFacts | None
    failure: MediaFailure | None
    plays: tuple[Play, ...] = ()
    volumes: tuple[tuple[Finite, Finite, bool], ...] = ()


class ToldGroup(_Value):
    """One ``<hf-audio-group>``.

    Attributes:
        id: of its own in the whole page.
        parent: the id of the group that it is part of.
    """

    id: str
    name: str
    parent: str | None
    volume: str | None
    automation: str | None
    chain: str | None
    hidden: bool


class ToldSounds(_Value):
    """All of a page.

    Attributes:
        chain: the effects that the root asks for.
    """

    tracks: tuple[ToldSound, ...] = ()
    groups: tuple[ToldGroup, ...] = ()
    chain: str | None = None
