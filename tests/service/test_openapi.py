"""The OpenAPI document that is published is that of the routes."""

from __future__ import annotations

import importlib.util
from pathlib import Path

TOP = Path(__file__).parents[2]


def test_the_document_is_what_the_routes_say():
    spec = importlib.util.spec_from_file_location("write_openapi", TOP / "scripts/write_openapi.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    assert (TOP / "docs/openapi.json").read_text(encoding="utf-8") == script.page(), "run make docs"
