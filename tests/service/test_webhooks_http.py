"""Webhooks over HTTP: refused before anything is rendered, and seen afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import aiohttp
import pytest
from fake_server import serving_fakes

from framewright.model.job import CancelledTold, Job, Told
from framewright.service.app import create_app
from framewright.service.database import Database
from framewright.service.settings import ServiceSettings
from framewright.service.webhooks import Webhooks

ASKED = {"composition": {"html": "<p>hi</p>"}}


@pytest.fixture
async def web(rooms, tmp_path):
    settings = ServiceSettings(data=tmp_path, webhook_hosts=("127.0.0.1:1",), webhook_insecure=True)
    async with (
        Database(tmp_path / "hooks.sqlite3") as database,
        Webhooks(settings, database, pauses=(3600.0,)) as webhooks,
    ):
        rooms = replace(rooms, webhooks=webhooks)
        async with (
            serving_fakes(create_app(rooms), rooms) as address,
            aiohttp.ClientSession(address) as session,
        ):
            session.webhooks = webhooks
            yield session


@pytest.mark.parametrize(
    ("url", "status", "code"),
    [
        ("https://example.org/", 403, "WEBHOOK_FORBIDDEN"),
        ("http://169.254.169.254/", 403, "WEBHOOK_FORBIDDEN"),
        ("nonsense", 422, "WEBHOOK_INVALID"),
    ],
)
async def test_a_webhook_that_may_not_be_sent_is_refused_at_once(web, url, status, code):
    async with web.post("/v1/renders", json=ASKED | {"webhook": {"url": url}}) as answer:
        assert (answer.status, (await answer.json(content_type=None))["code"]) == (status, code)
    async with web.get("/v1/renders") as answer:
        assert (await answer.json())["jobs"] == []


async def test_a_job_shows_what_became_of_its_webhooks(web):
    async with web.post("/v1/renders", json=ASKED | {"webhook": {"url": "http://127.0.0.1:1/"}}) as answer:
        assert answer.status == 202, await answer.text()
        job = Job.model_validate(await answer.json())
    await web.webhooks.tell(job, Told(id=9, at=datetime.now(UTC), told=CancelledTold()))
    async with web.get(f"/v1/renders/{job.id}/webhooks") as answer:
        (delivery,) = (await answer.json())["deliveries"]
    assert (delivery["event"], delivery["host"], delivery["delivered"]) == ("cancelled", "127.0.0.1:1", None)
    async with web.get(f"/v1/renders/{'b' * 26}/webhooks") as answer:
        assert answer.status == 404


async def test_a_service_without_webhooks_says_so(address):
    async with (
        aiohttp.ClientSession(address) as session,
        session.post("/v1/renders", json=ASKED | {"webhook": {"url": "https://example.org/"}}) as answer,
    ):
        assert (answer.status, (await answer.json(content_type=None))["code"]) == (403, "WEBHOOKS_CLOSED")
