"""The options of ``framewright worker``."""

from __future__ import annotations

from typing import Annotated

import typer

_WORK = "Work"
_WATCH = "Watching"
_VERSION = "Version"

Slots = Annotated[
    str,
    typer.Option(
        metavar="N|auto", help="Chunks at a time.", envvar="FRAMEWRIGHT_SLOTS", show_envvar=False, rich_help_panel=_WORK
    ),
]  # fmt: skip
SlotWorkers = Annotated[
    str,
    typer.Option(
        metavar="N|auto", help="Browsers for each chunk.", envvar="FRAMEWRIGHT_WORKERS", show_envvar=False,
        rich_help_panel=_WORK,
    ),
]  # fmt: skip
Dev = Annotated[
    bool,
    typer.Option(
        "--dev", metavar=" ", help="Try it: start a development server and a store, too, that last as long as the worker.",
        rich_help_panel=_WORK,
    ),
]  # fmt: skip
MetricsAt = Annotated[
    str | None,
    typer.Option(
        metavar="HOST:PORT", help="Let Prometheus collect measures here.", show_default=False, rich_help_panel=_WATCH
    ),
]  # fmt: skip
Otel = Annotated[
    bool | None,
    typer.Option(
        "--otel/--no-otel", metavar=" ", help="Send spans as OTEL_* say. (default: where OTEL_EXPORTER_* or OTEL_TRACES_* are set)",
        show_default=False, rich_help_panel=_WATCH,
    ),
]  # fmt: skip
Deployment = Annotated[
    str | None,
    typer.Option(
        metavar="NAME", help="Deployment that this worker is a version of, with --build-id; renders end on the version that they began on.",
        show_default=False, rich_help_panel=_VERSION,
    ),
]  # fmt: skip
BuildId = Annotated[
    str | None,
    typer.Option(metavar="ID", help="The version.", show_default=False, rich_help_panel=_VERSION),
]
