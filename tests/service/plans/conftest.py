"""A service that keeps plans, on a free port, with runs that render nothing."""

from __future__ import annotations

from dataclasses import replace

import aiohttp
import pytest
from fake_runs import FakeRuns
from fake_server import serving_fakes

from framewright.service.app import create_app
from framewright.service.database import Database
from framewright.service.metrics import Metrics
from framewright.service.plans.keeper import Plans
from framewright.service.settings import ServiceSettings


@pytest.fixture
def settings(tmp_path):
    return ServiceSettings(data=tmp_path / "data", slots=1, queue=1)


@pytest.fixture
def runs():
    return FakeRuns()


@pytest.fixture
async def database(settings):
    settings.data_folder.mkdir(exist_ok=True)
    async with Database(settings.data_folder / "service.sqlite3") as database:
        yield database


@pytest.fixture
async def plans(settings, database, runs):
    metrics = Metrics()
    async with Plans(settings, database, run=runs, on_work=metrics.worked) as plans:
        plans.metrics = metrics
        yield plans


@pytest.fixture
async def web(rooms, plans, settings):
    rooms = replace(rooms, settings=settings, plans=plans, metrics=plans.metrics)
    async with (
        serving_fakes(create_app(rooms), rooms) as address,
        aiohttp.ClientSession(address) as session,
    ):
        yield session
