"""A service in the test's own process, on a free port, behind which a fake desk stands."""

from __future__ import annotations

import pytest
from fake_server import keeping_uploads, serving_fakes
from fakes import FakeDesk, FakeSources

from framewright.service.app import create_app
from framewright.service.rooms import Rooms
from framewright.service.settings import ServiceSettings


@pytest.fixture
async def desk(tmp_path):
    desk = FakeDesk(tmp_path)
    yield desk
    await desk.close()


@pytest.fixture
async def rooms(desk, tmp_path):
    settings = ServiceSettings(data=tmp_path / "data")
    async with keeping_uploads(settings) as (uploads, intake):
        yield Rooms(settings=settings, desk=desk, sources=FakeSources(), uploads=uploads, intake=intake)


@pytest.fixture
async def address(rooms):
    """Where the app answers, such as ``http://127.0.0.1:43210``."""
    async with serving_fakes(create_app(rooms), rooms) as found:
        yield found
