"""Structured log events, through the standard library's logging: a program that uses us hears nothing it did not ask for."""

from __future__ import annotations

import logging
from typing import cast

import structlog


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """A logger whose events become messages such as ``event=workers choice=2 cores=2.0``.

    Args:
        name: of the standard logger beneath, usually ``__name__``; levels and handlers are set there.
    """
    logger = structlog.wrap_logger(
        logging.getLogger(name),
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.processors.LogfmtRenderer(key_order=["event"], bool_as_flag=False),
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    return cast("structlog.stdlib.BoundLogger", logger)
