"""Tracks that the caller adds, looked at before a browser starts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from framewright.model.sound import SoundPlan
from framewright.sound import check

if TYPE_CHECKING:
    from collections.abc import Iterable

    from framewright.render.audio_track import AudioTrack


def check_added(tracks: Iterable[AudioTrack]) -> None:
    """Open each.

    Raises:
        UsageError: ``AUDIO_TRACK_MISSING``.
        SoundError: one has no sound that can be read.
    """
    added = tuple(tracks)
    for track in added:
        track.check()
    check(SoundPlan(tracks=tuple(one.planned() for one in added), samples=0), files_of(added))


def files_of(tracks: Iterable[AudioTrack]) -> dict[str, Path]:
    """Where the bytes of each are, for a mix."""
    return {track.planned().source: Path(track.path) for track in tracks}
