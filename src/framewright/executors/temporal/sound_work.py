"""The sound: its sources are fetched, it is mixed here, its piece put into the store."""

from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING

from framewright.executors.temporal.keeping import kept_sound
from framewright.executors.temporal.values import SoundMade
from framewright.render import sound_piece
from framewright.render.threads import in_thread
from framewright.render.workbench import SOUND_SUFFIX

if TYPE_CHECKING:
    from framewright.executors.temporal.beating import Heart
    from framewright.executors.temporal.layout import Layout
    from framewright.executors.temporal.values import SoundOrder
    from framewright.executors.temporal.workplace import Workplace
    from framewright.model.piece import SoundResult


async def mix_sound(here: Workplace, order: SoundOrder, heart: Heart, *, run: str) -> SoundMade:
    """Mix the sound into the store, or find it there.

    Args:
        run: of the workflow.

    Raises:
        FramewrightError: as :func:`framewright.render.sound_piece.mix_sound`, and whatever the store raises.
    """
    began = time.monotonic()
    async with here.layouts.hold(order.plan) as layout:
        place = kept_sound(layout.plan)
        result = await place.find(here.store, run=run, resume=order.resume)
        if reused := result is not None:
            made = result
        else:
            made = await _mix(here, layout, order, heart, run)
    return SoundMade(
        key=made.key,
        bytes=made.bytes,
        reused=reused,
        seconds=round(time.monotonic() - began, 3),
        worker=here.worker,
    )


async def _mix(here: Workplace, layout: Layout, order: SoundOrder, heart: Heart, run: str) -> SoundResult:
    with here.metrics.stage("fetching"):
        bundle = await layout.lay_sound()
    folder = layout.folder()
    piece = folder / f"mix{SOUND_SUFFIX}"
    try:
        heart.tell(doing="mixing")
        with here.metrics.stage("mixing"):
            result = await sound_piece.mix_sound(
                layout.plan, bundle, piece, on_progress=lambda fraction: heart.tell(fraction=fraction)
            )
        heart.tell(doing="sending", fraction=1.0)
        with here.metrics.stage("sending"):
            made = await kept_sound(layout.plan).keep(here.store, piece, result, run=run, resume=order.resume)
        here.metrics.moved("sent", made.bytes)
        return made
    finally:
        await in_thread(lambda: shutil.rmtree(folder, ignore_errors=True))
