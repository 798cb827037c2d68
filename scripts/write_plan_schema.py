"""Write docs/plan.schema.json from the model of a plan. ``--check`` only says whether it is stale."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

from framewright.model.plan import Plan

PAGE = Path(__file__).parents[1] / "docs" / "plan.schema.json"
# ``name: text`` or ``one, other: text``, with lines that go on further in.
_ATTRIBUTE = re.compile(r"^    (\w+(?:, \w+)*): (.*(?:\n     +.*)*)", re.MULTILINE)


def page() -> str:
    """The whole schema, JSON Schema draft 2020-12: of what is written."""
    schema = Plan.model_json_schema(mode="serialization")
    for value in (schema, *schema["$defs"].values()):
        _tell_properties(value)
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "A plan of Framewright"}
    return json.dumps({**schema, **head}, indent=1, sort_keys=True) + "\n"


def _tell_properties(value: dict[str, Any]) -> None:
    """Say of each property what the docstring of its class says."""
    told, _, attributes = value.get("description", "").partition("\n\nAttributes:\n")
    if told:
        value["description"] = _plain(told)
    for names, text in _ATTRIBUTE.findall(attributes):
        for name in names.split(", "):
            if name in value.get("properties", {}):
                value["properties"][name]["description"] = _plain(text)
    for described in value.get("properties", {}).values():
        described.pop("title", None)


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r":\w+:`~?([\w.]+)`", r"\1", text).replace("``", "`"))


def main() -> None:
    """Write it, or compare it."""
    fresh = page()
    if "--check" in sys.argv[1:]:
        if not PAGE.exists() or PAGE.read_text(encoding="utf-8") != fresh:
            sys.exit(f"{PAGE.name} is stale: run `make docs`.")
        return
    PAGE.write_text(fresh, encoding="utf-8")


if __name__ == "__main__":
    main()
