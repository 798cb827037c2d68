"""``framewright serve``."""

from __future__ import annotations

from framewright.cli import cluster_options as c  # noqa: TC001 -- typer reads it at run time
from framewright.cli import options as o  # noqa: TC001 -- as above
from framewright.cli import service_options as s  # noqa: TC001 -- as above


def serve(
    *,
    host: s.Host = None,
    port: s.Port = None,
    name: s.Name = None,
    tokens: s.Tokens = None,
    data: s.Data = None,
    executor: s.Executor = None,
    slots: s.Slots = None,
    waiting: s.Waiting = None,
    root: s.Root = None,
    urls: s.Urls = None,
    page_network: s.PageNetwork = None,
    webhook_host: s.WebhookHost = None,
    address: c.Address = None,
    namespace: c.Namespace = None,
    queue: c.Queue = None,
    store: c.Store = None,
    api_key_file: c.ApiKeyFile = None,
    tls: c.Tls = None,
    tls_ca: c.TlsCa = None,
    tls_cert: c.TlsCert = None,
    tls_key: c.TlsKey = None,
    as_json: o.JsonEvents = False,
    quiet: o.Quiet = False,
    debug: o.Debug = False,
) -> int:
    """Render over HTTP, until told to stop."""
    from framewright.cli.cluster import ClusterWishes
    from framewright.cli.serve import run_serve

    return run_serve(
        {
            "host": host,
            "port": port,
            "hosts": tuple(name) if name else None,
            "tokens": tokens,
            "data": data,
            "executor": executor,
            "slots": slots,
            "queue": waiting,
            "roots": tuple(root) if root else None,
            "urls": urls,
            "page_network": page_network,
            "webhook_hosts": tuple(webhook_host) if webhook_host else None,
        },
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
        store=store,
        as_json=as_json,
        quiet=quiet,
        debug=debug,
    )
