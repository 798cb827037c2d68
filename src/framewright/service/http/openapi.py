"""What the OpenAPI document says beside the routes themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from framewright.model.job import Problem, Told
from framewright.service.http.docstrings import tell_properties

if TYPE_CHECKING:
    from fastapi import FastAPI

EVENT = "JobEvent"
"""The name of the schema of what server-sent events carry."""
_REFERENCE = "#/components/schemas/{model}"
_TAGS = [
    {"name": "probe", "description": "What a composition is, without rendering it."},
    {"name": "renders", "description": "Renders as jobs: start, watch, cancel, retry, take the result."},
    {"name": "uploads", "description": "Projects, as an archive or file by file."},
    {"name": "plans", "description": "The parts of a render, for those who hand them out themselves."},
    {"name": "operations", "description": "For those who run the service."},
]
_SAYS = """\
Renders HTML compositions to video. Every error is a problem (RFC 9457) with a stable `code`, a sentence in `detail`, and
`retryable`: whether the same request may succeed another time. Every answer carries `X-Request-Id`; one that you send is
kept. Fields that are not known are refused.
"""


def describe(app: FastAPI) -> None:
    """Have an app tell its document, which is made when it is first asked for."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]  # as FastAPI's documentation has it


def _document(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(
        title="Framewright",
        version="1",
        summary="HTML compositions become video.",
        description=_SAYS,
        routes=app.routes,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
    )
    _, extra = models_json_schema(
        [(Problem, "serialization"), (Told, "serialization")], ref_template=_REFERENCE
    )
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for name, schema in extra["$defs"].items():
        schemas.setdefault(name, schema)
    tell_properties(schemas.values())
    schemas[EVENT] = _event(schemas)
    # FastAPI's own shape of a refusal is never sent.
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    document["components"]["securitySchemes"] = {
        "token": {
            "type": "http",
            "scheme": "bearer",
            "description": "`fw_…`, as `framewright tokens create` prints it. A service that only its own machine reaches "
            "needs none.",
        }
    }
    used = set()
    for path, item in document["paths"].items():
        for operation in item.values():
            operation["security"] = [{"token": []}, {}] if path.startswith("/v1/") else []
            used |= set(operation["tags"])
    document["tags"] = [tag for tag in _TAGS if tag["name"] in used]
    return document


def _event(schemas: dict[str, Any]) -> dict[str, Any]:
    """The data of an event: as our model has it, with the time beside its own fields."""
    told = schemas["Told"]["properties"]
    kinds = [schemas[kind["$ref"].rpartition("/")[2]] for kind in told["told"]["oneOf"]]
    return {
        "title": EVENT,
        "description": "What is told of a job; `event` is its kind.",
        "oneOf": [
            {
                **kind,
                "properties": {"at": told["at"], **kind["properties"]},
                "required": ["at", *kind.get("required", [])],
            }
            for kind in kinds
        ],
    }
