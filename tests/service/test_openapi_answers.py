"""The OpenAPI document keeps its word: whatever is asked, the answer is one that it tells of."""

from __future__ import annotations

import asyncio
import json
import threading
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance
from whole import whole_service

from framewright.service.settings import ServiceSettings

TOP = Path(__file__).parents[2]
pytestmark = pytest.mark.thorough
SCHEMA = schemathesis.openapi.from_dict(json.loads((TOP / "docs/openapi.json").read_text(encoding="utf-8")))
# No schema says which archive is whole, which page is there, which options contradict each other, and which place a list has.
BUT = [positive_data_acceptance]
SAME = {"derandomize": True, "deadline": None, "suppress_health_check": list(HealthCheck), "database": None}


@schemathesis.serializer("application/zip", "application/x-tar", "application/gzip")
def _as_it_is(_, value):
    """An archive, or what is none."""
    return value if isinstance(value, bytes) else json.dumps(value).encode()


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Where a service answers that has a loop of its own, as schemathesis has none."""
    data, told, over = tmp_path_factory.mktemp("whole"), [], threading.Event()
    ready = threading.Event()

    async def answer():
        limits = ServiceSettings(data=data, upload=2**20, upload_size=2**22, uploads=2**24, queue=100_000)
        async with whole_service(limits) as address:
            told.append(address)
            ready.set()
            await asyncio.to_thread(over.wait)

    thread = threading.Thread(target=lambda: asyncio.run(answer()))
    thread.start()
    assert ready.wait(60)
    yield told[0]
    over.set()
    thread.join(60)
    assert not thread.is_alive()


# The bodies of these are large, and alike to that of POST /v1/renders.
ALIKE = ["/v1/probe", "/v1/renders:stream", "/v1/plans"]


@SCHEMA.exclude(path=ALIKE, method="POST").parametrize()
@settings(max_examples=1, **SAME)
def test_no_answer_is_a_surprise(case, whole):
    case.call_and_validate(base_url=whole, excluded_checks=BUT)


@SCHEMA.parametrize()
@settings(max_examples=4, **SAME)
def test_no_answer_is_a_surprise_to_more_questions(case, whole):
    case.call_and_validate(base_url=whole, excluded_checks=BUT)


@pytest.mark.long
@pytest.mark.timeout(3600)
@SCHEMA.parametrize()
@settings(max_examples=1000, **SAME)
def test_no_answer_is_a_surprise_at_length(case, whole):
    case.call_and_validate(base_url=whole, excluded_checks=BUT)
