"""How many frames a second: drawn, captured, encoded, and all of it together."""

from __future__ import annotations

import time
from contextlib import aclosing
from typing import TYPE_CHECKING

from framewright.capture import CaptureKind, CapturePool, block_length, window_length
from framewright.media import EncoderThread, open_encoder
from framewright.model.output import Layout
from framewright.render.audit import fresh
from framewright.render.benching.crews import crew_for, unheard
from framewright.render.benching.result import Pace
from framewright.render.threads import in_thread

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from framewright.model.frames import FrameRange, FrameRate
    from framewright.model.output import OutputSpec
    from framewright.model.picture import Picture
    from framewright.model.size import Size
    from framewright.render.opening import Opened

# Pictures that are kept for the encoder: it then has a second of motion to work at, in 75 MB at 1080p.
_KEPT = 24


async def drawing_pace(opened: Opened, seconds: float) -> Pace:
    """Frames that are drawn one after the other while nobody takes their pictures."""
    frames = opened.timing.range
    async with fresh(opened) as performance:
        await performance.page.begin_frame()
        began = time.monotonic()
        drawn = 0
        while time.monotonic() - began < seconds:
            await performance.seek(opened.timing.rate.time_of(frames.start + drawn % len(frames)))
            await performance.page.begin_frame()
            drawn += 1
        return Pace(name="drawing", frames=drawn, seconds=time.monotonic() - began)


async def capture_pace(
    opened: Opened, kind: CaptureKind, seconds: float
) -> tuple[Pace | None, tuple[Picture, ...]]:
    """Blocks captured by one worker, and some of its pictures; None where this kind cannot be had."""
    crew = crew_for(opened, kind)
    worker = await crew.open_worker(0, None)
    try:
        if crew.kind is not kind:
            return None, ()
        blocks = tuple(opened.timing.range.blocks(block_length(opened.drawn)))
        pictures = await worker.capture(blocks[0], unheard)
        began, taken, at = time.monotonic(), 0, 0
        while time.monotonic() - began < seconds:
            at = (at + 1) % len(blocks)
            taken += len(await worker.capture(blocks[at], unheard))
        kept = tuple(picture for picture in pictures if picture is not None)[:_KEPT]
        return Pace(name=kind.value, frames=taken, seconds=time.monotonic() - began), kept
    finally:
        await worker.close()


async def encoder_pace(
    spec: OutputSpec, size: Size, rate: FrameRate, pictures: Sequence[Picture], path: Path, *, seconds: float
) -> Pace:
    """Pictures encoded, those still in the codec's hands included."""

    def encode() -> Pace:
        encoder = open_encoder(spec, size, rate, path)
        began, written = time.monotonic(), 0
        try:
            while time.monotonic() - began < seconds:
                encoder.write(pictures[written % len(pictures)])
                written += 1
            encoder.finish()
        except BaseException:
            encoder.abort()
            raise
        return Pace(name=spec.quality.value, frames=written, seconds=time.monotonic() - began)

    return await in_thread(encode)


async def whole_pace(
    opened: Opened, kind: CaptureKind, spec: OutputSpec, path: Path, *, workers: int, seconds: float
) -> Pace:
    """Frames rendered by so many workers, once each has brought its first block."""
    crew = crew_for(opened, kind)
    block = block_length(opened.drawn)
    pool = CapturePool(
        crew.open_worker,
        opened.timing.range,
        workers=workers,
        block=block,
        window=window_length(opened.drawn, Layout.I420, workers=workers, block=block),
        on_incident=unheard,
        on_block=_unheard_block,
    )
    encoder = await in_thread(
        lambda: open_encoder(spec, opened.drawn, opened.timing.rate, path),
        undo=lambda unused: unused.abort(),
    )
    warming = workers * block
    began = end = time.monotonic()
    done = 0
    async with EncoderThread(encoder) as thread, aclosing(pool.frames()) as pictures:
        async for frame, picture in pictures:
            await thread.put(picture)
            end = time.monotonic()
            if frame < warming:
                # Browsers that still open take cores from those that draw.
                began = end
                continue
            done += 1
            if end - began >= seconds:
                break
    return Pace(name=str(workers), frames=done, seconds=max(end - began, 1e-6))


def _unheard_block(_: FrameRange, __: float) -> None:
    """Only whole paces count here."""
