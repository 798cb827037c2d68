"""``framewright worker``."""

from __future__ import annotations

from framewright.cli import cluster_options as c  # noqa: TC001 -- typer reads it at run time
from framewright.cli import options as o  # noqa: TC001 -- as above
from framewright.cli import worker_options as w  # noqa: TC001 -- as above


def worker(
    *,
    address: c.Address = None,
    namespace: c.Namespace = None,
    queue: c.Queue = None,
    store: c.Store = None,
    api_key_file: c.ApiKeyFile = None,
    tls: c.Tls = None,
    tls_ca: c.TlsCa = None,
    tls_cert: c.TlsCert = None,
    tls_key: c.TlsKey = None,
    slots: w.Slots = "auto",
    workers: w.SlotWorkers = "auto",
    dev: w.Dev = False,
    metrics: w.MetricsAt = None,
    otel: w.Otel = None,
    deployment: w.Deployment = None,
    build_id: w.BuildId = None,
    page_timeout: o.PageTimeout = None,
    page_memory: o.PageMemory = None,
    as_json: o.JsonEvents = False,
    quiet: o.Quiet = False,
    debug: o.Debug = False,
) -> int:
    """Render for others: take chunks from Temporal until told to stop."""
    from framewright.cli.cluster import ClusterWishes
    from framewright.cli.worker import WorkerWishes, run_worker

    return run_worker(
        ClusterWishes(
            address=address,
            namespace=namespace,
            queue=queue,
            api_key_file=api_key_file,
            tls=tls,
            tls_ca=tls_ca,
            tls_cert=tls_cert,
            tls_key=tls_key,
        ),
        WorkerWishes(
            store=store,
            slots=slots,
            workers=workers,
            dev=dev,
            metrics=metrics,
            otel=otel,
            deployment=deployment,
            build_id=build_id,
        ),
        page_timeout=page_timeout,
        page_memory=page_memory,
        as_json=as_json,
        quiet=quiet,
        debug=debug,
    )
