"""The public verbs of planning: ``plan``, awaited or not, and ``check_options``."""

from __future__ import annotations

import os
import threading
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from framewright.model.output import Format
from framewright.model.settings import Settings
from framewright.render.blocking import run_blocking
from framewright.render.cancel import Stoppable
from framewright.render.options import settle
from framewright.render.telling import Teller
from framewright.render.threads import in_thread, past_stopping

if TYPE_CHECKING:
    from typing import Unpack

    from framewright.model.plan import Plan
    from framewright.render.cancel import CancelToken
    from framewright.render.options import RenderOptions, RenderWishes
    from framewright.render.telling import Listener

USUAL_SLOTS = 4
"""For how many chunks at a time a plan is cut when nobody says: who follows it is not known yet."""


async def plan_async(
    composition: str | os.PathLike[str],
    folder: str | os.PathLike[str] | None = None,
    options: RenderOptions | None = None,
    *,
    on_event: Listener | None = None,
    cancel: CancelToken | None = None,
    settings: Settings | None = None,
    **wishes: Unpack[RenderWishes],
) -> Plan:
    """Settle everything about a render, and write it down with all files that it needs, for others to follow.

    Args:
        composition: a folder with an ``index.html``, an HTML file, or an ``http(s)`` address.
        folder: appears when it is complete, with ``plan.json`` and every file; a plan that stood there is replaced. None:
            nothing is written.
        options: as for :func:`framewright.render`; without a ``format`` it is mp4. ``workers`` do not count.
        on_event: called with decisions and warnings, in this thread.
        cancel: ends the planning from any thread.
        settings: of the machine; None: read from the environment.

    Raises:
        UsageError, CompositionError, SetupError, BrowserError, RenderCancelledError: as for :func:`framewright.render`.
        PlanTooLargeError: beyond a limit of the installation.
        OutputError: the folder holds other things, or cannot be written.
    """
    from framewright.render.added_sound import check_added
    from framewright.render.output_choice import choose_kind
    from framewright.render.planning.folder import fill, plan_target
    from framewright.render.planning.limits import check_limits
    from framewright.render.planning.planner import plan_composition
    from framewright.render.planning.spare_files import SpareLimit

    asked = settle(options, wishes)
    asked = replace(asked, format=asked.format or Format.MP4)
    chosen = settings or Settings.read()
    teller = Teller(on_event, strict=asked.strict)
    async with Stoppable(cancel), AsyncExitStack() as stack:
        kind = choose_kind(Path("plan"), asked)
        await in_thread(lambda: check_added(asked.audio_tracks))
        target = None if folder is None else stack.enter_context(plan_target(folder))
        spare = None
        if target is not None:
            outputs = (target.target, target.partial)
            spare = SpareLimit(chosen.plan_spare_size, chosen.plan_spare_files, outputs)
        planned = await stack.enter_async_context(
            plan_composition(
                os.fspath(composition), kind, asked, chosen, teller, slots=USUAL_SLOTS, spare=spare
            )
        )
        bundle = await planned.settle()
        check_limits(bundle.plan, chosen, travels=target is not None)
        if target is not None:
            stopped = threading.Event()
            await in_thread(lambda: fill(target, bundle.plan, bundle, stopped=stopped), interrupt=stopped.set)
            await past_stopping(target.commit)
        return bundle.plan
    raise AssertionError("unreachable")


def plan(
    composition: str | os.PathLike[str],
    folder: str | os.PathLike[str] | None = None,
    options: RenderOptions | None = None,
    *,
    on_event: Listener | None = None,
    cancel: CancelToken | None = None,
    settings: Settings | None = None,
    **wishes: Unpack[RenderWishes],
) -> Plan:
    """Settle everything about a render and write it down; see :func:`plan_async`, which this runs to its end."""
    asked = settle(options, wishes)
    return run_blocking(
        lambda: plan_async(composition, folder, asked, on_event=on_event, cancel=cancel, settings=settings)
    )


def open_plan(path: str | os.PathLike[str]) -> Plan:
    """Read a plan from the folder that :func:`plan` has written, or from its ``plan.json``. Its files are not looked at.

    Raises:
        PlanError: ``PLAN_MISSING``, ``PLAN_UNREADABLE``, ``PLAN_INVALID``, ``PLAN_NEWER``, or ``PLAN_CHANGED`` when somebody
            has edited it.
    """
    from framewright.render.planning import folder

    return folder.open_plan(path)


def check_options(
    output: str | os.PathLike[str],
    options: RenderOptions | None = None,
    **wishes: Unpack[RenderWishes],
) -> RenderOptions:
    """See that the wishes of a render go together and that what they name can be read, before anything is spent.

    For whoever takes wishes from elsewhere, such as a queue or a form. What depends on the page is refused once it is open.

    Args:
        output: the name of the file or folder, whose suffix tells the format; nothing is written.

    Returns:
        The wishes, read.

    Raises:
        UsageError: an option that does not exist or is out of range, a pair that does not go together, a file that is not
            there.
        CompositionError: a file of subtitles or sound that cannot be read.
    """
    from framewright.render.planning.limits import check_wishes

    asked = settle(options, wishes)
    check_wishes(output, asked)
    return asked
