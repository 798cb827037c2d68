"""Requests are told of once, by their route's template, without anything that should stay unsaid; and measured."""

import asyncio
import json
import logging

import pytest
from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import PlainTextResponse, StreamingResponse
from prometheus_client.parser import text_string_to_metric_families
from starlette.staticfiles import StaticFiles

from framewright.cli.log_lines import JsonLines
from framewright.model.job import JobState
from framewright.service.desk import Caller, Standing
from framewright.service.http.watch import GONE, NO_ROUTE, Watch, log_request
from framewright.service.metrics import Metrics

_JOB = "a" * 26


def _app(folder) -> FastAPI:
    app, router = FastAPI(), APIRouter(prefix="/v1")

    @router.get("/renders/{job}")
    async def show(job: str, request: Request):
        request.state.caller = Caller("ada")
        return PlainTextResponse("x", headers={"X-Request-Id": "r1"})

    @router.post("/renders")
    async def ask():
        return PlainTextResponse("", 202, headers={"Location": f"/v1/renders/{_JOB}"})

    @router.get("/renders/{job}/events")
    async def events(job: str):
        async def pieces():
            yield b"one"
            raise OSError("it has gone")

        return StreamingResponse(pieces())

    @router.get("/fails")
    async def fails():
        raise RuntimeError("of ours")

    app.include_router(router)
    app.mount("/dashboard", StaticFiles(directory=folder))
    return app


async def _ask(watch: Watch, path: str, method: str = "GET", *, gone: bool = False) -> None:
    come = [{"type": "http.disconnect"} if gone else {"type": "http.request", "body": b""}]

    async def receive():
        if not come:
            await asyncio.Event().wait()
        return come.pop()

    async def send(message):
        if gone:
            raise OSError("closed")

    scope = {
        "type": "http", "method": method, "path": path, "raw_path": path.encode(), "headers": [],
        "query_string": b"ticket=secret", "http_version": "1.1", "scheme": "http", "server": ("here", 1), "root_path": "",
    }  # fmt: skip
    await watch(scope, receive, send)


@pytest.fixture
def answers(tmp_path):
    (tmp_path / "app.js").write_text("1")
    told = []
    return Watch(_app(tmp_path), [told.append, log_request]), told


@pytest.mark.parametrize(
    ("method", "path", "route", "status"),
    [
        ("GET", f"/v1/renders/{_JOB}", "/v1/renders/{job}", 200),
        ("PUT", f"/v1/renders/{_JOB}", "/v1/renders/{job}", 405),
        ("GET", "/wp-login.php", NO_ROUTE, 404),
        ("GET", "/openapi.json", "/openapi.json", 200),
        ("GET", "/dashboard/app.js", "/dashboard", 200),
        ("GET", "/dashboard/none.js", "/dashboard", 404),
    ],
)
async def test_routes_are_told_by_their_template(answers, method, path, route, status) -> None:
    watch, told = answers
    await _ask(watch, path, method)
    assert [(one.route, one.status, one.whole) for one in told] == [(route, status, True)]


async def test_a_line_has_ids_and_no_ticket(answers, caplog) -> None:
    watch, told = answers
    with caplog.at_level(logging.INFO, "framewright"):
        await _ask(watch, f"/v1/renders/{_JOB}")
    assert (told[0].request, told[0].caller, told[0].job) == ("r1", "ada", _JOB)
    (record,) = [one for one in caplog.records if one.name.startswith("framewright")]
    assert "event=request method=GET" in record.getMessage()
    assert "secret" not in record.getMessage()
    line = json.loads(JsonLines().format(record))
    assert line | {"at": 0, "ms": 0} == {
        "at": 0, "level": "info", "logger": "framewright.service.http.watch", "event": "request", "method": "GET",
        "route": "/v1/renders/{job}", "status": 200, "ms": 0, "request": "r1", "caller": "ada", "job": _JOB,
    }  # fmt: skip


async def test_a_new_job_is_named(answers) -> None:
    watch, told = answers
    await _ask(watch, "/v1/renders", "POST")
    assert (told[0].status, told[0].job) == (202, _JOB)


async def test_what_breaks_off_is_told_once(answers) -> None:
    watch, told = answers
    with pytest.raises(OSError):
        await _ask(watch, f"/v1/renders/{_JOB}/events")
    with pytest.raises(RuntimeError):
        await _ask(watch, "/v1/fails")
    with pytest.raises(OSError):
        await _ask(watch, f"/v1/renders/{_JOB}", gone=True)
    assert [(one.status, one.whole) for one in told] == [(200, False), (500, True), (200, False)]


async def test_a_caller_who_had_gone_has_a_status_of_its_own() -> None:
    told = []

    async def nothing(scope, receive, send):
        return None

    await _ask(Watch(nothing, [told.append]), "/")
    assert (told[0].status, told[0].head_seconds, told[0].whole) == (GONE, None, False)


async def test_measures_are_what_prometheus_reads(tmp_path) -> None:
    metrics = Metrics()
    watch = Watch(_app(tmp_path), [metrics.answered])
    await _ask(watch, f"/v1/renders/{_JOB}")
    for path in ("/a", "/b"):
        await _ask(watch, path, "BREW")
    metrics.job_ended(JobState.DONE, 10.0, 300)
    metrics.job_ended(JobState.FAILED, 1.0)
    metrics.uploaded(512)
    metrics.probed("done")
    metrics.delivered("retried")
    metrics.worked("chunk", "done")
    standing = Standing(
        ready=True, slots=2, queued=3, running=1, room=97, states={"queued": 3, "running": 1, "done": 9}
    )
    with metrics.listening():
        found = _samples(await metrics.page(standing))
    assert found["framewright_jobs", "state=done"] == 9
    assert found["framewright_jobs", "state=failed"] == 0
    assert found["framewright_queue_length", ""] == 3
    assert found["framewright_slots_busy", ""] == 1
    assert found["framewright_frames_total", ""] == 300
    assert found["framewright_job_seconds_count", "outcome=failed"] == 1
    assert found["framewright_job_frames_per_second_sum", ""] == 30
    assert found["framewright_upload_bytes_total", ""] == 512
    assert found["framewright_event_listeners", ""] == 1
    assert found["framewright_http_requests_total", "method=GET,route=/v1/renders/{job},status=200"] == 1
    assert found["framewright_http_requests_total", f"method=other,route={NO_ROUTE},status=404"] == 2
    assert found["process_open_fds", ""] > 0
    assert any(name == "framewright_build_info" for name, _ in found)


def _samples(page: bytes) -> dict:
    families = text_string_to_metric_families(page.decode())
    return {
        (sample.name, ",".join(f"{k}={v}" for k, v in sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }
