"""What whoever runs a service sees of one render: lines of log, measures, and one trace from the request to the chunk."""

from __future__ import annotations

import json

import pytest
from serving import serving
from test_serve import last_event

PAGE = '<!doctype html><body data-composition-id="x" data-width="64" data-height="36" data-duration="0.5"><h1>hi</h1></body>'
TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
SECRET = "a-key-of-the-exporter"


def objects(text: str) -> list[dict]:
    """JSON objects one after the other, whatever stands between them."""
    decoder, found, at = json.JSONDecoder(), [], 0
    while (at := text.find("{", at)) >= 0:
        one, at = decoder.raw_decode(text, at)
        found.append(one)
    return found


@pytest.mark.thorough
async def test_a_render_in_logs_measures_and_spans(tmp_path) -> None:
    tracing = {"OTEL_TRACES_EXPORTER": "console", "OTEL_EXPORTER_OTLP_HEADERS": SECRET}
    async with serving(tmp_path / "data", **tracing) as (process, _, web):
        asked = {"composition": {"html": PAGE}, "quality": "draft"}
        headers = {"traceparent": f"00-{TRACE}-{PARENT}-01", "X-Request-Id": "r-1"}
        async with web.post("/v1/renders?note=hush", json=asked, headers=headers) as answer:
            job = await answer.json()
        assert (await last_event(web, job["links"]))["event"] == "done"
        async with web.get("/metrics") as answer:
            measures = await answer.text()
        process.terminate()
        told = (await process.stdout.read()).decode()
    assert 'framewright_job_seconds_count{outcome="done"} 1.0' in measures
    assert "framewright_frames_total 15.0" in measures
    assert 'framewright_http_requests_total{method="POST",route="/v1/renders",status="202"} 1.0' in measures

    lines = [json.loads(line) for line in process.said.splitlines()]
    by = {line["event"]: line for line in lines}
    request = next(line for line in lines if line["event"] == "request" and line["method"] == "POST")
    assert (
        request
        | {"route": "/v1/renders", "status": 202, "request": "r-1", "caller": "local", "job": job["id"]}
        == request
    )
    assert (by["job_started"]["request"], by["job_ended"]["job"]) == ("r-1", job["id"])
    assert "hush" not in process.said + told
    assert SECRET not in process.said + told

    spans = {
        one["name"]: one
        for one in objects(told)
        if "context" in one and one["context"]["trace_id"] == f"0x{TRACE}"
    }
    assert {"POST /v1/renders", "render", "opening", "rendering", "finishing"} <= set(spans)
    assert any(name.startswith("chunk ") for name in spans), set(spans)
    assert spans["POST /v1/renders"]["parent_id"] == f"0x{PARENT}"
    assert spans["render"]["parent_id"] == spans["POST /v1/renders"]["context"]["span_id"]
    assert spans["render"]["attributes"]["framewright.job"] == job["id"]
    assert {spans[name]["parent_id"] for name in ("opening", "rendering", "finishing")} == {
        spans["render"]["context"]["span_id"]
    }
