"""Looking at finished films, ours and others': what they hold, frame by frame, and how alike two of them are."""

from framewright.media.verifying.boxes import index_comes_first
from framewright.media.verifying.comparing import Comparison, Difference, compare_films
from framewright.media.verifying.looking import Film, look_through

__all__ = ["Comparison", "Difference", "Film", "compare_films", "index_comes_first", "look_through"]
