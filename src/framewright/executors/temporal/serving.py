"""A worker as a process of its own: checked, connected, told about, and drained when it is told to stop."""

from __future__ import annotations

import asyncio
import shlex
import tempfile
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.worker import WorkerDeploymentConfig

from framewright.executors.temporal.connecting import connect, part_safely
from framewright.executors.temporal.dev_server import DevServer
from framewright.executors.temporal.metrics import Metrics
from framewright.executors.temporal.references import environment_digest
from framewright.executors.temporal.sharing import share_out
from framewright.executors.temporal.telemetry import open_runtime, open_tracing
from framewright.executors.temporal.worker import Outfit, own_name, running_worker
from framewright.executors.temporal.worker_events import DevStarted, WorkerReady, WorkerStopping
from framewright.executors.tracing import wants_tracing
from framewright.model.errors import SetupError
from framewright.render import CheckState, diagnose
from framewright.render.choice import Choice
from framewright.render.machine import read_machine
from framewright.render.planning.environment import read_environment
from framewright.render.threads import in_thread
from framewright.stores.opening import open_store

if TYPE_CHECKING:
    from collections.abc import Callable

    from temporalio.client import Interceptor

    from framewright.executors.temporal.settings import TemporalSettings
    from framewright.executors.temporal.worker_events import WorkerEvent
    from framewright.model.plan import Digest
    from framewright.model.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """What a worker was told to be.

    Attributes:
        store: the URI of the store; None: the development server's own.
        slots: chunks at a time; None: as many as the machine carries.
        workers: browsers for each; None: likewise.
        deployment: the name of the deployment and of this build of it; None: workers are all of one version.
        metrics: host and port at which Prometheus collects; None: nowhere.
        tracing: spans are wanted; None: where the environment says so.
        dev: start a development server, and a store where none is named.
    """

    temporal: TemporalSettings
    store: str | None = None
    slots: int | None = None
    workers: int | None = None
    deployment: tuple[str, str] | None = None
    metrics: str | None = None
    tracing: bool | None = None
    dev: bool = False


async def serve(
    service: Service, settings: Settings, stop: asyncio.Event, tell: Callable[[WorkerEvent], None]
) -> None:
    """Work until ``stop`` is set; what runs then gets half a minute.

    Raises:
        SetupError: ``WORKER_UNFIT`` nothing can be rendered here; ``STORE_UNSET``; ``EXTRA_MISSING``; ``TEMPORAL_REFUSED``.
        TemporalError: ``TEMPORAL_UNREACHABLE``.
        UsageError: ``SLOTS_INVALID``, ``WORKERS_INVALID``, ``METRICS_INVALID``.
    """
    if service.store is None and not service.dev:
        raise SetupError(
            "A worker needs a store: name it with --store or FRAMEWRIGHT_STORE, as clients do.",
            code="STORE_UNSET",
        )
    share = share_out(read_machine(), slots=service.slots, workers=service.workers)
    tell(share.choice.event())
    async with AsyncExitStack() as stack:
        stack.push_async_callback(part_safely)
        # Trying the browser takes as long as a server needs to start.
        checking = asyncio.create_task(_served(settings))
        stack.push_async_callback(_let_go, checking)
        if service.dev:
            service = await _with_server(service, stack, tell)
        assert service.store is not None
        store = open_store(service.store, settings)
        stack.push_async_callback(store.close)
        runtime = open_runtime(service.metrics)
        interceptors = _interceptors(service, stack, tell)
        client = await connect(
            service.temporal, identity=own_name(), runtime=runtime, interceptors=interceptors
        )
        environment = await checking
        outfit = Outfit(
            queue=service.temporal.queue,
            environment=environment,
            slots=share.slots,
            workers=share.workers,
            deployment=_deployment(service.deployment),
        )
        metrics = Metrics(runtime.metric_meter)
        async with running_worker(client, store, settings, outfit, metrics=metrics, tell=tell) as here:
            tell(
                WorkerReady(
                    worker=here.worker,
                    address=service.temporal.address,
                    namespace=service.temporal.namespace,
                    queue=outfit.queue,
                    environment=environment,
                    store=store.uri,
                    slots=outfit.slots,
                    workers=outfit.workers,
                    metrics=service.metrics,
                )
            )
            await stop.wait()
            tell(WorkerStopping(busy=here.hands.busy, seconds=outfit.drain))


async def _served(settings: Settings) -> Digest:
    """The environment that this machine serves, once it is known that something can be rendered here."""
    await _check_machine(settings)
    return environment_digest(await in_thread(lambda: read_environment(settings)))


async def _let_go(task: asyncio.Task[Digest]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def _check_machine(settings: Settings) -> None:
    missing = [check for check in await diagnose(settings) if check.state is CheckState.MISSING]
    if missing:
        remedies = " ".join(dict.fromkeys(f"Run: {check.remedy}." for check in missing if check.remedy))
        told = "; ".join(f"{check.name}: {check.detail.rstrip('.')}" for check in missing)
        raise SetupError(
            f"Nothing can be rendered here ({told}). {remedies} See framewright doctor.", code="WORKER_UNFIT"
        )


async def _with_server(
    service: Service, stack: AsyncExitStack, tell: Callable[[WorkerEvent], None]
) -> Service:
    server = await stack.enter_async_context(DevServer.start())
    temporal = server.settings.model_copy(update={"queue": service.temporal.queue})
    store = service.store
    if store is None:
        store = stack.enter_context(tempfile.TemporaryDirectory(prefix="framewright-store-"))
    command = (
        f"FRAMEWRIGHT_TEMPORAL_ADDRESS={temporal.address} framewright render COMPOSITION --executor temporal"
    )
    command += f" --store {shlex.quote(store)}"
    if temporal.queue != type(temporal).model_fields["queue"].default:
        command += f" --queue {temporal.queue}"
    tell(DevStarted(address=temporal.address, store=store, command=command))
    return replace(service, temporal=temporal, store=store)


def _interceptors(
    service: Service, stack: AsyncExitStack, tell: Callable[[WorkerEvent], None]
) -> list[Interceptor]:
    if not (wants_tracing() if service.tracing is None else service.tracing):
        return []
    try:
        interceptor, close = open_tracing()
    except SetupError as error:
        # A machine may have these variables for other programs.
        if service.tracing:
            raise
        tell(Choice(subject="tracing", choice=False, reason=error.message).event())
        return []
    stack.callback(close)
    return [interceptor]


def _deployment(named: tuple[str, str] | None) -> WorkerDeploymentConfig | None:
    if named is None:
        return None
    name, build = named
    return WorkerDeploymentConfig(
        version=WorkerDeploymentVersion(deployment_name=name, build_id=build),
        use_worker_versioning=True,
        # A render ends on the code that it began with.
        default_versioning_behavior=VersioningBehavior.PINNED,
    )
