"""From what is heard of the page, and what the caller adds, to the plan of a mix for the frames that are rendered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from framewright.model.sound import SAMPLE_RATE, SoundPlan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from framewright.model.frames import FrameRange, FrameRate
    from framewright.model.sound import SoundGroup, SoundTrack
    from framewright.render.audio_track import AudioTrack


def first_sample(frame: int, rate: FrameRate) -> int:
    """The sample of the composition that is heard as a frame begins."""
    return round(rate.time_of(frame) * SAMPLE_RATE)


def plan_sound(
    tracks: Sequence[SoundTrack],
    groups: Sequence[SoundGroup],
    added: Sequence[AudioTrack],
    frames: FrameRange,
    rate: FrameRate,
    *,
    loudness: float | None = None,
) -> SoundPlan:
    """The mix of a range of frames: it begins with the first one and is as long as all of them, to the sample.

    Args:
        tracks, groups: of the page, on the clock of the whole composition.
        added: by the caller, on the same clock.
        loudness: LUFS.
    """
    return SoundPlan(
        tracks=(*tracks, *(one.planned() for one in added)),
        groups=tuple(groups),
        first=first_sample(frames.start, rate),
        samples=round(rate.time_of(len(frames)) * SAMPLE_RATE),
        loudness=loudness,
    )
