"""A little service in the test's own process, and a client that has not much patience."""

from __future__ import annotations

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
