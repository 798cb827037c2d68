"""Who renders the pieces of a plan, what it is given, and what it gives back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from framewright.model.events import RenderEvent
    from framewright.model.piece import ChunkResult, SoundResult
    from framewright.model.settings import Settings
    from framewright.render.bundle import Bundle
    from framewright.render.studio import Studio


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One render.

    Attributes:
        draft: the plan without its sound, and its files. Chunks may be rendered of it at once.
        settle: the whole plan, with its sound. To be awaited once; it may take as long as the frames, and beside them.
        folder: exists, is empty, lies on the disk of the output, and is gone with the render: pieces may stand there.
        settings: of the machine.
        tell: takes events. :class:`~framewright.model.events.ChunkTold` of every chunk that begins, gets on and ends are
            what progress is made of; call it in the loop's own thread. What it raises ends the render.
        workers: browsers in all, as the caller wished; None: as many as the machine carries.
        resume: pieces that an earlier render has finished may be used.
        allow_drift: an environment that differs from the plan's is no error.
        studio: where the page stands open already, in this process; None: nowhere.
    """

    draft: Bundle
    settle: Callable[[], Awaitable[Bundle]]
    folder: Path
    settings: Settings
    tell: Callable[[RenderEvent], None]
    workers: int | None = None
    resume: bool = True
    allow_drift: bool = False
    studio: Studio | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pieces:
    """What the finished file is made of. Each piece has its account beside it.

    Attributes:
        bundle: of the whole plan, as it was settled.
        chunks: of all frames, gapless and without overlaps; they need not be the plan's own chunks.
        sound: None where the plan has none.
    """

    bundle: Bundle
    chunks: tuple[Path, ...]
    sound: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembled:
    """A finished file that the executor has put together itself, with the accounts of what it is made of.

    Attributes:
        bundle: of the whole plan, as it was settled.
        file: complete and checked; for an image sequence a folder. Whoever takes it may move it away.
        chunks: of all frames, in order.
        sound: None where the plan has none.
    """

    bundle: Bundle
    file: Path
    chunks: tuple[ChunkResult, ...]
    sound: SoundResult | None = None


class Executor(Protocol):
    """Makes the pieces of renders, wherever it likes; ``docs/distributed.md`` shows how to write one. The caller plans before, and puts the pieces together afterwards.

    Attributes:
        slots: chunks that it renders at a time; plans are cut for so many.
        travels: it renders where the project does not lie: plans list also what pages may still ask for.
    """

    @property
    def slots(self) -> int:
        """See the class."""
        ...

    @property
    def travels(self) -> bool:
        """See the class."""
        ...

    def render(self, order: Order) -> AbstractAsyncContextManager[Pieces | Assembled]:
        """Make the pieces of one plan, or the finished file. They stand as long as the context is entered; several may be at once.

        An executor

        - renders every frame of the plan exactly once, and mixes the sound where there is some;
        - gives pieces, or a file, whose bytes depend on the plan alone;
        - tries again what failed with a ``retryable`` error, elsewhere if it can, and a bounded number of times; ends with
          the error otherwise, as it was raised;
        - tells a ``ChunkTold`` for whatever begins, gets on, ends, fails or is split, and where it puts the file together
          itself, a ``StageBegan`` of the last stage;
        - is cancelled by cancelling its task: within a few seconds nothing of it runs any more, and nothing but finished
          pieces in a cache of its own is left.

        Raises:
            FramewrightError: what could not be helped.
        """
        ...
