"""From the request to the chunks it is one trace, and spans say nothing that is secret."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import aiohttp
import pytest
from fake_server import serving_fakes
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from framewright.model.errors import CompositionError
from framewright.model.events import ChunkState, ChunkTold, Stage, StageBegan
from framewright.service.app import create_app
from framewright.service.tracing import MOST_CHUNKS, Tracing

TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
TRACEPARENT = f"00-{TRACE}-{PARENT}-01"


class Clock:
    def __init__(self) -> None:
        self.now = 0

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def exporter():
    return InMemorySpanExporter()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def tracing(exporter, clock):
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return Tracing(provider, clock)


def spans_of(exporter) -> dict:
    return {span.name: span for span in exporter.get_finished_spans()}


def seconds(span) -> tuple[float, float]:
    return span.start_time / 1e9, span.end_time / 1e9


def chunk(index: int, start: int, state: ChunkState, **more) -> ChunkTold:
    return ChunkTold(chunk=index, state=state, start=start, stop=start + 10, **more)


def test_a_run_is_stages_and_chunks_below_what_asked_for_it(tracing, exporter, clock) -> None:
    with tracing.run("render", job="j1", parent=TRACEPARENT) as spans:
        spans.heard(StageBegan(stage=Stage.OPENING))
        clock.now = 1_000_000_000
        spans.heard(StageBegan(stage=Stage.RENDERING))
        spans.heard(chunk(0, 0, ChunkState.RUNNING))
        spans.heard(chunk(1, 10, ChunkState.RUNNING))
        clock.now = 2_000_000_000
        spans.heard(chunk(0, 0, ChunkState.RUNNING, frames=5))
        spans.heard(chunk(1, 10, ChunkState.FAILED, message="/secret/place"))
        spans.heard(chunk(0, 0, ChunkState.DONE))
        clock.now = 3_000_000_000
        spans.heard(StageBegan(stage=Stage.FINISHING))
        clock.now = 4_000_000_000
    found = spans_of(exporter)
    assert {name: seconds(span) for name, span in found.items()} == {
        "render": (0, 4), "opening": (0, 1), "rendering": (1, 3), "finishing": (3, 4), "chunk 0": (1, 2), "chunk 1": (1, 2),
    }  # fmt: skip
    assert {span.context.trace_id for span in found.values()} == {int(TRACE, 16)}
    assert found["render"].parent.span_id == int(PARENT, 16)
    assert found["chunk 1"].parent.span_id == found["render"].context.span_id
    assert [found[name].status.is_ok for name in ("chunk 0", "chunk 1")] == [True, False]
    assert found["render"].attributes["framewright.job"] == "j1"
    assert "secret" not in "".join(span.to_json() for span in found.values())


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (CompositionError("A sentence of the page's.", code="SCRIPT_ERROR"), "SCRIPT_ERROR"),
        (asyncio.CancelledError(), "CANCELLED"),
    ],
)
def test_a_run_that_fails_ends_all_its_spans(tracing, exporter, error, code) -> None:
    with pytest.raises(type(error)), tracing.run("render") as spans:
        spans.heard(StageBegan(stage=Stage.RENDERING))
        spans.heard(chunk(0, 0, ChunkState.RUNNING))
        raise error
    found = spans_of(exporter)
    assert set(found) == {"render", "rendering", "chunk 0"}
    assert (found["render"].status.is_ok, found["render"].attributes["error.type"]) == (False, code)
    assert "sentence" not in found["render"].to_json()


def test_a_render_of_very_many_chunks_has_a_bounded_trace(tracing, exporter) -> None:
    with tracing.run("render") as spans:
        for index in range(MOST_CHUNKS + 10):
            spans.heard(chunk(index, 10 * index, ChunkState.RUNNING))
            spans.heard(chunk(index, 10 * index, ChunkState.DONE))
    assert len(exporter.get_finished_spans()) == MOST_CHUNKS + 1


async def test_a_job_goes_on_with_the_trace_of_its_request(tracing, exporter, rooms, desk) -> None:
    orders = []
    submit = desk.submit

    async def noting(order):
        orders.append(order)
        return await submit(order)

    desk.submit = noting
    rooms = replace(rooms, spans=tracing)
    asked = {"composition": {"html": "<p>hi</p>"}}
    async with serving_fakes(create_app(rooms), rooms) as address, aiohttp.ClientSession(address) as web:
        headers = {"traceparent": TRACEPARENT, "X-Request-Id": "r1"}
        async with web.post("/v1/renders?ticket=hush", json=asked, headers=headers) as answer:
            job = (await answer.json())["id"]
        async with web.post("/v1/renders", json=asked, headers={"traceparent": "junk"}) as answer:
            assert answer.status == 202
        async with web.get("/healthz") as answer:
            assert answer.status == 200
    first, second = exporter.get_finished_spans()
    assert first.name == "POST /v1/renders"
    assert (first.context.trace_id, first.parent.span_id) == (int(TRACE, 16), int(PARENT, 16))
    assert (first.attributes["framewright.job"], first.attributes["framewright.request"]) == (job, "r1")
    assert "hush" not in first.to_json()
    assert second.context.trace_id != first.context.trace_id
    assert second.parent is None
    assert orders[0].trace == f"00-{TRACE}-{first.context.span_id:016x}-01"
    with tracing.run("render", job=job, parent=orders[0].trace):
        pass
    assert spans_of(exporter)["render"].parent.span_id == first.context.span_id


async def test_without_spans_the_trace_of_the_caller_is_handed_on(rooms, desk) -> None:
    orders = []
    submit = desk.submit

    async def noting(order):
        orders.append(order)
        return await submit(order)

    desk.submit = noting
    asked = {"composition": {"html": "<p>hi</p>"}}
    async with serving_fakes(create_app(rooms), rooms) as address, aiohttp.ClientSession(address) as web:
        for sent in (TRACEPARENT, "junk"):
            async with web.post("/v1/renders", json=asked, headers={"traceparent": sent}):
                pass
    assert [order.trace for order in orders] == [TRACEPARENT, None]


async def test_frameworks_make_no_spans_of_their_own(rooms, tracing, exporter, monkeypatch) -> None:
    # As where a program was started by opentelemetry-instrument: their spans hold queries, and tickets in them.
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", tracing._provider)
    async with serving_fakes(create_app(rooms), rooms) as address, aiohttp.ClientSession(address) as web:
        async with web.get("/v1/renders?ticket=hush") as answer:
            assert answer.status == 200
    assert exporter.get_finished_spans() == ()
