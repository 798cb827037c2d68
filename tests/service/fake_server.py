"""Serve the app with a fake desk: for tests, and for playing with in a browser.

python tests/service/fake_server.py --port 0
"""

from __future__ import annotations

import argparse
import asyncio
import socket
import sys
import tempfile
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn

sys.path.insert(0, str(Path(__file__).parent))

from fakes import FakeDesk, FakeSources

from framewright.service.app import create_app
from framewright.service.rooms import Rooms
from framewright.service.settings import ServiceSettings

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


async def _main(port: int, pace: float) -> None:
    with tempfile.TemporaryDirectory() as folder:
        desk = FakeDesk(Path(folder), pace=pace)
        rooms = Rooms(settings=ServiceSettings(data=Path(folder)), desk=desk, sources=FakeSources())
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
