"""Write docs/openapi.json from the routes of the service. ``--check`` only says whether it is stale."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, cast

from framewright.service.app import create_app
from framewright.service.rooms import Rooms
from framewright.service.settings import ServiceSettings

PAGE = Path(__file__).parents[1] / "docs" / "openapi.json"


def page() -> str:
    """The document of a service with all of its rooms, of which none is ever entered."""
    nobody = cast("Any", object())
    rooms = Rooms(settings=ServiceSettings(), desk=nobody, sources=nobody, uploads=nobody, intake=nobody)
    return json.dumps(create_app(rooms).openapi(), indent=1, ensure_ascii=False) + "\n"


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
