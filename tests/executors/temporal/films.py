"""A small film for workers: planned once, rendered once in one process, and compared ever after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from framewright.executors.local import LocalExecutor
from framewright.render.job import Job
from framewright.render.options import RenderOptions
from framewright.render.output_choice import choose_kind
from framewright.render.planning.planner import plan_composition
from framewright.render.telling import Teller
from truth import counter, pages, tones
from truth.pages import Film

if TYPE_CHECKING:
    from pathlib import Path

    from framewright.model.settings import Settings
    from framewright.render.bundle import Bundle

# At 5 frames a second the encoder begins anew every tenth frame.
FILM = Film(frames=30, fps="5", width=128, height=72)
CHUNKS = 3
OPTIONS = RenderOptions.parse(
    fps="5", quality="draft", chunk_frames=FILM.frames // CHUNKS, workers=1, format="mp4"
)
SCRIPT = counter.SHOW + (
    f"addEventListener('hf-seek', event => show(Math.floor(event.detail.time * {FILM.fps} + 0.25)));"
)


@dataclass(frozen=True)
class Planned:
    """A plan with its files."""

    page: Path
    bundle: Bundle


async def planned(folder: Path, settings: Settings, *, toil: int = 0) -> Planned:
    """Args:
    toil: what each frame is kept busy with. There is no other way to be slow: a page's clock is not the machine's.
    """
    script = SCRIPT
    if toil:
        script += f"addEventListener('hf-seek', () => {{ for (let i = 0; i < {toil}; i++) Math.hypot(i, {toil}); }});"
    page = pages.write(
        folder / "page",
        pages.document(
            FILM,
            f'{counter.CELLS}<audio id="song" src="song.wav" data-start="1" data-duration="3"></audio>',
            script=script,
        ),
    )
    tones.write(page / "song.wav", tones.tone(4.0, 440.0))
    kind = choose_kind(folder / "out.mp4", OPTIONS)
    async with plan_composition(str(page), kind, OPTIONS, settings, Teller(None)) as found:
        bundle = await found.settle()
    return Planned(page, bundle)


async def rendered_here(page: Path, output: Path, settings: Settings) -> bytes:
    """What this process alone makes of it."""
    job = Job(str(page), output, OPTIONS, settings, Teller(None), executor=LocalExecutor(workers=1))
    await job.run()
    return output.read_bytes()
