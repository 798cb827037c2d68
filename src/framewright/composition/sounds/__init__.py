"""What is heard of a page: from what it tells of its videos and sounds to tracks, groups, and what is left out and why."""

from framewright.composition.sounds.collecting import Collected, collect
from framewright.composition.sounds.told import ToldSounds

__all__ = ["Collected", "ToldSounds", "collect"]
