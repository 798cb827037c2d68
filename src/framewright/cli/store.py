"""``framewright store list|clean``: what the store of a cluster holds, and being rid of it."""

from __future__ import annotations

import asyncio
import sys
from datetime import timedelta
from typing import TYPE_CHECKING

from framewright.cli import phrases
from framewright.cli.cache import parse_age
from framewright.cli.console import line, people_console, rows
from framewright.cli.settings import read_settings
from framewright.model.errors import ExitCode, SetupError
from framewright.stores import open_store, survey, sweep

if TYPE_CHECKING:
    from framewright.stores import BlobStore, StoreReport, StoreUsage


def run_store_list(uri: str | None, *, as_json: bool) -> int:
    """Say what a store holds, on stdout.

    Args:
        uri: None: the one of the settings.

    Returns:
        The exit code 0.

    Raises:
        UsageError: ``STORE_INVALID``. SetupError: ``STORE_UNSET``, ``EXTRA_MISSING``, ``SETTING_INVALID``.
        StoreError: see :class:`~framewright.stores.store.BlobStore`.
    """

    async def look() -> StoreReport:
        async with _open(uri) as store:
            return await survey(store)

    _tell(asyncio.run(look()), "It is empty.", as_json=as_json)
    return ExitCode.DONE


def run_store_clean(uri: str | None, *, older_than: str, dry_run: bool, as_json: bool) -> int:
    """Remove what is old, and say what that was.

    Args:
        uri: None: the one of the settings.

    Returns:
        The exit code 0.

    Raises:
        UsageError: ``OPTION_INVALID``, ``STORE_INVALID``. SetupError: ``STORE_UNSET``, ``EXTRA_MISSING``, ``SETTING_INVALID``.
        StoreError: see :class:`~framewright.stores.store.BlobStore`.
    """
    age = timedelta(seconds=parse_age(older_than))

    async def clean() -> StoreReport:
        async with _open(uri) as store:
            return await sweep(store, age, dry_run=dry_run)

    nothing = f"Nothing is older than {older_than}."
    _tell(
        asyncio.run(clean()),
        nothing,
        heading="Would be removed:" if dry_run else "Removed:",
        as_json=as_json,
    )
    return ExitCode.DONE


def _open(uri: str | None) -> BlobStore:
    settings = read_settings()
    named = uri or settings.store
    if not named:
        raise SetupError("No store is named: give --store, or set FRAMEWRIGHT_STORE.", code="STORE_UNSET")
    return open_store(named, settings)


def _tell(report: StoreReport, nothing: str, *, as_json: bool, heading: str = "") -> None:
    if as_json:
        sys.stdout.write(f"{report.model_dump_json(indent=2)}\n")
        return
    console = people_console(sys.stdout)
    line(console, phrases.clean(report.store), style="bold")
    if not report.kinds:
        line(console, nothing)
        return
    if heading:
        line(console, heading)
    rows(console, [(phrases.clean(kind.name), _words(kind)) for kind in report.kinds])


def _words(kind: StoreUsage) -> str:
    age = phrases.seconds(kind.oldest_days * 24 * 3600)
    return f"{kind.items}, {phrases.size(kind.bytes)}; the oldest is {age} old"
