"""From what the page says back to where it is written: by the element, by the address, by the script's own line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from framewright.check.report import Place

if TYPE_CHECKING:
    from framewright.check.assets import Asset
    from framewright.check.sources import Sources

_SPOT = re.compile(r"(?P<address>[^\s()'\"]+?):(?P<line>\d+):(?P<column>\d+)")


def place_of_element(sources: Sources, pointer: str | None, attribute: str = "") -> Place | None:
    """Where the only element stands that is pointed at that way; None when there are several, or a script made it."""
    if not pointer:
        return None
    found = sources.pointed_at(pointer)
    return found[0].at(attribute) if len(found) == 1 else None


def asset_of_address(sources: Sources, address: str | None, origin: str) -> Asset | None:
    """The first place that names an address, as the page asked for it."""
    if not address:
        return None
    path = local_path(address, origin)
    wanted = address.partition("#")[0] if path is None else path
    return next((asset for asset in sources.assets if asset.target.path == wanted), None)


def place_in_script(sources: Sources, message: str, origin: str) -> Place | None:
    """The place that a message names: as the browser does, ``http://…/page.html:12:5``, or as authors would, ``page.html:12:5``."""
    for spot in _SPOT.finditer(message):
        address = spot["address"]
        path = local_path(address if "://" in address else f"{origin}/{address}", origin)
        if path in sources.files:
            return Place(file=path, line=int(spot["line"]), column=int(spot["column"]))
    return None


def local_path(address: str, origin: str) -> str | None:
    """The path of an address below the project's own server; None for others."""
    if not origin or not address.startswith(f"{origin}/"):
        return None
    path = unquote(re.split(r"[?#]", address.removeprefix(f"{origin}/"), maxsplit=1)[0])
    return path or "index.html"


def without_origin(message: str, origin: str) -> str:
    """A message with files named as the author knows them."""
    return message.replace(f"{origin}/", "") if origin else message
