"""The routes of plans keep the word of the OpenAPI document, of plans that are there and of those that are not."""

from __future__ import annotations

import asyncio

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.specs.openapi.checks import positive_data_acceptance

# Options that each are right may contradict each other, which no schema tells.
BUT = [positive_data_acceptance]
ROUTES = [
    ("", "POST"),
    ("/{digest}", "GET"),
    ("/{digest}/document", "GET"),
    ("/{digest}/chunks/{index}", "POST"),
    ("/{digest}/chunks/{index}", "GET"),
    ("/{digest}/sound", "POST"),
    ("/{digest}/sound", "GET"),
    ("/{digest}/assemble", "POST"),
    ("/{digest}/output", "GET"),
]
SAME = {"derandomize": True, "deadline": None, "suppress_health_check": list(HealthCheck), "database": None}


@pytest.mark.parametrize(
    "examples", [1, pytest.param(8, marks=pytest.mark.thorough), pytest.param(300, marks=pytest.mark.long)]
)
async def test_no_answer_is_a_surprise(web, examples) -> None:
    address = str(web._base_url).rstrip("/")
    async with web.post("/v1/plans", json={"composition": {"html": "<p>hi</p>"}}) as answer:
        digest = (await answer.json())["digest"]
    async with web.post(f"/v1/plans/{digest}/chunks/1") as answer:
        assert answer.status == 200

    def ask() -> None:
        schema = schemathesis.openapi.from_url(f"{address}/openapi.json")
        for path, method in ROUTES:
            ask_one(schema[f"/v1/plans{path}"][method].as_strategy())

    def ask_one(cases) -> None:
        @settings(max_examples=examples, **SAME)
        @given(case=cases, there=st.booleans(), index=st.sampled_from(["0", "1", "2"]))
        def asking(case, there, index) -> None:
            if there and "digest" in (case.path_parameters or {}):
                case.path_parameters["digest"] = digest
                if "index" in case.path_parameters:
                    case.path_parameters["index"] = index
            case.call_and_validate(base_url=address, excluded_checks=BUT)

        asking()

    await asyncio.to_thread(ask)
