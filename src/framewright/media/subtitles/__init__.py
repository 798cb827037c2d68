"""Subtitles: reading SubRip and WebVTT, stacking cues, and writing them as a track of text."""

from framewright.media.subtitles.reading import parse_subtitles, read_subtitles
from framewright.media.subtitles.stacking import stack
from framewright.media.subtitles.track import TextTrack

__all__ = ["TextTrack", "parse_subtitles", "read_subtitles", "stack"]
