"""Spans for OpenTelemetry: whether they are wanted, and where they go, by the variables of the environment that it names."""

from __future__ import annotations

import importlib.util
import os
from contextlib import contextmanager
from functools import cache
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

from framewright.model.errors import SetupError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from opentelemetry.sdk.trace import TracerProvider

NAME = "framewright"
"""Of what makes the spans, and of the service that they tell of unless ``OTEL_SERVICE_NAME`` says otherwise."""
_EXPORTERS = "opentelemetry_traces_exporter"


def wants_tracing() -> bool:
    """Whether the environment says where spans go."""
    return os.environ.get("OTEL_SDK_DISABLED", "").lower() != "true" and any(
        name.startswith(("OTEL_EXPORTER_", "OTEL_TRACES_")) for name in os.environ
    )


def open_provider() -> TracerProvider:
    """Makes spans, and sends them off as the environment says. Shut it down for the last of them.

    Raises:
        SetupError: ``EXTRA_MISSING``, for lack of OpenTelemetry or of the exporter that was named.
    """
    try:
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise SetupError(
            "Tracing needs the extra 'otel': pip install 'framewright[otel]'.", code="EXTRA_MISSING"
        ) from error
    named = "OTEL_SERVICE_NAME" in os.environ or "service.name=" in os.environ.get(
        "OTEL_RESOURCE_ATTRIBUTES", ""
    )
    provider = TracerProvider(resource=None if named else Resource.create({"service.name": NAME}))
    for name in os.environ.get("OTEL_TRACES_EXPORTER", "otlp").split(","):
        if name.strip() != "none":
            provider.add_span_processor(BatchSpanProcessor(_exporter(name.strip())))
    return provider


@cache
def shared_provider() -> TracerProvider | None:
    """That of this process, made when it is first asked for and shut down at its end; None: no spans are wanted.

    Raises:
        SetupError: as :func:`open_provider`.
    """
    return open_provider() if wants_tracing() else None


@contextmanager
def below(traceparent: str | None) -> Iterator[None]:
    """What is done within goes on with the trace of somebody else, whatever is under way here.

    Args:
        traceparent: as W3C has it; None: nothing changes.
    """
    if traceparent is None or importlib.util.find_spec("opentelemetry") is None:
        yield
        return
    from opentelemetry import context
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    above = TraceContextTextMapPropagator().extract({"traceparent": traceparent}, context.Context())
    token = context.attach(above)
    try:
        yield
    finally:
        context.detach(token)


def _exporter(name: str):  # type: ignore[no-untyped-def]  # noqa: ANN202 -- of a package that need not be there
    found = next(iter(entry_points(group=_EXPORTERS, name=name)), None)
    if found is None:
        raise SetupError(
            f"Tracing needs OpenTelemetry's exporter '{name}': pip install opentelemetry-exporter-{name}, or name another one in "
            "OTEL_TRACES_EXPORTER.",
            code="EXTRA_MISSING",
        )
    return found.load()()
