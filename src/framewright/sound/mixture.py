"""The mix of a plan, from files to samples."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import numpy as np

from framewright.sound.account import Account
from framewright.sound.errors import Origin, SoundError
from framewright.sound.groups import Groups
from framewright.sound.limiter import MEMORY, Limiter
from framewright.sound.loudness import SILENCE, Loudness, loudness_of
from framewright.sound.mixing import summed
from framewright.sound.opening import open_sound

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from framewright.model.sound import SoundPlan


def mix(
    plan: SoundPlan, files: Mapping[str, Path], account: Account | None = None
) -> Generator[NDArray[np.float32], None, None]:
    """All that is heard, at 48 kHz, in blocks of n × 2 samples: ``plan.samples`` of them altogether.

    Whoever stops before the end closes the generator: files and threads go with it.

    The files are opened once before anything is mixed, so that one that cannot be read is told at once. When a
    loudness is asked for, everything is mixed twice.

    A part (``plan.first``) is what the whole has there, bit for bit, as long as the decoders are (docs/media.md); its
    loudness is its own.

    Args:
        files: where the bytes of each ``SoundTrack.source`` are.
        account: filled on the way.

    Raises:
        SoundError: now, or while blocks are taken.
    """
    check(plan, files)
    return _mixed(plan, files, account or Account())


def measure(plan: SoundPlan, files: Mapping[str, Path]) -> Loudness:
    """How loud the finished mix is, after the limiter.

    Raises:
        SoundError: as :func:`mix`.
    """
    return loudness_of(mix(plan, files))


def check(plan: SoundPlan, files: Mapping[str, Path]) -> None:
    """Open every file and look at the groups.

    Raises:
        SoundError: as :func:`mix`.
    """
    Groups(plan)
    seen: set[Path] = set()
    for track in plan.tracks:
        path = files.get(track.source)
        if path is None:
            raise SoundError(
                f"The sound of {track.name} cannot be used: {track.source} was not found.",
                code="SOUND_MISSING",
            )
        if path not in seen:
            seen.add(path)
            open_sound(Origin(track.name, track.source, path)).close()


def _mixed(
    plan: SoundPlan, files: Mapping[str, Path], account: Account
) -> Generator[NDArray[np.float32], None, None]:
    gain = np.float32(1)
    account.passes = 1 if plan.loudness is None else 2
    if plan.loudness is not None:
        with closing(summed(plan, files, plan.first, plan.first + plan.samples, account.look)) as blocks:
            found = loudness_of(account.watched(blocks)).integrated
        if found > SILENCE:
            account.raised = plan.loudness - found
            gain = np.float32(10 ** ((plan.loudness - found) / 20))
    # The limiter begins earlier, so that what it still does from before is the same as in the whole.
    begin = max(0, plan.first - MEMORY)
    begin -= begin % MEMORY
    skip, left = plan.first - begin, plan.samples
    limiter = Limiter()
    with closing(summed(plan, files, begin, plan.first + plan.samples, account.look)) as blocks:
        for block in account.watched(blocks):
            ready = limiter.push(block if gain == 1 else block * gain)
            part = ready[skip:]
            skip -= min(skip, ready.shape[0])
            left -= part.shape[0]
            account.limited = -limiter.lowest
            if part.shape[0]:
                yield part
    if left:
        rest = limiter.finish()[skip:]
        account.limited = -limiter.lowest
        yield rest
