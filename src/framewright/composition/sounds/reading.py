"""Reads the attributes of one element that say something of its sound, and tells what cannot be used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from framewright.composition.sounds.automation import Automation, number, read_automation
from framewright.composition.sounds.effects import Chain, named, read_chain
from framewright.model.composition import Notice
from framewright.model.sound import LOUDEST

if TYPE_CHECKING:
    from framewright.composition.sounds.lanes import Knot


@dataclass(slots=True)
class Reader:
    """Of one element.

    Attributes:
        name: as people would point at it.
        notices: where it tells; shared by all readers of a page.
    """

    name: str
    notices: list[Notice]

    def tell(self, code: str, message: str) -> None:
        """Warn of something that is not as it is written."""
        self.notices.append(Notice(code=code, message=message, element=self.name))

    def volume(self, written: str | None) -> float:
        """A linear gain; 1 where there is none."""
        if written is None or not written.strip():
            return 1.0
        value = number(written)
        if value is None:
            self.tell("VOLUME_INVALID", f"data-volume is '{written[:60]}', which is no gain: it is left out.")
            return 1.0
        held = min(LOUDEST, max(0.0, value))
        if held != value:
            self.tell("VOLUME_INVALID", f"data-volume is {value:g}: it is taken for {held:g}.")
        return held

    def seconds(self, written: str | None, called: str) -> float:
        """The length of a fade; 0 where there is none."""
        if written is None or not written.strip():
            return 0.0
        value = number(written)
        if value is not None and value >= 0:
            return value
        self.tell("FADE_INVALID", f"{called} is '{written[:60]}', which lasts no time: it is left out.")
        return 0.0

    def pan(self, written: str | None) -> float:
        """From -1 to 1; 0 where there is none."""
        if written is None or not written.strip():
            return 0.0
        value = number(written)
        if value is not None and -1 <= value <= 1:
            return value
        held = 0.0 if value is None else min(1.0, max(-1.0, value))
        self.tell("PAN_INVALID", f"data-pan is '{written[:60]}': it is taken for {held:g}.")
        return held

    def lanes(self, automation: str | None, chain: str | None) -> tuple[tuple[Knot, ...], tuple[Knot, ...]]:
        """The lane over the volume, and that of the gains among the effects; each empty where there is none."""
        read = read_automation(automation) if automation is not None else Automation()
        effects = read_chain(chain) if chain else Chain()
        for problem in read.problems:
            self.tell("AUTOMATION_INVALID", f"data-automation {problem}.")
        others = tuple(target for target in read.effects if target not in effects.targets)
        if others:
            self.tell("AUTOMATION_UNSUPPORTED", f"data-automation moves {named(others)}, which is not done.")
        if effects.others:
            self.tell(
                "EFFECT_UNSUPPORTED", f"data-fx-chain asks for {named(effects.others)}, which is not applied."
            )
        return read.volume, effects.gains(read.effects)
