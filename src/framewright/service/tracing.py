"""One trace from a request to the chunks of its render, as spans for OpenTelemetry.

A runner knows nothing of it, and of no exporter: its spans are made here, of what it tells.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from opentelemetry import context, trace
from opentelemetry.trace import SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from framewright.executors.tracing import NAME
from framewright.model.errors import FramewrightError
from framewright.model.events import ChunkState, ChunkTold, StageBegan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from opentelemetry.context import Context
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span, Tracer

    from framewright.service.http.watch import Answered
    from framewright.service.runner.messages import RunEvent

MOST_CHUNKS = 1000
"""Spans of chunks of one run: what shows more, nobody reads."""
FLUSH_SECONDS = 5.0
_NEVER_HEARD = frozenset({"/healthz", "/readyz", "/metrics"})
_PROPAGATOR = TraceContextTextMapPropagator()


class Tracing:
    """Makes spans of requests and runs.

    Args:
        provider: sends them off.
        clock: nanoseconds since 1970.
    """

    def __init__(self, provider: TracerProvider, clock: Callable[[], int] = time.time_ns) -> None:
        self._provider = provider
        self._tracer = provider.get_tracer(NAME)
        self._clock = clock

    @contextmanager
    def request(
        self, method: str, path: str, headers: Sequence[tuple[bytes, bytes]]
    ) -> Iterator[RequestSpan | None]:
        """A span of a request, below the caller's own where the request says so; None for what only asks how we are."""
        if path in _NEVER_HEARD:
            yield None
            return
        with self._tracer.start_as_current_span(
            method, context=_context_of(headers), kind=SpanKind.SERVER, record_exception=False
        ) as span:
            yield RequestSpan(span)

    @contextmanager
    def run(self, kind: str, *, job: str | None = None, parent: str | None = None) -> Iterator[RunSpans]:
        """The spans of a run: itself, its stages and its chunks. What it raises is told by its code alone.

        Args:
            kind: of what is done, such as ``render``.
            job: whose run it is.
            parent: the W3C ``traceparent`` of whoever asked for it; None: whatever is under way here.
        """
        above = None if parent is None else _PROPAGATOR.extract({"traceparent": parent}, context.Context())
        attributes = {} if job is None else {"framewright.job": job}
        span = self._tracer.start_span(kind, context=above, attributes=attributes, start_time=self._clock())
        spans = RunSpans(self._tracer, span, self._clock)
        code: str | None = None
        try:
            yield spans
        except asyncio.CancelledError:
            code = "CANCELLED"
            raise
        except BaseException as error:
            code = error.code if isinstance(error, FramewrightError) else type(error).__name__
            raise
        finally:
            spans.end(code)

    async def flush(self) -> None:
        """Send what is left, for :data:`FLUSH_SECONDS` at most."""
        sending = asyncio.to_thread(self._provider.force_flush, round(1000 * FLUSH_SECONDS))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FLUSH_SECONDS):
                await sending


class RequestSpan:
    """The span of a request.

    Attributes:
        traceparent: for what goes on after the request.
    """

    def __init__(self, span: Span) -> None:
        self._span = span
        carrier: dict[str, str] = {}
        _PROPAGATOR.inject(carrier, trace.set_span_in_context(span))
        self.traceparent = carrier["traceparent"]

    def answered(self, answer: Answered) -> None:
        """Say what came of it."""
        self._span.update_name(f"{answer.method} {answer.route}")
        attributes: dict[str, str | int | None] = {
            "http.request.method": answer.method,
            "http.route": answer.route,
            "http.response.status_code": answer.status,
            "framewright.request": answer.request,
            "framewright.job": answer.job,
        }
        self._span.set_attributes({name: value for name, value in attributes.items() if value is not None})
        if answer.status >= 500:
            self._span.set_status(Status(StatusCode.ERROR))


class RunSpans:
    """The spans of one run, made of what it tells. Use :meth:`Tracing.run`."""

    def __init__(self, tracer: Tracer, span: Span, clock: Callable[[], int]) -> None:
        self._tracer = tracer
        self._span = span
        self._above = trace.set_span_in_context(span)
        self._clock = clock
        self._stage: Span | None = None
        self._chunks: dict[int, Span] = {}
        self._seen = 0

    def heard(self, event: RunEvent) -> None:
        """Something was told."""
        match event:
            case StageBegan(stage=stage):
                self._end_stage()
                self._stage = self._begin(stage.value, {})
            case ChunkTold():
                self._chunk(event)
            case _:
                pass

    def end(self, code: str | None) -> None:
        """It has ended; the code of its error, None: well."""
        now = self._clock()
        for span in (*self._chunks.values(), *filter(None, (self._stage,))):
            span.end(now)
        self._chunks.clear()
        self._stage = None
        if code is not None:
            self._span.set_status(Status(StatusCode.ERROR, code))
            self._span.set_attribute("error.type", code)
        self._span.end(now)

    def _chunk(self, event: ChunkTold) -> None:
        # A part that was split off has the index of the rest, and a beginning of its own.
        running = self._chunks.get(event.start)
        if event.state is ChunkState.RUNNING:
            if running is None and self._seen < MOST_CHUNKS:
                self._seen += 1
                told = {"framewright.start": event.start, "framewright.attempt": event.attempt}
                self._chunks[event.start] = self._begin(f"chunk {event.chunk}", told)
        elif event.state in {ChunkState.DONE, ChunkState.FAILED} and running is not None:
            del self._chunks[event.start]
            running.set_attribute("framewright.stop", event.stop)
            if event.state is ChunkState.FAILED:
                running.set_status(Status(StatusCode.ERROR))
            running.end(self._clock())

    def _begin(self, name: str, attributes: dict[str, int]) -> Span:
        return self._tracer.start_span(
            name, context=self._above, attributes=attributes, start_time=self._clock()
        )

    def _end_stage(self) -> None:
        if self._stage is not None:
            self._stage.end(self._clock())


def _context_of(headers: Sequence[tuple[bytes, bytes]]) -> Context:
    """What the caller is busy with. A request begins a trace of its own where it does not say, whatever else is under way here."""
    carrier = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in headers}
    told = {name: carrier[name] for name in ("traceparent", "tracestate") if name in carrier}
    return _PROPAGATOR.extract(told, context.Context())
