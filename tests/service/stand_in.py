"""Hands that render nothing: each run waits until a test says what comes of it."""

import asyncio
import contextlib
from pathlib import Path

from fakes import fake_probe, fake_report

from framewright.service.database import Database
from framewright.service.desk import Caller, Order, Source
from framewright.service.jobs.desk import LocalDesk
from framewright.service.runner.messages import ProbeDone, RenderDone
from framewright.service.settings import ServiceSettings

ME = Caller("me", frozenset({"read", "write"}))
YOU = Caller("you", frozenset({"read", "write"}))
ALL = Caller("root", frozenset({"read", "write", "admin"}))
PATIENCE = 30.0
"""Seconds that a test waits for what must come."""


class Run:
    """A run that was begun."""

    def __init__(self, order, work, tell, job):
        self.order, self.work, self.tell, self.job = order, work, tell, job
        self.outcome = asyncio.get_running_loop().create_future()
        self.cancelled = False

    def done(self, content=b"film", frames=60):
        self.outcome.set_result((content, frames))

    def fail(self, error):
        self.outcome.set_exception(error)


class StandIn:
    """Follows the protocol ``Hands``.

    Args:
        at_once: runs are done as soon as they have begun.
        deaf: seconds that a run takes to leave off.
    """

    def __init__(self, *, at_once=False, deaf=0.0):
        self.at_once, self.deaf = at_once, deaf
        self.runs = []
        self.now = self.most = 0
        self.news = asyncio.Condition()
        self.frames = []

    async def run(self, order, work, on_event, *, job=None, trace=None):
        run = Run(order, work, on_event, job)
        self.runs.append(run)
        self.now += 1
        self.most = max(self.most, self.now)
        async with self.news:
            self.news.notify_all()
        try:
            if self.at_once:
                run.done()
            content, frames = await asyncio.shield(run.outcome)
            if order.kind == "probe":
                return ProbeDone(result=fake_probe())
            Path(order.output).write_bytes(content)
            report = fake_report(order.output, len(content)).model_copy(update={"frames": frames})
            return RenderDone(report=report, type="video/mp4", bytes=len(content))
        except asyncio.CancelledError:
            run.cancelled = True
            await asyncio.sleep(self.deaf)
            raise
        finally:
            self.now -= 1

    async def frame(self, video, number, fps):
        self.frames.append((number, fps))
        return b"jpeg"

    async def begun(self, count):
        """The run of this number, once it has begun."""
        async with asyncio.timeout(PATIENCE), self.news:
            await self.news.wait_for(lambda: len(self.runs) >= count)
        return self.runs[count - 1]

    async def run_of(self, job):
        """The last run of a job, once it has begun."""
        async with asyncio.timeout(PATIENCE), self.news:
            await self.news.wait_for(lambda: any(run.job == job for run in self.runs))
        return next(run for run in reversed(self.runs) if run.job == job)


class House:
    """A folder, its database, and desks that are opened on them one after the other."""

    def __init__(self, folder, **settings):
        self.settings = ServiceSettings(data=folder, stop_seconds=0.0, **settings)
        self.time = 1_000_000.0
        self.database = None

    def clock(self):
        self.time += 0.001
        return self.time

    @contextlib.asynccontextmanager
    async def open(self, hands, **more):
        self.settings.data_folder.mkdir(exist_ok=True)
        async with (
            Database(self.settings.data_folder / "service.sqlite3") as database,
            LocalDesk(self.settings, database, hands, clock=self.clock, **more) as desk,
        ):
            self.database = database
            yield desk

    def remains(self):
        """Files and folders of jobs, and of work."""
        data = self.settings.data_folder
        return sorted(
            str(path.relative_to(data)) for name in ("jobs", "work") for path in (data / name).rglob("*")
        )


def order(html="<p>", *, caller=ME, key=None, source=None, **options):
    from framewright.model.job_request import RenderRequest

    request = RenderRequest.model_validate({"composition": {"html": html}, **options})
    return Order(
        request=request,
        source=source or Source(composition="/project/index.html", name="film", root=Path("/project")),
        caller=caller,
        key=key,
        request_id="request-1",
    )


async def ended(desk, job, caller=ALL):
    """The job, once it has ended."""
    async with asyncio.timeout(PATIENCE):
        async for _ in desk.events(job, caller):
            pass
    return await desk.job(job, caller)


async def until(condition):
    """Wait until something holds."""
    async with asyncio.timeout(PATIENCE):
        while not (found := await condition()):
            await asyncio.sleep(0.01)
    return found


async def story(desk, job, after=0, caller=ALL):
    """All that is told until the end."""
    async with asyncio.timeout(PATIENCE):
        return [told async for told in desk.events(job, caller, after=after)]
