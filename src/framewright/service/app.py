"""The service as one application of FastAPI."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import FastAPI

from framewright.service.http import dashboard, operations, plans, probes, renders, uploads, webhooks
from framewright.service.http.bodies import Bodies
from framewright.service.http.framing import Framing
from framewright.service.http.guard import Guard
from framewright.service.http.openapi import describe
from framewright.service.http.problems import answer_with_problems
from framewright.service.http.watch import Watch, log_request

if TYPE_CHECKING:
    from fastapi.telemetry import TelemetryConfig

    from framewright.service.rooms import Rooms


def create_app(rooms: Rooms) -> FastAPI:
    """The application whose routes work with these rooms."""
    # FastAPI's own spans would hold queries, with the tickets in them; ours are made by Watch.
    silent: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False}
    app = FastAPI(
        openapi_url="/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry=silent,
    )
    app.state.rooms = rooms
    routers = [
        probes.router,
        renders.router,
        webhooks.router,
        plans.router,
        operations.router,
        dashboard.router,
    ]
    if rooms.uploads is not None:
        routers.append(uploads.router)
    for router in routers:
        app.include_router(router)
    answer_with_problems(app, routers)
    describe(app)
    # The last one that is added comes first.
    app.add_middleware(Guard, rooms=rooms)
    app.add_middleware(Bodies, settings=rooms.settings)
    app.add_middleware(Framing)
    counting = () if rooms.metrics is None else (rooms.metrics.answered,)
    app.add_middleware(Watch, listeners=(log_request, *counting), spans=rooms.spans)
    return app
