"""What a worker lets others measure: counters for Prometheus, spans for OpenTelemetry."""

from __future__ import annotations

import logging
import os
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

from temporalio.runtime import (
    LogForwardingConfig,
    LoggingConfig,
    PrometheusConfig,
    Runtime,
    TelemetryConfig,
    TelemetryFilter,
)

from framewright.model.errors import SetupError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from temporalio.client import Interceptor

_EXPORTERS = "opentelemetry_traces_exporter"


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


def wants_tracing() -> bool:
    """Whether the environment says where spans go."""
    return os.environ.get("OTEL_SDK_DISABLED", "").lower() != "true" and any(
        name.startswith(("OTEL_EXPORTER_", "OTEL_TRACES_")) for name in os.environ
    )


def open_tracing() -> tuple[Interceptor, Callable[[], None]]:
    """Spans of all that a worker does, sent as OpenTelemetry's environment variables say; and what sends the last of them.

    Raises:
        SetupError: ``EXTRA_MISSING``, for lack of OpenTelemetry or of the exporter that was named.
    """
    try:
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
        from temporalio.contrib.opentelemetry import TracingInterceptor
    except ImportError as error:
        raise SetupError(
            "Tracing needs the extra 'otel': pip install 'framewright[otel]'.", code="EXTRA_MISSING"
        ) from error
    provider = TracerProvider()
    for name in os.environ.get("OTEL_TRACES_EXPORTER", "otlp").split(","):
        if name.strip() != "none":
            provider.add_span_processor(BatchSpanProcessor(_exporter(name.strip())))
    return TracingInterceptor(provider.get_tracer("framewright")), provider.shutdown


def _exporter(name: str):  # type: ignore[no-untyped-def]  # noqa: ANN202 -- of a package that need not be there
    found = next(iter(entry_points(group=_EXPORTERS, name=name)), None)
    if found is None:
        raise SetupError(
            f"Tracing needs OpenTelemetry's exporter '{name}': pip install opentelemetry-exporter-{name}, or name another one in "
            "OTEL_TRACES_EXPORTER.",
            code="EXTRA_MISSING",
        )
    return found.load()()


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0][:200].rstrip(".") if lines else type(error).__name__
