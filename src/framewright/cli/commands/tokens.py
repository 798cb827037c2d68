"""``framewright tokens``."""

from __future__ import annotations

import typer

from framewright.cli import options as o  # noqa: TC001 -- typer reads it at run time
from framewright.cli import service_options as s  # noqa: TC001 -- as above

tokens = typer.Typer(help="Say who may use a render service.")


@tokens.callback(invoke_without_command=True)
def _tokens(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@tokens.command("create")
def tokens_create(
    name: s.TokenFor,
    *,
    scope: s.Scopes = None,
    days: s.Days = None,
    token_file: s.TokenFrom = None,
    data: s.Data = None,
    as_json: o.JsonDocument = False,
) -> int:
    """Make a token and print it. It is shown this once."""
    from framewright.cli.tokens import run_tokens_create

    return run_tokens_create(name, scope, days=days, token_file=token_file, data=data, as_json=as_json)


@tokens.command("list")
def tokens_list(*, data: s.Data = None, as_json: o.JsonDocument = False) -> int:
    """Say which tokens there are, and when they were last used."""
    from framewright.cli.tokens import run_tokens_list

    return run_tokens_list(data=data, as_json=as_json)


@tokens.command("revoke")
def tokens_revoke(name: s.TokenName, *, data: s.Data = None, as_json: o.JsonDocument = False) -> int:
    """Have a token open nothing any more, at once."""
    from framewright.cli.tokens import run_tokens_revoke

    return run_tokens_revoke(name, data=data, as_json=as_json)
