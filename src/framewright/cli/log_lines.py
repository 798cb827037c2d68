"""Log events of a process that runs for good, on stderr: a line each for people, or a JSON object for programs."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

from framewright.model.logs import FACTS


def set_up_log_lines(*, as_json: bool, quiet: bool, debug: bool) -> None:
    """Send log events from ``info`` on to stderr, those of others from ``warning`` on.

    Args:
        as_json: one JSON object a line.
        quiet: warnings and errors only.
        debug: everything of ours.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if as_json else _plain())
    level = logging.WARNING if quiet else logging.INFO
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("framewright").setLevel(logging.DEBUG if debug else level)


class JsonLines(logging.Formatter):
    """A record as one JSON object: ``at``, ``level``, ``logger``, ``event``, and the facts of the event by their names."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        facts = getattr(record, FACTS, None) or {"event": "message", "message": record.getMessage()}
        told: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": facts["event"],
            **facts,
        }
        if record.exc_info:
            told["exception"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=False, default=str)


def _plain() -> logging.Formatter:
    return logging.Formatter("%(asctime)s %(levelname)-7s %(message)s", datefmt="%Y-%m-%dT%H:%M:%S%z")
