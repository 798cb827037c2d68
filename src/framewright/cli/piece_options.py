"""The options of the commands that go step by step: of plans, pieces and finished films."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

_OUTPUT = "Output"
_WORK = "Work"

PlanFolder = Annotated[
    Path, typer.Argument(metavar="PLAN", help="The folder of a plan, or its plan.json.", show_default=False)
]
ChunkIndex = Annotated[
    str,
    typer.Argument(metavar="INDEX", help="Of the chunk, from 0 on; or sound.", show_default=False),
]
PieceOutput = Annotated[
    Path,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="The piece to write; its account comes to stand beside it.",
        show_default=False,
        rich_help_panel=_OUTPUT,
    ),
]
AllowDrift = Annotated[
    bool,
    typer.Option(
        "--allow-environment-drift",
        help="Go on where this machine would not give the bytes of the plan, and say so.",
        rich_help_panel=_WORK,
    ),
]
Pieces = Annotated[
    list[Path],
    typer.Argument(
        metavar="PIECE...",
        help="Pieces of video and of sound, or folders of them, in any order.",
        show_default=False,
    ),
]
FinishedOutput = Annotated[
    Path,
    typer.Option(
        "--output",
        "-o",
        metavar="OUT",
        help="File or folder to write.",
        show_default=False,
        rich_help_panel=_OUTPUT,
    ),
]
FinishedFile = Annotated[
    Path,
    typer.Argument(
        metavar="FILE", help="A video file, or the folder of an image sequence.", show_default=False
    ),
]
Against = Annotated[
    Path | None,
    typer.Option(
        metavar="OTHER",
        help="Compare each frame with this film's.",
        show_default=False,
        rich_help_panel=_WORK,
    ),
]
ByPlan = Annotated[
    Path | None,
    typer.Option(
        "--plan", metavar="PLAN", help="Judge it by the plan that it was made by.", show_default=False,
        rich_help_panel=_WORK,
    ),
]  # fmt: skip
