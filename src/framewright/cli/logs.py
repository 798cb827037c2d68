"""Where log events go: to stderr with --debug, nowhere without."""

from __future__ import annotations

import logging
import sys


def set_up_logs(*, debug: bool) -> None:
    """Send every log event to stderr, or silence them all; stdout is never touched."""
    if debug:
        logging.basicConfig(
            level=logging.INFO,
            stream=sys.stderr,
            format="%(asctime)s %(levelname)-7s %(name)s %(message)s",
            datefmt="%H:%M:%S",
        )
        logging.getLogger("framewright").setLevel(logging.DEBUG)
        return
    # Without any handler, logging prints warnings to stderr: ours, and those of the libraries that we use.
    logging.getLogger().addHandler(logging.NullHandler())
