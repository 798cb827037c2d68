"""What the docstrings of models say of their attributes, told of each property in the OpenAPI document."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

# ``name: text`` or ``one, other: text``, with lines that go on further in.
_ATTRIBUTE = re.compile(r"^    (\w+(?:, \w+)*): (.*(?:\n +.*)*?)(?=\n    \w|\Z)", re.MULTILINE)
_ROLE = re.compile(r":\w+:`~?([^`]+)`")


def tell_properties(schemas: Iterable[dict[str, Any]]) -> None:
    """Move what is said of attributes to where readers of the document look for it."""
    for schema in schemas:
        told, _, attributes = schema.get("description", "").partition("\n\nAttributes:\n")
        if not told:
            continue
        schema["description"] = _plain(told)
        for names, text in _ATTRIBUTE.findall(attributes):
            for name in names.split(", "):
                if name in schema.get("properties", {}):
                    schema["properties"][name]["description"] = _plain(text)


def _plain(text: str) -> str:
    """Without the marks that docstrings have for links and code."""
    words = " ".join(text.split())
    return _ROLE.sub(lambda found: found[1].rpartition(".")[2], words).replace("``", "`")
