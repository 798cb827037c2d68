"""``data-fx-chain``: effects in the order of the signal, ``{"version": 1, "nodes": [{"type", "id", "enabled", "params"}]}``.

None of them is applied. What an author asked for and does not get is named.
"""

from __future__ import annotations

import json

MOST_NAMED = 5


def effects_in(written: str) -> tuple[str, ...]:
    """The kinds of effects that are switched on, each once; of what is no chain, ``something unreadable``."""
    try:
        told = json.loads(written)
    except (ValueError, RecursionError):
        return ("something unreadable",)
    nodes = told.get("nodes") if isinstance(told, dict) else None
    if not isinstance(nodes, list):
        return ("something unreadable",)
    kinds = [
        str(node.get("type"))[:40]
        for node in nodes
        if isinstance(node, dict) and node.get("enabled") is not False
    ]
    return tuple(dict.fromkeys(kinds))


def named(things: tuple[str, ...]) -> str:
    """A list as people say it, not longer than five."""
    shown = ", ".join(things[:MOST_NAMED])
    return f"{shown} and {len(things) - MOST_NAMED} more" if len(things) > MOST_NAMED else shown
