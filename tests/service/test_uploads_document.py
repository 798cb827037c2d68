"""The OpenAPI document keeps its word on uploads, which need a service that is truly there."""

from __future__ import annotations

import asyncio
import threading

import pytest
import schemathesis
from archives import PAGE, zipped
from fake_server import keeping_uploads, serving_fakes
from fakes import FakeDesk, FakeSources
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from framewright.service.app import create_app
from framewright.service.rooms import Rooms
from framewright.service.settings import ServiceSettings

SAME = {"derandomize": True, "deadline": None, "suppress_health_check": list(HealthCheck), "database": None}


@schemathesis.serializer("application/zip", "application/x-tar", "application/gzip")
def archive(_context, value):
    """Sometimes an archive, sometimes what else there are bytes of."""
    data = getattr(value, "data", str(value).encode())
    return zipped({"index.html": PAGE, "noise": data}) if len(data) % 2 else data


@pytest.fixture(scope="module")
def document(tmp_path_factory):
    """That of a service on a thread of its own, since schemathesis waits for its answers."""
    folder = tmp_path_factory.mktemp("uploads")
    addresses, stop = [], asyncio.Event()
    ready = threading.Event()
    loop = asyncio.new_event_loop()

    async def serve():
        found = ServiceSettings(data=folder / "data", upload=2**20)
        desk = FakeDesk(folder, pace=0)
        async with keeping_uploads(found) as (uploads, intake):
            rooms = Rooms(settings=found, desk=desk, sources=FakeSources(), uploads=uploads, intake=intake)
            async with serving_fakes(create_app(rooms), rooms) as address:
                addresses.append(address)
                ready.set()
                await stop.wait()
        await desk.close()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    assert ready.wait(60)
    try:
        schema = schemathesis.openapi.from_url(f"{addresses[0]}/openapi.json")
        yield schema.include(tag="uploads")
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(60)
        loop.close()


@pytest.mark.parametrize("examples", [10, pytest.param(300, marks=pytest.mark.long)])
def test_no_answer_is_a_surprise(document, examples):
    asked = set()
    for found in document.get_all_operations():
        operation = found.ok()

        @settings(max_examples=examples, **SAME)
        @given(case=operation.as_strategy())
        def ask(case):
            # No schema says what an archive is, or what is where.
            case.call_and_validate(excluded_checks=[positive_data_acceptance])

        ask()
        asked.add(operation.label)
    assert len(asked) == 6
