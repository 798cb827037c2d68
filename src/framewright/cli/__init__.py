"""The command line: ``framewright render``, ``probe`` and ``doctor``."""

from framewright.cli.entry import main

__all__ = ["main"]
