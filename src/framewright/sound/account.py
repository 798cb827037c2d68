"""What a mix tells of itself while it is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import numpy as np
    from numpy.typing import NDArray


def _nothing() -> None:
    pass


@dataclass(slots=True)
class Account:
    """Filled by :func:`framewright.sound.mix`.

    Attributes:
        on_step: called with every block that was made, also of the pass that only measures. What it raises ends the mix.
        look: called while a mix waits for processes that read for it. What it raises ends the mix.
        raised: dB by which everything was made louder, or quieter, to reach a loudness.
        limited: dB that the limiter took away where it took most; 0: it never had to act.
        passes: how often everything is gone through: twice when a loudness is measured first.
        gone: samples that were gone through so far, in all passes.
    """

    on_step: Callable[[], None] = _nothing
    look: Callable[[], None] = _nothing
    raised: float = 0.0
    limited: float = 0.0
    passes: int = 1
    gone: int = 0

    def watched(self, blocks: Iterable[NDArray[np.float32]]) -> Iterator[NDArray[np.float32]]:
        """The blocks, each told of."""
        for block in blocks:
            self.gone += block.shape[0]
            self.on_step()
            yield block
