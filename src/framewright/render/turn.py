"""What a render takes from the batch that it is a part of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from framewright.browser import FileServer
    from framewright.render.stock import BrowserStock


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One row's turn.

    Attributes:
        stock: where browsers come from, and go to.
        server: serves the composition to every row; None where it is an address.
        spare: variables that the page need not declare: the names of outputs are made of them.
        written: numbers and truth values among the variables are text.
    """

    stock: BrowserStock
    server: FileServer | None
    spare: tuple[str, ...] = ()
    written: bool = False
