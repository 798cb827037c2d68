"""The OpenAPI document keeps its word: whatever is asked, the answer is one that it tells of."""

from __future__ import annotations

import importlib.util
import tempfile
from pathlib import Path

import pytest
import schemathesis
from fakes import FakeDesk, FakeSources
from hypothesis import HealthCheck, settings

from framewright.service.app import create_app
from framewright.service.rooms import Rooms
from framewright.service.settings import ServiceSettings

# pytest asks for the routes before any test has a folder: this one is made with the first job.
FOLDER = tempfile.TemporaryDirectory(prefix="framewright-openapi-")
DESK = FakeDesk(Path(FOLDER.name), pace=0)
ROOMS = Rooms(
    settings=ServiceSettings(data=Path(FOLDER.name), hosts=("testserver",)), desk=DESK, sources=FakeSources()
)
SCHEMA = schemathesis.openapi.from_asgi("/openapi.json", create_app(ROOMS))
SAME = {"derandomize": True, "deadline": None, "suppress_health_check": list(HealthCheck), "database": None}


def test_the_document_is_what_the_routes_say():
    top = Path(__file__).parents[2]
    spec = importlib.util.spec_from_file_location("write_openapi", top / "scripts/write_openapi.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    assert (top / "docs/openapi.json").read_text(encoding="utf-8") == script.page(), "run make docs"


@SCHEMA.parametrize()
@settings(max_examples=10, **SAME)
def test_no_answer_is_a_surprise(case):
    case.call_and_validate()


@pytest.mark.long
@SCHEMA.parametrize()
@settings(max_examples=1000, **SAME)
def test_no_answer_is_a_surprise_at_length(case):
    case.call_and_validate()
