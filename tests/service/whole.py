"""A service with all of its rooms, whose renders are over at once: only the runners are pretended."""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from fakes import fake_probe, fake_report, tiny_jpeg, tiny_mp4

from framewright.model.errors import CompositionError
from framewright.service.app import create_app
from framewright.service.database import Database
from framewright.service.http.listening import Listening, bound, url_of
from framewright.service.jobs.desk import LocalDesk
from framewright.service.metrics import Metrics
from framewright.service.plans.keeper import Plans
from framewright.service.rooms import Rooms
from framewright.service.runner.messages import ProbeDone, RenderDone, RunProbe
from framewright.service.sources import Sources
from framewright.service.uploads import Intake, Uploads
from framewright.service.webhooks import Webhooks

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from framewright.service.settings import ServiceSettings


class InstantHands:
    """Renders everything to the same film."""

    async def run(self, order, work, on_event, *, job=None, trace=None):
        if isinstance(order, RunProbe):
            return ProbeDone(result=fake_probe())
        path = Path(order.output)
        tiny_mp4(path, frames=3)
        size = path.stat().st_size
        return RenderDone(report=fake_report(str(path), size), type="video/mp4", bytes=size)

    async def frame(self, video, number, fps):
        picture = video.with_name(f"{number}.jpg")
        tiny_jpeg(picture)
        return picture.read_bytes()


async def no_plan(order, cage, on_event, *, job=None):
    raise CompositionError("The page has no length.", code="DURATION_UNKNOWN")


@asynccontextmanager
async def whole_service(settings: ServiceSettings) -> AsyncIterator[str]:
    """Where it answers."""
    metrics = Metrics()
    async with AsyncExitStack() as stack:
        settings.data_folder.mkdir(parents=True, exist_ok=True)
        database = await stack.enter_async_context(Database(settings.data_folder / "service.sqlite3"))
        uploads = await stack.enter_async_context(Uploads(settings, database))
        webhooks = await stack.enter_async_context(Webhooks(settings, database))
        desk = await stack.enter_async_context(LocalDesk(settings, database, InstantHands(), herald=webhooks))
        plans = await stack.enter_async_context(Plans(settings, database, run=no_plan))
        rooms = Rooms(
            settings=settings,
            desk=desk,
            sources=Sources(settings, uploads),
            uploads=uploads,
            intake=Intake(settings, uploads),
            webhooks=webhooks,
            plans=plans,
            metrics=metrics,
        )
        knocked = bound("127.0.0.1", 0)
        async with Listening(create_app(rooms), knocked):
            try:
                yield url_of(knocked, "127.0.0.1")
            finally:
                rooms.stopping.set()
