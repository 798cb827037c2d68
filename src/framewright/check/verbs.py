"""Checking a composition: what is written, what the page says, and whether its frames depend on their time alone."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from framewright.model.settings import Settings
from framewright.render.blocking import run_blocking
from framewright.render.cancel import Stoppable
from framewright.render.options import settle

if TYPE_CHECKING:
    from typing import Unpack

    from framewright.check.report import CheckReport
    from framewright.render import CancelToken, ProbeWishes, RenderOptions


async def check_async(
    composition: str | os.PathLike[str],
    options: RenderOptions | None = None,
    *,
    audit: bool = True,
    report: str | os.PathLike[str] | None = None,
    cancel: CancelToken | None = None,
    settings: Settings | None = None,
    **wishes: Unpack[ProbeWishes],
) -> CheckReport:
    """Look for everything that will go wrong, or may not be meant, without rendering.

    Args:
        composition: a folder with an ``index.html``, an HTML file, or an ``http(s)`` address.
        options: as for :func:`framewright.probe`; with ``strict`` warnings count as errors.
        audit: compare sampled frames by several ways that lead to them, which takes most of the time.
        report: a folder for a page that shows the findings, with pictures of the frames that differ. It is made
            where it is not there; what has the names of its files is replaced.
        cancel: ends the check from any thread.
        settings: of the machine; None: read from the environment.

    Returns:
        The findings. A composition that cannot be opened at all is a finding too.

    Raises:
        UsageError, SetupError, BrowserError, RenderCancelledError: as for :func:`framewright.render`.
        CompositionError: there is no page.
        OutputError: ``OUTPUT_FAILED`` the report cannot be written.
    """
    from framewright.check.checking import check_composition

    asked = settle(options, wishes)
    async with Stoppable(cancel):
        return await check_composition(
            os.fspath(composition), asked, settings or Settings.read(), with_audit=audit, folder=report
        )
    raise AssertionError("unreachable")


def check(
    composition: str | os.PathLike[str],
    options: RenderOptions | None = None,
    *,
    audit: bool = True,
    report: str | os.PathLike[str] | None = None,
    cancel: CancelToken | None = None,
    settings: Settings | None = None,
    **wishes: Unpack[ProbeWishes],
) -> CheckReport:
    """Look for everything that will go wrong; see :func:`check_async`, which this runs to its end."""
    asked = settle(options, wishes)
    return run_blocking(
        lambda: check_async(composition, asked, audit=audit, report=report, cancel=cancel, settings=settings)
    )
