"""The options of all commands that speak to Temporal's server or to a store: where they are, and who we are to them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

_CLUSTER = "Cluster"

Address = Annotated[
    str | None,
    typer.Option(
        metavar="HOST:PORT", help="Temporal's server. (default: FRAMEWRIGHT_TEMPORAL_ADDRESS, or 127.0.0.1:7233)",
        show_default=False, rich_help_panel=_CLUSTER,
    ),
]  # fmt: skip
Namespace = Annotated[
    str | None,
    typer.Option(
        metavar="NAME", help="Its namespace. (default: FRAMEWRIGHT_TEMPORAL_NAMESPACE, or default)",
        show_default=False, rich_help_panel=_CLUSTER,
    ),
]  # fmt: skip
Queue = Annotated[
    str | None,
    typer.Option(
        metavar="NAME", help="What the queues of renders and workers begin with. (default: framewright)",
        show_default=False, rich_help_panel=_CLUSTER,
    ),
]  # fmt: skip
ApiKeyFile = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help="Holds the API key. (default: FRAMEWRIGHT_TEMPORAL_API_KEY)",
        show_default=False, rich_help_panel=_CLUSTER,
    ),
]  # fmt: skip
Tls = Annotated[
    bool | None,
    typer.Option(
        "--tls/--no-tls",
        help="Encrypt the connection. (default: where a key or certificate is given)",
        show_default=False, rich_help_panel=_CLUSTER,
    ),
]  # fmt: skip
TlsCa = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help="Certificate that vouches for the server.", show_default=False, rich_help_panel=_CLUSTER
    ),
]  # fmt: skip
TlsCert = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Our own certificate.", show_default=False, rich_help_panel=_CLUSTER),
]
TlsKey = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="The key of it.", show_default=False, rich_help_panel=_CLUSTER),
]
Store = Annotated[
    str | None,
    typer.Option(
        metavar="URI", help="Where files of renders lie: a folder, s3://…, gs://…, az://…. (default: FRAMEWRIGHT_STORE)",
        show_default=False, rich_help_panel=_CLUSTER,
    ),
]  # fmt: skip
StoreAge = Annotated[
    str,
    typer.Option(
        metavar="AGE", help="For how long, such as 12h or 30d. Less than 2d may take what a render is using; 0s takes everything.",
    ),
]  # fmt: skip
DryRun = Annotated[bool, typer.Option("--dry-run", metavar=" ", help="Only say what would be removed.")]
TemporalDev = Annotated[
    bool,
    typer.Option(
        "--temporal-dev", metavar=" ", help="Try it: a server, a worker and a store for this render alone.",
        rich_help_panel=_CLUSTER,
    ),
]  # fmt: skip
Detach = Annotated[
    bool,
    typer.Option(
        "--detach", metavar=" ", help="Begin the render, print its id and leave; see framewright jobs.",
        rich_help_panel=_CLUSTER,
    ),
]  # fmt: skip
Priority = Annotated[
    int | None,
    typer.Option(
        metavar="N", min=1, max=5, help="Among the renders of the cluster: 1 comes first, 5 last. (default: 3)",
        show_default=False, rich_help_panel=_CLUSTER,
    ),
]  # fmt: skip
KeepPieces = Annotated[
    bool,
    typer.Option(
        "--keep-pieces/--no-keep-pieces",
        help="Whether pieces stay in the store for renders to come.",
        rich_help_panel=_CLUSTER,
    ),
]
PlanOn = Annotated[
    str | None,
    typer.Option(
        metavar="WHERE", help="client, worker: who opens the page to plan; on a worker, no browser is needed here. (default: client)",
        show_default=False, rich_help_panel=_CLUSTER,
    ),
]  # fmt: skip
Job = Annotated[
    str,
    typer.Argument(metavar="ID", help="Of the render, as --detach printed it.", show_default=False),
]
NewPriority = Annotated[
    int,
    typer.Argument(metavar="N", min=1, max=5, help="1 comes first, 5 last; 3 is usual.", show_default=False),
]
MostJobs = Annotated[int, typer.Option("--limit", metavar="N", min=1, max=1000, help="The latest ones.")]
NoWait = Annotated[
    bool, typer.Option("--no-wait", metavar=" ", help="Do not wait until the workers have let go.")
]
