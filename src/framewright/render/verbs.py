"""The verbs that look: probe, awaited or not, and diagnose.

Browsers and codecs are imported when a verb is called, so that ``import framewright`` stays quick.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from framewright.model.settings import Settings
from framewright.render.blocking import run_blocking
from framewright.render.cancel import Stoppable
from framewright.render.options import settle

if TYPE_CHECKING:
    from typing import Unpack

    from framewright.render.cancel import CancelToken
    from framewright.render.installation import Check
    from framewright.render.options import ProbeWishes, RenderOptions
    from framewright.render.probe_result import ProbeResult


async def probe_async(
    composition: str | os.PathLike[str],
    options: RenderOptions | None = None,
    *,
    cancel: CancelToken | None = None,
    settings: Settings | None = None,
    **wishes: Unpack[ProbeWishes],
) -> ProbeResult:
    """Open a composition, and tell what rendering it would give, without rendering it.

    Args:
        composition: a folder with an ``index.html``, an HTML file, or an ``http(s)`` address.
        options: as for :func:`render_async`; what concerns only the file is not looked at.
        cancel: ends the probe from any thread.
        settings: of the machine; None: read from the environment.

    Raises:
        UsageError, CompositionError, SetupError, BrowserError, RenderCancelledError: as for :func:`render_async`.
    """
    from framewright.render.probe import probe_composition

    asked = settle(options, wishes)
    async with Stoppable(cancel):
        return await probe_composition(os.fspath(composition), asked, settings or Settings.read())
    raise AssertionError("unreachable")


def probe(
    composition: str | os.PathLike[str],
    options: RenderOptions | None = None,
    *,
    cancel: CancelToken | None = None,
    settings: Settings | None = None,
    **wishes: Unpack[ProbeWishes],
) -> ProbeResult:
    """Open a composition and describe it; see :func:`probe_async`, which this runs to its end."""
    asked = settle(options, wishes)
    return run_blocking(lambda: probe_async(composition, asked, cancel=cancel, settings=settings))


async def diagnose(settings: Settings | None = None) -> tuple[Check, ...]:
    """Check everything that rendering needs; what is only slow or unlikely is a warning.

    Takes a few seconds, since it starts the browser. What it finds is told by the checks, never raised.

    Args:
        settings: of the machine; None: read from the environment.
    """
    from framewright.render.diagnosis import check_installation

    return await check_installation(settings or Settings.read())
