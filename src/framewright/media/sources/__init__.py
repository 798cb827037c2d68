"""Source video and pictures: the right frame for a time, decoded once, for every page of a render."""

from framewright.media.sources.errors import SourceError
from framewright.media.sources.frames import Counters, SourceFrame
from framewright.media.sources.shelf import SourceShelf

__all__ = ["Counters", "SourceError", "SourceFrame", "SourceShelf"]
