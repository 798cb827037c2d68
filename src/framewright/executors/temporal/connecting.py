"""Connections to Temporal's server: made in one way by clients and workers, with errors that say what to do."""

from __future__ import annotations

import asyncio
import gc
import importlib.util
import re
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from framewright.model.errors import SetupError, TemporalError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Sequence
    from pathlib import Path

    from temporalio.client import Client, Interceptor, Plugin
    from temporalio.runtime import Runtime
    from temporalio.service import RPCError, TLSConfig

    from framewright.executors.temporal.settings import TemporalSettings

CONNECT_SECONDS = 10.0
_PARTING_SECONDS = 0.1
_SYSTEM_WORD = re.compile(r'message: "([^"]{1,100})"')


def need_temporal() -> None:
    """Make sure that the extra is installed, before anything of it is imported.

    Raises:
        SetupError: ``EXTRA_MISSING``.
    """
    if importlib.util.find_spec("temporalio") is None:
        raise SetupError(
            "Rendering on a cluster needs the extra 'temporal': pip install 'framewright[temporal]'.",
            code="EXTRA_MISSING",
        )


async def connect(
    settings: TemporalSettings,
    *,
    seconds: float = CONNECT_SECONDS,
    identity: str | None = None,
    runtime: Runtime | None = None,
    interceptors: Sequence[Interceptor] | None = None,
    plugins: Sequence[Plugin] = (),
) -> Client:
    """A client that speaks our values. There is nothing to close; short processes use :func:`connected`.

    Args:
        seconds: that it may take.
        identity: under which the server knows us; None: by process and host.
        interceptors: None: those that make spans of what is started, where the environment wants them.

    Raises:
        TemporalError: ``TEMPORAL_UNREACHABLE`` where nobody answers.
        SetupError: ``EXTRA_MISSING``; ``TEMPORAL_REFUSED`` where the server does not let us in; ``SETTING_INVALID`` where a file
            of a certificate cannot be read.
    """
    need_temporal()
    from temporalio.client import Client
    from temporalio.contrib.pydantic import pydantic_data_converter

    if interceptors is None:
        from framewright.executors.temporal.telemetry import client_spans

        interceptors = client_spans()
    tls = _read_tls(settings) if settings.encrypted else False
    with translated(settings.address):
        try:
            async with asyncio.timeout(seconds):
                return await Client.connect(
                    settings.address,
                    namespace=settings.namespace,
                    api_key=settings.api_key.get_secret_value() if settings.api_key is not None else None,
                    tls=tls,
                    data_converter=pydantic_data_converter,
                    identity=identity,
                    runtime=runtime,
                    interceptors=interceptors,
                    plugins=plugins,
                    connect_timeout=timedelta(seconds=seconds),
                )
        except (RuntimeError, TimeoutError) as error:
            raise _unreachable(settings.address, error) from error


@asynccontextmanager
async def connected(settings: TemporalSettings, *, seconds: float = CONNECT_SECONDS) -> AsyncIterator[Client]:
    """A client for a process that may end soon after. Raises what :func:`connect` does."""
    client = await connect(settings, seconds=seconds)
    try:
        yield client
    finally:
        del client
        await part_safely()


async def part_safely() -> None:
    """Let what the client's own threads still have to say come in. Call it last, when a process that used one is to end.

    A thread of theirs that wants to give its answer while the interpreter ends crashes it: temporalio/sdk-python#300.
    """
    gc.collect()
    await asyncio.sleep(_PARTING_SECONDS)


@contextmanager
def translated(address: str) -> Iterator[None]:
    """Raise what the server, or its absence, does to a call as an error of ours.

    ``ALREADY_EXISTS``, ``NOT_FOUND`` and other answers that mean something to the caller pass as they are.
    """
    need_temporal()
    from temporalio.service import RPCError, RPCStatusCode

    try:
        yield
    except RPCError as error:
        if error.status in (RPCStatusCode.UNAUTHENTICATED, RPCStatusCode.PERMISSION_DENIED):
            raise SetupError(
                f"Temporal's server at {address} does not let us in ({error.message}): check the namespace, and "
                "FRAMEWRIGHT_TEMPORAL_API_KEY or the certificate.",
                code="TEMPORAL_REFUSED",
            ) from error
        if error.status in (
            RPCStatusCode.UNAVAILABLE,
            RPCStatusCode.DEADLINE_EXCEEDED,
            RPCStatusCode.RESOURCE_EXHAUSTED,
            RPCStatusCode.CANCELLED,
        ):
            raise _unreachable(address, error) from error
        raise


def _unreachable(address: str, error: RuntimeError | TimeoutError | RPCError) -> TemporalError:
    # The client tells a whole chain of causes; the system's own word stands at its end.
    words = _SYSTEM_WORD.search(str(error))
    told = f" ({words[1].lower()})" if words else ""
    return TemporalError(
        f"Temporal's server at {address} does not answer{told}: start it, or name another with --address or "
        "FRAMEWRIGHT_TEMPORAL_ADDRESS.",
        code="TEMPORAL_UNREACHABLE",
    )


def _read_tls(settings: TemporalSettings) -> TLSConfig:
    from temporalio.service import TLSConfig

    return TLSConfig(
        server_root_ca_cert=_read(settings.tls_ca, "TLS_CA"),
        client_cert=_read(settings.tls_cert, "TLS_CERT"),
        client_private_key=_read(settings.tls_key, "TLS_KEY"),
    )


def _read(path: Path | None, name: str) -> bytes | None:
    if path is None:
        return None
    try:
        return path.read_bytes()
    except OSError as error:
        raise SetupError(
            f"The file {path} of FRAMEWRIGHT_TEMPORAL_{name} cannot be read: {error.strerror}.",
            code="SETTING_INVALID",
        ) from error
