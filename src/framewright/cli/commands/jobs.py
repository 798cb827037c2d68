"""``framewright jobs``."""

from __future__ import annotations

import typer

from framewright.cli import cluster_options as c  # noqa: TC001 -- typer reads it at run time
from framewright.cli import options as o  # noqa: TC001 -- as above
from framewright.cli.cluster import ClusterWishes  # noqa: TC001 -- as above
from framewright.cli.remote import ServerWishes
from framewright.cli.server_options import takes_server

jobs = typer.Typer(help="List, show, cancel, reorder and wait for renders on a cluster or a service.")


@jobs.callback(invoke_without_command=True)
def _jobs(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@jobs.command("list")
@takes_server
def jobs_list(
    *,
    limit: c.MostJobs = 50,
    service: o.Server = None,
    token_file: o.TokenFile = None,
    server: ClusterWishes,
    as_json: o.JsonDocument = False,
    debug: o.Debug = False,
) -> int:
    """Say which renders there are, the latest first, and how far they are."""
    remote = ServerWishes.or_cluster(service, token_file, server)
    if remote is not None:
        from framewright.cli.remote_jobs import list_there

        return list_there(remote, limit=limit, as_json=as_json, debug=debug)
    from framewright.cli.jobs import run_jobs_list

    return run_jobs_list(server, limit=limit, as_json=as_json, debug=debug)


@jobs.command("show")
@takes_server
def jobs_show(
    job: c.Job,
    *,
    service: o.Server = None,
    token_file: o.TokenFile = None,
    server: ClusterWishes,
    as_json: o.JsonDocument = False,
    debug: o.Debug = False,
) -> int:
    """Say how far a render is, who renders which chunk, and what has failed."""
    remote = ServerWishes.or_cluster(service, token_file, server)
    if remote is not None:
        from framewright.cli.remote_jobs import show_there

        return show_there(remote, job, as_json=as_json, debug=debug)
    from framewright.cli.jobs import run_jobs_show

    return run_jobs_show(server, job, as_json=as_json, debug=debug)


@jobs.command("cancel")
@takes_server
def jobs_cancel(
    job: c.Job,
    *,
    no_wait: c.NoWait = False,
    service: o.Server = None,
    token_file: o.TokenFile = None,
    server: ClusterWishes,
    as_json: o.JsonDocument = False,
    debug: o.Debug = False,
) -> int:
    """End a render; what is finished of it stays in the store."""
    remote = ServerWishes.or_cluster(service, token_file, server)
    if remote is not None:
        from framewright.cli.remote_jobs import cancel_there

        return cancel_there(remote, job, wait=not no_wait, as_json=as_json, debug=debug)
    from framewright.cli.jobs import run_jobs_cancel

    return run_jobs_cancel(server, job, wait=not no_wait, as_json=as_json, debug=debug)


@jobs.command("priority")
@takes_server
def jobs_priority(
    job: c.Job,
    priority: c.NewPriority,
    *,
    server: ClusterWishes,
    as_json: o.JsonDocument = False,
    debug: o.Debug = False,
) -> int:
    """Let a render that runs come before others, or after them. Chunks that are drawn already go on."""
    from framewright.cli.jobs import run_jobs_priority

    return run_jobs_priority(server, job, priority, as_json=as_json, debug=debug)


@jobs.command("wait")
@takes_server
def jobs_wait(
    job: c.Job,
    *,
    output: o.Output = None,
    service: o.Server = None,
    token_file: o.TokenFile = None,
    server: ClusterWishes,
    as_json: o.JsonEvents = False,
    quiet: o.Quiet = False,
    debug: o.Debug = False,
) -> int:
    """Follow a render to its end and fetch what it has made. Ctrl-C leaves it to itself."""
    from framewright.cli.jobs import run_jobs_wait
    from framewright.cli.render import Telling

    telling = Telling(as_json=as_json, quiet=quiet, debug=debug)
    remote = ServerWishes.or_cluster(service, token_file, server)
    if remote is not None:
        from framewright.cli.remote_jobs import wait_there

        return wait_there(remote, job, output, telling=telling)
    return run_jobs_wait(server, job, output, telling=telling)
