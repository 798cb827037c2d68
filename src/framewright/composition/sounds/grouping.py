"""Groups of sounds: which of them are silenced, and what each is part of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from framewright.composition.sounds.lanes import multiplied, points_of, shifted, thinned
from framewright.model.sound import SoundGroup

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from framewright.composition.sounds.reading import Reader
    from framewright.composition.sounds.told import ToldGroup


def silenced(groups: Mapping[str, ToldGroup]) -> frozenset[str]:
    """Those that are hidden, or part of one that is."""
    return frozenset(name for name in groups if any(groups[one].hidden for one in _upwards(name, groups)))


def group_of(told: ToldGroup, groups: Mapping[str, ToldGroup], reader: Reader) -> SoundGroup:
    """A group of the mix. One that is part of itself is part of nothing."""
    volume = reader.volume(told.volume)
    drawn, levels = reader.lanes(told.automation, told.chain)
    lane = multiplied(drawn or ((0.0, volume, False),), levels) if levels else drawn
    circles = told.parent is not None and told.id in _upwards(told.parent, groups)
    return SoundGroup(
        id=told.id,
        volume=volume,
        lane=points_of(thinned(shifted(lane, by=0.0))),
        parent=told.parent if told.parent in groups and not circles else None,
    )


def _upwards(name: str, groups: Mapping[str, ToldGroup]) -> Iterator[str]:
    """It, what it is part of, and so on; each once."""
    seen: set[str] = set()
    at: str | None = name
    while at is not None and at in groups and at not in seen:
        seen.add(at)
        yield at
        at = groups[at].parent
