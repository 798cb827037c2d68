"""The options of ``framewright serve`` and of ``framewright tokens``. Where they are left out, the environment counts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

_REACHED = "Where it listens, and to whom"
_WORK = "Work"
_ALLOWED = "What requests may name"

Data = Annotated[
    Path | None,
    typer.Option(
        metavar="FOLDER", help="The service's own folder. (default: framewright/service in your folder for state)",
        show_default=False,
    ),
]  # fmt: skip
Host = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS", help="Address to listen at; 0.0.0.0: all. (default: 127.0.0.1)", show_default=False,
        rich_help_panel=_REACHED,
    ),
]  # fmt: skip
Port = Annotated[
    int | None,
    typer.Option(
        metavar="N", min=0, max=65535, help="Port to listen at; 0: a free one. (default: 8080)", show_default=False,
        rich_help_panel=_REACHED,
    ),
]  # fmt: skip
Name = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME", help="Name under which it is reached, such as render.example.org; may be given several times.",
        show_default=False, rich_help_panel=_REACHED,
    ),
]  # fmt: skip
Tokens = Annotated[
    bool | None,
    typer.Option(
        "--tokens/--no-tokens", help="Whether every request needs one. (default: where others than this machine reach it)",
        show_default=False, rich_help_panel=_REACHED,
    ),
]  # fmt: skip
Executor = Annotated[
    str | None,
    typer.Option(
        metavar="WHO", help="local, temporal: who renders. (default: local)", show_default=False, rich_help_panel=_WORK
    ),
]  # fmt: skip
Slots = Annotated[
    int | None,
    typer.Option(
        metavar="N", min=1, max=64, help="Renders at a time. (default: 1)", show_default=False, rich_help_panel=_WORK
    ),
]  # fmt: skip
Waiting = Annotated[
    int | None,
    typer.Option(
        metavar="N", min=0, max=100_000, help="Renders that may wait; more are refused. (default: 100)", show_default=False,
        rich_help_panel=_WORK,
    ),
]  # fmt: skip
Root = Annotated[
    list[Path] | None,
    typer.Option(
        metavar="FOLDER", help="Folder from which compositions may be named by path; may be given several times.",
        show_default=False, rich_help_panel=_ALLOWED,
    ),
]  # fmt: skip
Urls = Annotated[
    bool | None,
    typer.Option(
        "--urls/--no-urls", help="Whether compositions may be named by an address. (default: not)", show_default=False,
        rich_help_panel=_ALLOWED,
    ),
]  # fmt: skip
PageNetwork = Annotated[
    str | None,
    typer.Option(
        metavar="WHAT", help="none, public, any: what pages may reach beyond their own files. (default: none)",
        show_default=False, rich_help_panel=_ALLOWED,
    ),
]  # fmt: skip
WebhookHost = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME", help="Host that may be told of jobs, such as hooks.example.org; may be given several times.",
        show_default=False, rich_help_panel=_ALLOWED,
    ),
]  # fmt: skip
Scopes = Annotated[
    list[str] | None,
    typer.Option(
        "--scope", metavar="SCOPE", help="read, write, admin; may be given several times. (default: read and write)",
        show_default=False,
    ),
]  # fmt: skip
Days = Annotated[
    float | None,
    typer.Option(
        metavar="N", help="For how long it is good. (default: until it is revoked)", show_default=False
    ),
]
TokenFrom = Annotated[
    Path | None,
    typer.Option(
        "--token-file", metavar="FILE",
        help="Holds a token that another service has made, for this one to know, too.", show_default=False,
    ),
]  # fmt: skip
TokenFor = Annotated[
    str,
    typer.Argument(
        metavar="NAME", help="Whom it is for; what it is used for belongs to it.", show_default=False
    ),
]
TokenName = Annotated[str, typer.Argument(metavar="NAME", help="The name, or the id.", show_default=False)]
