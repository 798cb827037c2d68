"""What Prometheus may collect of a service: counts and times that say how it fares, never of whom or of what."""

from __future__ import annotations

import asyncio
import platform
from contextlib import contextmanager
from importlib.metadata import version
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from framewright.model.job import JobState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from framewright.service.desk import Standing
    from framewright.service.http.watch import Answered

CONTENT_TYPE = CONTENT_TYPE_LATEST
_QUICK = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_LONG = (1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0, 7200.0, 14400.0)
_SPEEDS = (1.0, 2.5, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 240.0, 480.0, 960.0)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"})


class Metrics:
    """The measures of one service process, in a registry of their own.

    Labels come from small sets that we know: states, outcomes, templates of routes; no id and no name is one of them.
    """

    def __init__(self) -> None:
        own = self._registry = CollectorRegistry()
        ProcessCollector(registry=own)
        build = Info("framewright_build", "What runs here.", registry=own)
        build.info({"version": version("framewright"), "python": platform.python_version()})
        self._jobs = Gauge("framewright_jobs", "Jobs that are kept, by state.", ("state",), registry=own)
        self._queue = Gauge("framewright_queue_length", "Jobs that wait for their turn.", registry=own)
        self._slots = Gauge("framewright_slots", "Renders that may run at a time.", registry=own)
        self._busy = Gauge("framewright_slots_busy", "Renders that run.", registry=own)
        self._ready = Gauge(
            "framewright_ready", "1 where renders are taken and somebody renders.", registry=own
        )
        self._job_seconds = Histogram(
            "framewright_job_seconds",
            "From the beginning of a job to its end, without the time that it waited.",
            ("outcome",),
            buckets=_LONG,
            registry=own,
        )
        self._frames = Counter("framewright_frames", "Frames of renders that are done.", registry=own)
        self._speed = Histogram(
            "framewright_job_frames_per_second",
            "Frames of a render that is done, over its whole time.",
            buckets=_SPEEDS,
            registry=own,
        )
        self._probes = Counter("framewright_probes", "Probes.", ("outcome",), registry=own)
        self._pieces = Counter(
            "framewright_plan_work", "What was done for plans.", ("kind", "outcome"), registry=own
        )
        self._upload_bytes = Counter(
            "framewright_upload_bytes", "Bytes of uploads that were taken.", registry=own
        )
        self._webhooks = Counter(
            "framewright_webhook_deliveries", "Attempts to deliver a webhook.", ("outcome",), registry=own
        )
        self._listeners = Gauge(
            "framewright_event_listeners", "Streams of events that are open.", registry=own
        )
        labels = ("method", "route")
        self._requests = Counter("framewright_http_requests", "Requests.", (*labels, "status"), registry=own)
        self._latency = Histogram(
            "framewright_http_request_seconds",
            "From a request to the head of its answer.",
            labels,
            buckets=_QUICK,
            registry=own,
        )
        for state in JobState:
            self._jobs.labels(state.value)
        for outcome in ("done", "failed", "cancelled"):
            self._job_seconds.labels(outcome)

    def answered(self, answer: Answered) -> None:
        """Count a request."""
        method = answer.method if answer.method in _METHODS else "other"
        self._requests.labels(method, answer.route, str(answer.status)).inc()
        if answer.head_seconds is not None:
            self._latency.labels(method, answer.route).observe(answer.head_seconds)

    def job_ended(self, outcome: JobState, seconds: float, frames: int = 0) -> None:
        """Count the end of a job.

        Args:
            seconds: that it ran.
            frames: of a job that is done.
        """
        self._job_seconds.labels(outcome.value).observe(seconds)
        if outcome is JobState.DONE:
            self._frames.inc(frames)
            self._speed.observe(frames / max(seconds, 1e-3))

    def probed(self, outcome: str) -> None:
        """Count a probe: ``done``, ``failed`` or ``cancelled``."""
        self._probes.labels(outcome).inc()

    def worked(self, kind: str, outcome: str) -> None:
        """Count work for a plan: ``plan``, ``chunk``, ``sound`` or ``assemble``, and what came of it."""
        self._pieces.labels(kind, outcome).inc()

    def uploaded(self, size: int) -> None:
        """Count the bytes of an upload."""
        self._upload_bytes.inc(size)

    def delivered(self, outcome: str) -> None:
        """Count an attempt at a webhook: ``delivered``, ``retried`` or ``failed``."""
        self._webhooks.labels(outcome).inc()

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Count a stream of events as long as it is open."""
        self._listeners.inc()
        try:
            yield
        finally:
            self._listeners.dec()

    async def page(self, standing: Standing) -> bytes:
        """All measures, in Prometheus' text.

        Args:
            standing: of the desk, now.
        """
        for state in JobState:
            self._jobs.labels(state.value).set(standing.states.get(state.value, 0))
        self._queue.set(standing.queued)
        self._slots.set(standing.slots)
        self._busy.set(standing.running)
        self._ready.set(standing.ready)
        # It reads a few files of /proc.
        return await asyncio.to_thread(generate_latest, self._registry)
