"""The executor that the documentation shows is one."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest
from conformance import Conformance

PAGE = Path(__file__).parents[2] / "docs" / "distributed.md"


def shown():
    """What the page's first block of Python defines."""
    section = PAGE.read_text(encoding="utf-8").split("## Executors")[1]
    block = re.search(r"```python\n(.*?)```", section, re.DOTALL)
    names = {}
    exec(compile(block[1], str(PAGE), "exec"), names)
    return names


def test_the_page_shows_one():
    assert inspect.isasyncgenfunction(inspect.unwrap(shown()["ThreadsExecutor"].render))


@pytest.mark.thorough
class TestDocumented(Conformance):
    def executor(self):
        return shown()["ThreadsExecutor"]()
