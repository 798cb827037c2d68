"""Reading tracks, mixing them sample by sample, limiting and measuring them. Knows nothing of browsers and pictures."""

from framewright.sound.account import Account
from framewright.sound.errors import SoundError
from framewright.sound.loudness import Loudness, loudness_of
from framewright.sound.mixture import check, measure, mix

__all__ = ["Account", "Loudness", "SoundError", "check", "loudness_of", "measure", "mix"]
