"""What every executor has to do, whoever wrote it: subclass :class:`Conformance` and give it an executor."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from framewright.executors.local import LocalExecutor
from framewright.media import OutputFile
from framewright.model.errors import CompositionError
from framewright.model.events import ChunkState, ChunkTold, Progressed
from framewright.model.settings import Settings
from framewright.render.bundle import Bundle
from framewright.render.options import RenderOptions
from framewright.render.order import Order
from framewright.render.output_choice import choose_kind
from framewright.render.planning.planner import plan_composition
from framewright.render.progress import Progress
from framewright.render.taking import take
from framewright.render.telling import Teller
from truth import counter, decoding, pages, remains, tones
from truth.pages import Film

if TYPE_CHECKING:
    from pathlib import Path

    from framewright.model.frames import FrameRange

# At 5 frames a second the encoder begins anew every tenth frame.
FILM = Film(frames=60, fps="5", width=128, height=72)
CHUNKS = 3
SCRIPT = counter.SHOW + (
    f"addEventListener('hf-seek', event => show(Math.floor(event.detail.time * {FILM.fps} + 0.25)));"
)


@dataclass(frozen=True)
class Commission:
    """A plan with its files, and the file that it gives when this process renders it in one piece."""

    bundle: Bundle
    reference: bytes


def _settings(folder: Path) -> Settings:
    return Settings(cache=folder / "cache", piece_cache_size=2**30)


async def _commission(folder: Path) -> Commission:
    page = pages.write(
        folder / "page",
        pages.document(
            FILM,
            f'{counter.CELLS}<audio id="song" src="song.wav" data-start="1" data-duration="6"></audio>',
            script=SCRIPT,
        ),
    )
    tones.write(page / "song.wav", tones.tone(8.0, 440.0))
    (folder / "blobs").mkdir()
    options = RenderOptions.parse(fps="5", quality="draft", chunks=CHUNKS, workers=1)
    kind = choose_kind(folder / "out.mp4", options)
    settings, teller = _settings(folder), Teller(None)
    async with plan_composition(str(page), kind, options, settings, teller) as planned:
        whole = await planned.settle()
    bundle = Bundle(whole.plan, whole.root, folder / "blobs", whole.sources)
    one = bundle.plan.chunks[0].model_copy(update={"stop": FILM.frames})
    alone = Bundle(
        bundle.plan.model_copy(update={"chunks": (one,)}), bundle.root, bundle.blobs, bundle.sources
    )
    with_one = Making(alone, folder / "alone", resume=False)
    await with_one.make(LocalExecutor(workers=1))
    return Commission(bundle, with_one.path.read_bytes())


class Making:
    """One render by an executor, with all that it tells.

    Attributes:
        told: every event of chunks, in order.
        on_told: what the test does when a chunk tells something.
        pieces: the frames of each piece that came back.
        path: of the finished file.
    """

    def __init__(self, bundle: Bundle, folder: Path, *, resume: bool = True, cache: Path | None = None):
        self.bundle = bundle
        self.resume = resume
        self.told: list[ChunkTold] = []
        self.progress: list[Progressed] = []
        self.on_told = lambda _event: None
        self.pieces: list[FrameRange] = []
        self.folder = folder
        self.folder.mkdir()
        self.path = folder / "out.mp4"
        self.settings = _settings(cache or folder)
        self._watch = Progress(bundle.plan, Teller(self.progress.append))

    def _tell(self, event) -> None:
        if event.event in {"chunk", "sound"}:
            self._watch.note(event)
        if event.event == "chunk":
            self.told.append(event)
            self.on_told(event)

    async def make(self, executor) -> None:
        bundle, scratch = self.bundle, self.folder / "scratch"
        scratch.mkdir()

        async def settle() -> Bundle:
            return bundle

        order = Order(
            draft=bundle,
            settle=settle,
            folder=scratch,
            settings=self.settings,
            tell=self._tell,
            workers=2,
            resume=self.resume,
        )
        try:
            with OutputFile(self.path) as target:
                async with executor.render(order) as made:
                    taken = await take(made, target)
                    target.commit()
            assert (taken.sound is None) == (bundle.plan.sound is None)
            self.pieces = [chunk.range for chunk in taken.chunks]
        finally:
            shutil.rmtree(scratch)
        self._watch.end()

    def states(self, state: ChunkState) -> list[ChunkTold]:
        return [event for event in self.told if event.state is state]


@pytest.fixture(scope="session")
def commission(tmp_path_factory, browser_files) -> Commission:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FRAMEWRIGHT_TMPDIR", str(browser_files))
        return asyncio.run(_commission(tmp_path_factory.mktemp("commission")))


class Conformance:
    """The suite.

    Attributes:
        keeps: whether it finds finished pieces of an earlier render.
    """

    keeps = False

    def executor(self):
        """One that renders at least two chunks at a time, with the cache of the settings that an order brings."""
        raise NotImplementedError

    def assert_gone(self, browser_files):
        """That nothing of a render is left, but for what stays beside renders by design."""
        remains.assert_gone(browser_files)

    async def test_every_frame_comes_once_with_the_bytes_of_one_piece(
        self, commission, tmp_path, browser_files
    ):
        making = Making(commission.bundle, tmp_path / "out")
        await making.make(self.executor())
        assert sorted(frame for piece in making.pieces for frame in piece) == list(range(FILM.frames))
        assert decoding.numbers(making.path) == list(range(FILM.frames))
        assert making.path.read_bytes() == commission.reference
        assert sum(event.frames for event in making.states(ChunkState.DONE)) >= FILM.frames
        fractions = [event.fraction for event in making.progress]
        assert fractions == sorted(fractions) and fractions[-1] == 1.0 and max(fractions[:-1]) < 1.0
        self.assert_gone(browser_files)
        if self.keeps:
            again = Making(commission.bundle, tmp_path / "again", cache=tmp_path / "out")
            await again.make(self.executor())
            assert {event.state for event in again.told} == {ChunkState.REUSED}
            assert again.path.read_bytes() == commission.reference

    @pytest.mark.thorough
    async def test_what_may_be_tried_again_is(self, commission, tmp_path, browser_files):
        making = Making(commission.bundle, tmp_path / "out")

        begun = asyncio.Event()
        making.on_told = lambda _event: begun.set()

        async def kill():
            # A single one may be replaced without a word.
            await begun.wait()
            while not making.states(ChunkState.FAILED):
                for browser in remains.browser_mains(browser_files):
                    remains.kill(browser)
                await asyncio.sleep(0.1)

        killing = asyncio.create_task(kill())
        try:
            await making.make(self.executor())
        finally:
            killing.cancel()
        assert making.states(ChunkState.FAILED)
        assert max(event.attempt for event in making.told) > 1
        assert making.path.read_bytes() == commission.reference
        self.assert_gone(browser_files)

    @pytest.mark.thorough
    async def test_what_cannot_be_mended_ends_it(self, commission, tmp_path, browser_files):
        root = tmp_path / "page"
        root.mkdir()
        (root / "index.html").write_text("<!doctype html><script>throw new Error('no')</script>")
        bundle = Bundle(commission.bundle.plan, root, commission.bundle.blobs, commission.bundle.sources)
        making = Making(bundle, tmp_path / "out")
        with pytest.raises(CompositionError):
            await making.make(self.executor())
        assert all(event.attempt == 1 for event in making.told)
        assert not making.states(ChunkState.DONE)
        self.assert_gone(browser_files)

    @pytest.mark.thorough
    async def test_a_cancelled_render_leaves_nothing(self, commission, tmp_path, browser_files):
        making = Making(commission.bundle, tmp_path / "out")
        begun = asyncio.Event()
        making.on_told = lambda event: begun.set() if event.frames else None
        task = asyncio.create_task(making.make(self.executor()))
        async with asyncio.timeout(120):
            await begun.wait()
        task.cancel()
        async with asyncio.timeout(30):
            with pytest.raises(asyncio.CancelledError):
                await task
        assert not making.path.exists()
        left = [path for path in making.folder.rglob("*") if ".part" in path.name]
        assert left == []
        self.assert_gone(browser_files)
