"""A render on a cluster is one trace: what the client starts, the workflow, and every activity, wherever it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fake_workers import Fakes, order_of, working
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from starting import start
from temporalio.contrib.opentelemetry import TracingInterceptor

from framewright.executors.temporal.connecting import connect
from framewright.executors.temporal.telemetry import client_spans
from framewright.executors.tracing import below, shared_provider

if TYPE_CHECKING:
    from framewright.executors.temporal.dev_server import DevServer


@pytest.mark.thorough
async def test_workflow_and_activities_join_the_trace_of_whoever_starts(
    dev_server: DevServer, queue: str
) -> None:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    tracer = provider.get_tracer("test")
    client = await connect(dev_server.settings, interceptors=client_spans(provider))
    theirs = await connect(dev_server.settings, interceptors=[TracingInterceptor(tracer)])
    async with working(theirs, queue, Fakes()):
        with tracer.start_as_current_span("request") as request:
            context = request.get_span_context()
        # The job is begun later, by somebody who is busy with something else.
        asked = f"00-{context.trace_id:032x}-{context.span_id:016x}-01"
        with tracer.start_as_current_span("other"), below(asked):
            handle = await start(client, order_of(queue, 2, sound=True))
            await handle.result()
            await handle.query("standing")
    spans = exporter.get_finished_spans()
    names = {one.name for one in spans}
    assert {
        "StartWorkflow:framewright-render",
        "RunWorkflow:framewright-render",
        "RunActivity:render_chunk",
    } <= names, names
    assert sum(one.name == "RunActivity:render_chunk" for one in spans) == 2
    # What is only asked, second by second, is no span of the client's.
    mine = {
        one.name for one in spans if one.parent and one.parent.span_id == request.get_span_context().span_id
    }
    assert mine == {"StartWorkflow:framewright-render"}
    assert {one.context.trace_id for one in spans if not ("Query" in one.name or one.name == "other")} == {
        request.get_span_context().trace_id
    }


def test_no_spans_where_nobody_wants_them(monkeypatch) -> None:
    shared_provider.cache_clear()
    monkeypatch.delenv("OTEL_EXPORTER_OTLP_ENDPOINT", raising=False)
    assert client_spans() == ()
    monkeypatch.setenv("OTEL_TRACES_EXPORTER", "nowhere")
    shared_provider.cache_clear()
    # A machine may have the variable for other programs.
    assert client_spans() == ()
    shared_provider.cache_clear()
