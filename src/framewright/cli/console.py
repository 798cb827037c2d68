"""The terminal that people read: stderr, in colour where that is wanted, plain where it is a file or a pipe."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TextIO

LABEL_WIDTH = 11


class PeopleConsole(Console):
    """Text as it is, without markup or highlighting; a closed pipe is an error like everywhere else."""

    def on_broken_pipe(self) -> None:
        """Rich would end the process here, in the middle of a render.

        Raises:
            BrokenPipeError: always.
        """
        self.quiet = True
        raise BrokenPipeError


def people_console(stream: TextIO | None = None) -> Console:
    """A console on ``stream``, which is stderr if not told."""
    return PeopleConsole(file=stream or sys.stderr, highlight=False, emoji=False, markup=False)


def is_live(console: Console) -> bool:
    """Whether the console can rewrite a line. FORCE_COLOR colours a pipe, but makes no terminal of it."""
    return console.file.isatty() and console.is_terminal and not console.is_dumb_terminal


def line(console: Console, text: Text | str, *, style: str = "") -> None:
    """Print one line as it is, for the terminal to wrap: it can be searched and copied."""
    console.print(text, style=style, soft_wrap=True)


def hanging(console: Console, mark: Text, text: Text) -> None:
    """Print ``text`` after ``mark``; on a terminal its further lines stand below its first one."""
    if not console.is_terminal:
        line(console, Text.assemble(mark, " ", text))
        return
    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row(mark, text)
    console.print(grid)


def rows(
    console: Console, pairs: Iterable[tuple[str, Text | str]], *, style: str = "", label_style: str = "dim"
) -> None:
    """Print labels and values in two columns, with two spaces before them."""
    pairs = list(pairs)
    width = max([LABEL_WIDTH, *(len(label) + 2 for label, _ in pairs)])
    if not console.is_terminal:
        for label, value in pairs:
            line(console, Text.assemble("  ", label.ljust(width), value))
        return
    grid = Table.grid()
    grid.add_column(width=width, style=label_style)
    grid.add_column(overflow="fold", style=style)
    for label, value in pairs:
        grid.add_row(label, value)
    console.print(Padding(grid, (0, 0, 0, 2), expand=False))
