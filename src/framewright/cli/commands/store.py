"""``framewright store``."""

from __future__ import annotations

import typer

from framewright.cli import cluster_options as c  # noqa: TC001 -- typer reads it at run time
from framewright.cli import options as o  # noqa: TC001 -- typer reads it at run time

store = typer.Typer(help="Say what the store of a cluster holds, or remove what is old.")


@store.callback(invoke_without_command=True)
def _store(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@store.command("list")
def store_list(*, store: c.Store = None, as_json: o.JsonDocument = False) -> int:
    """Say what a store holds, and how old it is."""
    from framewright.cli.store import run_store_list

    return run_store_list(store, as_json=as_json)


@store.command("clean")
def store_clean(
    *,
    store: c.Store = None,
    older_than: c.StoreAge = "14d",
    dry_run: c.DryRun = False,
    as_json: o.JsonDocument = False,
) -> int:
    """Remove what was not written or wanted for long. Blobs stay up to two days longer than the documents that name them."""
    from framewright.cli.store import run_store_clean

    return run_store_clean(store, older_than=older_than, dry_run=dry_run, as_json=as_json)
