"""A little service in the test's own process, and a client that has not much patience."""

from __future__ import annotations

import asyncio
import threading

import pytest
from pretend import PretendService, project_in

from framewright.client import AsyncClient


@pytest.fixture
def service():
    return PretendService()


@pytest.fixture
async def base(service):
    async with service.serving() as found:
        yield found


@pytest.fixture
async def client(base):
    async with AsyncClient(base, "fw_someone_secret", patience=20) as found:
        yield found


@pytest.fixture
def project(tmp_path):
    return project_in(tmp_path / "my-title", picture__svg="<svg/>", __env="KEY=1")


@pytest.fixture
def served():
    """A service in a loop of another thread, as others are in another process."""
    service, ready, stop = PretendService(), threading.Event(), []
    found = []

    async def serve():
        async with service.serving() as base:
            found.append(base)
            end = asyncio.Event()
            stop.append((asyncio.get_running_loop(), end))
            ready.set()
            await end.wait()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert ready.wait(30)
    yield service, found[0]
    loop, end = stop[0]
    loop.call_soon_threadsafe(end.set)
    thread.join(30)
