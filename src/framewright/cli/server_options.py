"""The options that say where Temporal's server is, for commands that ask for nothing else of a cluster."""

from __future__ import annotations

import functools
import inspect
from typing import TYPE_CHECKING

from framewright.cli import cluster_options as c
from framewright.cli.cluster import ClusterWishes

if TYPE_CHECKING:
    from collections.abc import Callable

_OPTIONS = {
    "address": c.Address,
    "namespace": c.Namespace,
    "api_key_file": c.ApiKeyFile,
    "tls": c.Tls,
    "tls_ca": c.TlsCa,
    "tls_cert": c.TlsCert,
    "tls_key": c.TlsKey,
}


def takes_server(command: Callable[..., int]) -> Callable[..., int]:
    """Give a command these options; it gets them as its one argument ``server``."""
    own = inspect.signature(command, eval_str=True).parameters.values()
    asked = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=kind)
        for name, kind in _OPTIONS.items()
    ]
    parameters = [found for one in own for found in (asked if one.name == "server" else [one])]

    @functools.wraps(command)
    def with_options(**given: object) -> int:
        server = ClusterWishes(**{name: given.pop(name) for name in _OPTIONS})  # type: ignore[arg-type]
        return command(**given, server=server)

    # What typer reads, in place of the command's own.
    with_options.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    with_options.__annotations__ = {one.name: one.annotation for one in parameters}
    return with_options
