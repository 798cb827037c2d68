"""Structured log events, through the standard library's logging: a program that uses us hears nothing it did not ask for."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    import structlog

FACTS = "facts"
"""Of a record of the standard library: the event and its facts, as they were given."""


class Logger:
    """Says what happened, with facts that have names.

    structlog comes in with the first event that somebody wants to hear: with all that it brings, it takes its part of
    every command's beginning.
    """

    def __init__(self, beneath: logging.Logger) -> None:
        self._beneath = beneath
        self._above: structlog.stdlib.BoundLogger | None = None

    def debug(self, event: str, **facts: object) -> None:
        """Details for those who look for a fault."""
        if self._beneath.isEnabledFor(logging.DEBUG):
            self._bound().debug(event, **facts)

    def info(self, event: str, **facts: object) -> None:
        """What was done."""
        if self._beneath.isEnabledFor(logging.INFO):
            self._bound().info(event, **facts)

    def warning(self, event: str, **facts: object) -> None:
        """What went otherwise than it should, and was got over."""
        if self._beneath.isEnabledFor(logging.WARNING):
            self._bound().warning(event, **facts)

    def error(self, event: str, **facts: object) -> None:
        """What went wrong."""
        if self._beneath.isEnabledFor(logging.ERROR):
            self._bound().error(event, **facts)

    def _bound(self) -> structlog.stdlib.BoundLogger:
        if self._above is None:
            import structlog

            self._above = cast(
                "structlog.stdlib.BoundLogger",
                structlog.wrap_logger(
                    self._beneath,
                    processors=[structlog.stdlib.filter_by_level, _rendered],
                    wrapper_class=structlog.stdlib.BoundLogger,
                ),
            )
        return self._above


def _rendered(
    logger: object, method: str, facts: MutableMapping[str, Any]
) -> tuple[tuple[str], dict[str, dict[str, Any]]]:
    """The message for people, and beside it the facts for whoever writes them down in another form."""
    import structlog

    known = dict(facts)
    line = structlog.processors.LogfmtRenderer(key_order=["event"], bool_as_flag=False)(
        logger, method, dict(facts)
    )
    return (line,), {"extra": {FACTS: known}}


def get_logger(name: str) -> Logger:
    """A logger whose events become messages such as ``event=workers choice=2 cores=2.0``.

    Args:
        name: of the standard logger beneath, usually ``__name__``; levels and handlers are set there.
    """
    return Logger(logging.getLogger(name))
