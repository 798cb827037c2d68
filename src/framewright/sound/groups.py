"""Groups within groups. A group only makes its sum louder or quieter, so that its gain is that of each of its tracks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from framewright.sound.errors import SoundError
from framewright.sound.lanes import Lane, multiplied

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from framewright.model.sound import SoundGroup, SoundPlan

_NESTED = 64


class Groups:
    """The gains of a plan's groups, block by block.

    Raises:
        SoundError: ``SOUND_GROUPS``: two of one name, one that is not there, or one within itself.
    """

    def __init__(self, plan: SoundPlan) -> None:
        self._chains: dict[str, tuple[str, ...]] = {}
        self._lanes: dict[str, Lane | float] = {}
        known: dict[str, SoundGroup] = {}
        for group in plan.groups:
            if group.id in known:
                raise SoundError(f'Two groups of sound are called "{group.id}".', code="SOUND_GROUPS")
            known[group.id] = group
            self._lanes[group.id] = Lane(group.lane) if group.lane else group.volume
        for group in plan.groups:
            self._chains[group.id] = _chain(group, known)
        for track in plan.tracks:
            if track.group is not None and track.group not in known:
                raise SoundError(
                    f'The sound of {track.name} belongs to the group "{track.group}", which does not exist.',
                    code="SOUND_GROUPS",
                )
        self._block = (-1, -1)
        self._gains: dict[str, NDArray[np.float32] | float] = {}

    def over(self, group: str | None, first: int, count: int) -> NDArray[np.float32] | float:
        """The gain of what is in a group, at ``count`` samples of the composition from ``first`` on."""
        if group is None:
            return 1.0
        if self._block != (first, count):
            self._block, self._gains = (first, count), {}
        if group not in self._gains:
            lanes = (self._lanes[member] for member in self._chains[group])
            self._gains[group] = multiplied(
                *(lane.over(first, count) if isinstance(lane, Lane) else lane for lane in lanes)
            )
        return self._gains[group]


def _chain(group: SoundGroup, known: dict[str, SoundGroup]) -> tuple[str, ...]:
    """A group and those that it is in, from the inside out."""
    chain = [group.id]
    parent = group.parent
    while parent is not None:
        if parent not in known:
            raise SoundError(
                f'The group of sound "{chain[-1]}" belongs to the group "{parent}", which does not exist.',
                code="SOUND_GROUPS",
            )
        if parent in chain:
            raise SoundError(f'The group of sound "{parent}" is within itself.', code="SOUND_GROUPS")
        chain.append(parent)
        if len(chain) > _NESTED:
            raise SoundError(
                f"More than {_NESTED} groups of sound are within each other.", code="SOUND_GROUPS"
            )
        parent = known[parent].parent
    return tuple(chain)
