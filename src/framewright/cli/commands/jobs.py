"""``framewright jobs``."""

from __future__ import annotations

import typer

from framewright.cli import cluster_options as c  # noqa: TC001 -- typer reads it at run time
from framewright.cli import options as o  # noqa: TC001 -- as above
from framewright.cli.cluster import ClusterWishes

jobs = typer.Typer(help="List, show, cancel, reorder and wait for renders on a cluster.")


@jobs.callback(invoke_without_command=True)
def _jobs(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@jobs.command("list")
def jobs_list(
    *,
    limit: c.MostJobs = 50,
    address: c.Address = None,
    namespace: c.Namespace = None,
    api_key_file: c.ApiKeyFile = None,
    tls: c.Tls = None,
    tls_ca: c.TlsCa = None,
    tls_cert: c.TlsCert = None,
    tls_key: c.TlsKey = None,
    as_json: o.JsonDocument = False,
    debug: o.Debug = False,
) -> int:
    """Say which renders there are, the latest first, and how far they are."""
    from framewright.cli.jobs import run_jobs_list

    wishes = ClusterWishes(
        address=address,
        namespace=namespace,
        api_key_file=api_key_file,
        tls=tls,
        tls_ca=tls_ca,
        tls_cert=tls_cert,
        tls_key=tls_key,
    )
    return run_jobs_list(wishes, limit=limit, as_json=as_json, debug=debug)


@jobs.command("show")
def jobs_show(
    job: c.Job,
    *,
    address: c.Address = None,
    namespace: c.Namespace = None,
    api_key_file: c.ApiKeyFile = None,
    tls: c.Tls = None,
    tls_ca: c.TlsCa = None,
    tls_cert: c.TlsCert = None,
    tls_key: c.TlsKey = None,
    as_json: o.JsonDocument = False,
    debug: o.Debug = False,
) -> int:
    """Say how far a render is, who renders which chunk, and what has failed."""
    from framewright.cli.jobs import run_jobs_show

    wishes = ClusterWishes(
        address=address,
        namespace=namespace,
        api_key_file=api_key_file,
        tls=tls,
        tls_ca=tls_ca,
        tls_cert=tls_cert,
        tls_key=tls_key,
    )
    return run_jobs_show(wishes, job, as_json=as_json, debug=debug)


@jobs.command("cancel")
def jobs_cancel(
    job: c.Job,
    *,
    no_wait: c.NoWait = False,
    address: c.Address = None,
    namespace: c.Namespace = None,
    api_key_file: c.ApiKeyFile = None,
    tls: c.Tls = None,
    tls_ca: c.TlsCa = None,
    tls_cert: c.TlsCert = None,
    tls_key: c.TlsKey = None,
    as_json: o.JsonDocument = False,
    debug: o.Debug = False,
) -> int:
    """End a render; what is finished of it stays in the store."""
    from framewright.cli.jobs import run_jobs_cancel

    wishes = ClusterWishes(
        address=address,
        namespace=namespace,
        api_key_file=api_key_file,
        tls=tls,
        tls_ca=tls_ca,
        tls_cert=tls_cert,
        tls_key=tls_key,
    )
    return run_jobs_cancel(wishes, job, wait=not no_wait, as_json=as_json, debug=debug)


@jobs.command("priority")
def jobs_priority(
    job: c.Job,
    priority: c.NewPriority,
    *,
    address: c.Address = None,
    namespace: c.Namespace = None,
    api_key_file: c.ApiKeyFile = None,
    tls: c.Tls = None,
    tls_ca: c.TlsCa = None,
    tls_cert: c.TlsCert = None,
    tls_key: c.TlsKey = None,
    as_json: o.JsonDocument = False,
    debug: o.Debug = False,
) -> int:
    """Let a render that runs come before others, or after them. Chunks that are drawn already go on."""
    from framewright.cli.jobs import run_jobs_priority

    wishes = ClusterWishes(
        address=address,
        namespace=namespace,
        api_key_file=api_key_file,
        tls=tls,
        tls_ca=tls_ca,
        tls_cert=tls_cert,
        tls_key=tls_key,
    )
    return run_jobs_priority(wishes, job, priority, as_json=as_json, debug=debug)


@jobs.command("wait")
def jobs_wait(
    job: c.Job,
    *,
    output: o.Output = None,
    address: c.Address = None,
    namespace: c.Namespace = None,
    api_key_file: c.ApiKeyFile = None,
    tls: c.Tls = None,
    tls_ca: c.TlsCa = None,
    tls_cert: c.TlsCert = None,
    tls_key: c.TlsKey = None,
    as_json: o.JsonEvents = False,
    quiet: o.Quiet = False,
    debug: o.Debug = False,
) -> int:
    """Follow a render to its end and fetch what it has made. Ctrl-C leaves it to itself."""
    from framewright.cli.jobs import run_jobs_wait
    from framewright.cli.render import Telling

    wishes = ClusterWishes(
        address=address,
        namespace=namespace,
        api_key_file=api_key_file,
        tls=tls,
        tls_ca=tls_ca,
        tls_cert=tls_cert,
        tls_key=tls_key,
    )
    telling = Telling(as_json=as_json, quiet=quiet, debug=debug)
    return run_jobs_wait(wishes, job, output, telling=telling)
