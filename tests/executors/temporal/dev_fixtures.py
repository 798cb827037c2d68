"""One development server for all tests of a process, a client of each test's own, and queues that nobody else listens to."""

from __future__ import annotations

import asyncio
import secrets
from typing import TYPE_CHECKING

import pytest

from framewright.executors.temporal.connecting import connect
from framewright.executors.temporal.dev_server import DevServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from temporalio.client import Client


@pytest.fixture(scope="session")
def dev_server() -> Iterator[DevServer]:
    """A server that no test may kill; whoever wants to kill one starts his own."""
    server = asyncio.run(DevServer.started())
    yield server
    asyncio.run(server.stop())


@pytest.fixture
async def client(dev_server: DevServer) -> AsyncIterator[Client]:
    """Connected to the server that all share."""
    yield await connect(dev_server.settings, identity="test")


@pytest.fixture
def queue() -> str:
    """The base of the names of queues, for one test."""
    return f"test-{secrets.token_hex(6)}"
