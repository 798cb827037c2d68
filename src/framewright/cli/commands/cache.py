"""``framewright cache``."""

from __future__ import annotations

import typer

from framewright.cli import options as o  # noqa: TC001 -- typer reads it at run time

cache = typer.Typer(help="Say what is kept between renders, or remove it.")


@cache.callback(invoke_without_command=True)
def _cache(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@cache.command("list")
def cache_list(*, as_json: o.JsonDocument = False) -> int:
    """Say what is kept between renders, and how much room it takes."""
    from framewright.cli.cache import run_cache_list

    return run_cache_list(as_json=as_json)


@cache.command("clean")
def cache_clean(
    *, older_than: o.OlderThan = None, everything: o.CleanAll = False, as_json: o.JsonDocument = False
) -> int:
    """Remove pieces of renders that are beyond the limits of size and age, or more; never what a render is using."""
    from framewright.cli.cache import run_cache_clean

    return run_cache_clean(older_than=older_than, everything=everything, as_json=as_json)
