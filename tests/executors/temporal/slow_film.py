"""A film that takes its time, so that something can go wrong meanwhile: planned once, and rendered once by the local executor."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from framewright.executors.local import LocalExecutor
from framewright.media import OutputFile
from framewright.render.options import RenderOptions
from framewright.render.order import Order
from framewright.render.output_choice import choose_kind
from framewright.render.planning.digests import sealed
from framewright.render.planning.planner import plan_composition
from framewright.render.taking import take
from framewright.render.telling import Teller
from framewright.stores import digest_of
from truth import counter, pages
from truth.pages import Film

if TYPE_CHECKING:
    from pathlib import Path

    from framewright.model.settings import Settings
    from framewright.render.bundle import Bundle

# At 5 frames a second the encoder begins anew every tenth frame.
FILM = Film(frames=60, fps="5")
CHUNKS = 6
FRAMES_EACH = FILM.frames // CHUNKS
OPTIONS = RenderOptions.parse(fps="5", quality="draft", chunks=CHUNKS, workers=1, format="mp4")
# A page's clock is not the machine's: it can only be slow by being busy.
TOIL = 3_000_000
_SCRIPT = counter.SHOW + (
    f"addEventListener('hf-seek', event => {{ const at = Math.floor(event.detail.time * {FILM.fps} + 0.25);"
    f" show(at); for (let i = 0; i < {TOIL}; i++) Math.hypot(i, at); %s }});"
)


@dataclass(frozen=True)
class SlowFilm:
    """A plan with its files, and what this machine alone makes of it."""

    bundle: Bundle
    alone: bytes


def page(at_each_frame: str = "") -> str:
    """The document.

    Args:
        at_each_frame: what the script does besides; the frame's number is ``at``.
    """
    return pages.document(FILM, counter.CELLS, script=_SCRIPT % at_each_frame)


async def make(folder: Path, settings: Settings) -> SlowFilm:
    """Plan it and render it."""
    project = pages.write(folder / "slow", page())
    kind = choose_kind(folder / "out.mp4", OPTIONS)
    async with plan_composition(str(project), kind, OPTIONS, settings, Teller(None)) as found:
        bundle = await found.settle()
    return SlowFilm(bundle, await _alone(bundle, folder, settings))


async def _alone(bundle: Bundle, folder: Path, settings: Settings) -> bytes:
    scratch, output = folder / "scratch", folder / "alone.mp4"
    scratch.mkdir()

    async def settle() -> Bundle:
        return bundle

    order = Order(
        draft=bundle, settle=settle, folder=scratch, settings=settings, tell=lambda _: None, workers=1
    )
    with OutputFile(output) as target:
        async with LocalExecutor(processes=2).render(order) as made:
            await take(made, target)
            target.commit()
    return output.read_bytes()


def spoiled(film: SlowFilm, folder: Path, at_each_frame: str) -> Bundle:
    """The same plan of a page that does something besides, which nobody noticed while planning; its first chunk costs most."""
    plan = film.bundle.plan
    assert film.bundle.root is not None
    shutil.copytree(film.bundle.root, folder)
    text = page(at_each_frame).encode()
    (folder / "index.html").write_bytes(text)
    files = tuple(
        file.model_copy(update={"digest": digest_of(text), "bytes": len(text)})
        if file.name == "index.html"
        else file
        for file in plan.files
    )
    chunks = tuple(
        chunk.model_copy(update={"cost": 100.0 if chunk.index == 0 else 1.0}) for chunk in plan.chunks
    )
    return replace(
        film.bundle, root=folder, plan=sealed(plan.model_copy(update={"files": files, "chunks": chunks}))
    )
