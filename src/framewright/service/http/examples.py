"""Examples for the OpenAPI document: requests that can be sent as they stand."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Body

from framewright.model.job_request import PlanRequest, ProbeRequest, RenderRequest

_PAGE = (
    '<!doctype html><body data-composition-id="hello" data-width="640" data-height="360" data-duration="2">'
    "<h1>Hello</h1></body>"
)
_RENDER: dict[str, Any] = {
    "page": {
        "summary": "A page in the request",
        "value": {"composition": {"html": _PAGE}, "name": "hello"},
    },
    "upload": {
        "summary": "An uploaded project, half of it, for the web",
        "value": {
            "composition": {"upload": "aaaabbbbccccddddeeeeffff22", "page": "index.html"},
            "start_frame": 0,
            "end_frame": 150,
            "format": "webm",
            "quality": "draft",
            "skip_audio": True,
            "variables": {"title": "Good morning"},
        },
    },
    "webhook": {
        "summary": "A folder of the service, with a webhook",
        "value": {
            "composition": {"path": "films/title-sequence"},
            "format": "mp4",
            "webhook": {"url": "https://hooks.example.org/framewright", "events": ["done", "failed"]},
        },
    },
}
_PROBE: dict[str, Any] = {
    "page": {"summary": "A page in the request", "value": {"composition": {"html": _PAGE}}},
    "upload": {
        "summary": "An uploaded project with other variables",
        "value": {
            "composition": {"upload": "aaaabbbbccccddddeeeeffff22"},
            "variables": {"title": "Good morning"},
        },
    },
}
_PLAN: dict[str, Any] = {
    "page": {
        "summary": "A page in the request, in two chunks",
        "value": {"composition": {"html": _PAGE}, "chunks": 2, "quality": "draft"},
    },
}

EVENTS = (
    "id: 1\nevent: queued\n"
    'data: {"at":"2026-01-01T12:00:00Z","event":"queued","position":0}\n\n'
    "id: 7\nevent: progress\n"
    'data: {"at":"2026-01-01T12:00:04Z","event":"progress","frames":30,"total":60,"rate":31.5,'
    '"seconds_left":0.9,"fraction":0.5}\n\n'
)

AskedRender = Annotated[RenderRequest, Body(openapi_examples=_RENDER)]
AskedProbe = Annotated[ProbeRequest, Body(openapi_examples=_PROBE)]
AskedPlan = Annotated[PlanRequest, Body(openapi_examples=_PLAN)]
