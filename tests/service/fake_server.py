"""Serve the app with a fake desk: for tests, and for playing with in a browser.

python tests/service/fake_server.py --port 0
"""

from __future__ import annotations

import argparse
import asyncio
import socket
import sys
import tempfile
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn

sys.path.insert(0, str(Path(__file__).parent))

from fakes import FakeDesk, FakeSources

from framewright.service.app import create_app
from framewright.service.database import Database
from framewright.service.rooms import Rooms
from framewright.service.settings import ServiceSettings
from framewright.service.uploads import Intake, Uploads

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from fastapi import FastAPI


@asynccontextmanager
async def serving_fakes(app: FastAPI, rooms: Rooms, port: int = 0) -> AsyncIterator[str]:
    """The app behind a port of loopback, as long as the context lasts."""
    listening = socket.create_server(("127.0.0.1", port))
    server = uvicorn.Server(
        uvicorn.Config(
            app, lifespan="off", log_config=None, log_level="critical", timeout_graceful_shutdown=2
        )
    )
    server.config.load()
    server.lifespan = server.config.lifespan_class(server.config)
    await server.startup(sockets=[listening])
    serving = asyncio.create_task(server.main_loop())
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        rooms.stopping.set()
        server.should_exit = True
        await serving
        await server.shutdown(sockets=[listening])


@asynccontextmanager
async def keeping_uploads(settings: ServiceSettings) -> AsyncIterator[tuple[Uploads, Intake]]:
    """Uploads as a service keeps them, in its data folder."""
    settings.data_folder.mkdir(exist_ok=True)
    async with (
        Database(settings.data_folder / "uploads.sqlite3") as database,
        Uploads(settings, database) as uploads,
    ):
        yield uploads, Intake(settings, uploads)


async def _main(port: int, pace: float) -> None:
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        desk = FakeDesk(Path(folder), pace=pace)
        settings = ServiceSettings(data=Path(folder))
        uploads, intake = await stack.enter_async_context(keeping_uploads(settings))
        rooms = Rooms(settings=settings, desk=desk, sources=FakeSources(), uploads=uploads, intake=intake)
        async with serving_fakes(create_app(rooms), rooms, port) as address:
            print(address, flush=True)
            try:
                await asyncio.Event().wait()
            finally:
                await desk.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--pace", type=float, default=0.3, help="seconds between events")
    given = parser.parse_args()
    try:
        asyncio.run(_main(given.port, given.pace))
    except KeyboardInterrupt:
        pass
