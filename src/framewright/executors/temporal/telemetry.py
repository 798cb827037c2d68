"""What a worker lets others measure: counters for Prometheus, spans for OpenTelemetry."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from temporalio.client import Interceptor, OutboundInterceptor
from temporalio.runtime import (
    LogForwardingConfig,
    LoggingConfig,
    PrometheusConfig,
    Runtime,
    TelemetryConfig,
    TelemetryFilter,
)

from framewright.executors.tracing import NAME, open_provider, shared_provider
from framewright.model.errors import SetupError, UsageError
from framewright.model.logs import get_logger

if TYPE_CHECKING:
    from collections.abc import Callable

    from opentelemetry.sdk.trace import TracerProvider
    from temporalio.client import StartWorkflowInput, WorkflowHandle

_log = get_logger(__name__)


def open_runtime(metrics: str | None) -> Runtime:
    """The runtime of Temporal's core, which speaks to our log instead of to the terminal.

    Args:
        metrics: host and port at which Prometheus collects; None: nowhere.

    Raises:
        UsageError: ``METRICS_INVALID`` that is no place to listen at, or it is taken.
    """
    logs = LoggingConfig(
        filter=TelemetryFilter(core_level="WARN", other_level="ERROR"),
        forwarding=LogForwardingConfig(logger=logging.getLogger("framewright.temporal")),
    )
    counters = None if metrics is None else PrometheusConfig(bind_address=metrics, counters_total_suffix=True)
    try:
        return Runtime(telemetry=TelemetryConfig(logging=logs, metrics=counters))
    except (RuntimeError, ValueError) as error:
        raise UsageError(
            f"--metrics {metrics} cannot be listened at ({_first_line(error)}): give the address of an interface and a port "
            "that is free, such as 127.0.0.1:9464.",
            code="METRICS_INVALID",
        ) from error


def open_tracing() -> tuple[Interceptor, Callable[[], None]]:
    """Spans of all that a worker does, sent as OpenTelemetry's environment variables say; and what sends the last of them.

    Raises:
        SetupError: ``EXTRA_MISSING``, for lack of OpenTelemetry or of the exporter that was named.
    """
    provider = open_provider()
    from temporalio.contrib.opentelemetry import TracingInterceptor

    return TracingInterceptor(provider.get_tracer(NAME)), provider.shutdown


def client_spans(provider: TracerProvider | None = None) -> tuple[Interceptor, ...]:
    """For a client's ``interceptors``: each render that it starts is a span, below which the workers' own spans stand.

    Args:
        provider: None: that of the process, where the environment wants spans.
    """
    try:
        chosen = provider or shared_provider()
    except SetupError as error:
        # A machine may have these variables for other programs.
        _log.info("tracing", choice=False, reason=error.message)
        return ()
    return () if chosen is None else (_Starts(chosen),)


class _Starts(Interceptor):
    """Spans of what a client starts. What it asks while it follows a render, second by second, would drown them."""

    def __init__(self, provider: TracerProvider) -> None:
        from temporalio.contrib.opentelemetry import TracingInterceptor

        self._tracing = TracingInterceptor(provider.get_tracer(NAME))

    def intercept_client(self, next: OutboundInterceptor) -> OutboundInterceptor:  # noqa: A002 -- named so by the SDK
        return _StartsOutbound(next, self._tracing.intercept_client(next))


class _StartsOutbound(OutboundInterceptor):
    def __init__(self, following: OutboundInterceptor, traced: OutboundInterceptor) -> None:
        super().__init__(following)
        self._traced = traced

    async def start_workflow(self, input: StartWorkflowInput) -> WorkflowHandle[Any, Any]:  # noqa: A002 -- as above
        return await self._traced.start_workflow(input)


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0][:200].rstrip(".") if lines else type(error).__name__
