"""What the OpenAPI document says of answers that are no success."""

from __future__ import annotations

from typing import Any

from framewright.service.http.problems import MEDIA_TYPE

_SAYS = {
    400: "The request cannot be read.",
    401: "There is no token, or none that is good.",
    403: "The token's scope does not reach so far, or the installation does not allow it.",
    404: "There is nothing of this name, or it is somebody else's.",
    405: "The method is not offered here.",
    408: "The body came too slowly.",
    409: "It is not in a state for this.",
    410: "It was cleaned up.",
    411: "The length of the body is not told.",
    413: "It is more than the installation takes.",
    415: "The content is of no type that is taken here.",
    416: "There is no such part of the file.",
    421: "The service is not reached under this name.",
    422: "The request cannot be understood, or the composition cannot be rendered.",
    429: "Too much waits already; `Retry-After` says when to come again.",
    500: "Something unexpected happened.",
    503: "The service cannot do this now.",
}
_ALWAYS = (400, 401, 403, 421, 422)

_Responses = dict[int | str, dict[str, Any]]


def problems(*statuses: int) -> _Responses:
    """Answers with a problem, beside those that every route has. FastAPI would call them plain JSON: hence the reference."""
    return {
        status: {
            "description": _SAYS[status],
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status in sorted({*_ALWAYS, *statuses})
    }
