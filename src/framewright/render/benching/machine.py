"""How fast this machine is at each part of a render."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from framewright.capture import CaptureKind, choose_workers
from framewright.model.output import Codec, Format, OutputSpec, Quality
from framewright.render.benching.advice import advise, numbers_of_workers
from framewright.render.benching.film import write_film
from framewright.render.benching.paces import capture_pace, drawing_pace, encoder_pace, whole_pace
from framewright.render.benching.result import MachineBench
from framewright.render.cancel import Stoppable
from framewright.render.machine import read_machine
from framewright.render.opening import open_composition
from framewright.render.options import RenderOptions
from framewright.render.telling import Teller

if TYPE_CHECKING:
    from collections.abc import Callable

    from framewright.model.settings import Settings
    from framewright.render.benching.result import Pace
    from framewright.render.cancel import CancelToken
    from framewright.render.machine import Machine
    from framewright.render.opening import Opened

# Seconds for each thing that is tried; openings come on top.
_USUAL = 4.0
_QUICK = 1.0


async def bench_machine(
    settings: Settings,
    *,
    quick: bool = False,
    cancel: CancelToken | None = None,
    on_step: Callable[[str], None] = lambda _: None,
) -> MachineBench:
    """Measure this machine, in about a minute; ``quick``: in a third of it, more roughly.

    Args:
        cancel: ends it from any thread.
        on_step: told in words of each thing before it is tried.

    Raises:
        SetupError, BrowserError: no browser can run here.
        EncoderError: the encoder cannot.
        RenderCancelledError: ``cancel`` was cancelled.
    """
    async with Stoppable(cancel):
        with tempfile.TemporaryDirectory(prefix="framewright-bench-", dir=settings.tmpdir) as folder:
            project = Path(folder) / "film"
            project.mkdir()
            write_film(project)
            async with open_composition(
                str(project), RenderOptions.parse(), settings, Teller(None)
            ) as opened:
                return await _measure(opened, Path(folder), _QUICK if quick else _USUAL, on_step)
    raise AssertionError("unreachable")


async def _measure(
    opened: Opened, folder: Path, seconds: float, on_step: Callable[[str], None]
) -> MachineBench:
    machine = read_machine()
    on_step("opening a browser")
    began = time.monotonic()
    await opened.theatre.close(await opened.theatre.open(opened.size))
    opening = time.monotonic() - began
    on_step("drawing frames")
    drawing = await drawing_pace(opened, seconds)
    captures: list[Pace] = []
    kept = {}
    kinds = (
        (CaptureKind.STREAM, CaptureKind.SCREENSHOT)
        if opened.house.frame_control
        else (CaptureKind.FULL_PAGE,)
    )
    for kind in kinds:
        on_step(f"capturing by {kind.value}")
        pace, pictures = await capture_pace(opened, kind, seconds)
        if pace is not None:
            captures.append(pace)
            kept[kind] = pictures
    encoders: list[Pace] = []
    for quality in Quality if kept.get(CaptureKind.STREAM) else ():
        on_step(f"encoding h264, {quality.value}")
        spec = OutputSpec(Format.MP4, Codec.H264, quality)
        pictures = kept[CaptureKind.STREAM]
        path = folder / f"{quality.value}.mp4"
        encoders.append(
            await encoder_pace(spec, opened.drawn, opened.timing.rate, pictures, path, seconds=seconds / 2)
        )
    paces: list[Pace] = []
    fastest = next((kind for kind in kinds if kind in kept), kinds[-1])
    for workers in numbers_of_workers(machine.cores, _room(machine, opened)):
        on_step(f"rendering with {workers} side by side")
        path = folder / f"whole-{workers}.mp4"
        spec = OutputSpec(Format.MP4, Codec.H264, Quality.STANDARD)
        paces.append(await whole_pace(opened, fastest, spec, path, workers=workers, seconds=1.5 * seconds))
        path.unlink(missing_ok=True)
    return MachineBench(
        cores=machine.cores,
        memory=machine.memory,
        browser=opened.first.browser.version,
        size=(opened.drawn.width, opened.drawn.height),
        opening=opening,
        drawing=drawing,
        captures=tuple(captures),
        encoders=tuple(encoders),
        workers=tuple(paces),
        advice=advise(captures, encoders, paces),
    )


def _room(machine: Machine, opened: Opened) -> int:
    """How many workers memory has room for."""
    most = 1 << 10
    return choose_workers(
        requested=most,
        cores=machine.cores,
        memory=machine.available,
        frames=most * most,
        size=opened.drawn,
    ).workers
