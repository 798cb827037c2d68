"""A render that somebody has begun, followed to its end and fetched to where its caller wants it."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from framewright.executors.temporal.executor import follow_or_leave
from framewright.executors.temporal.fetching import Shelf
from framewright.executors.temporal.following import Follower
from framewright.media import OutputFile
from framewright.model.errors import UsageError
from framewright.model.events import Finished
from framewright.model.output import Format
from framewright.render.ledger import Ledger
from framewright.render.output_choice import SUFFIXES
from framewright.render.progress import Progress
from framewright.render.taking import take
from framewright.render.threads import past_stopping
from framewright.render.workbench import workbench_beside

if TYPE_CHECKING:
    from pathlib import Path

    from temporalio.client import Client

    from framewright.executors.temporal.settings import TemporalSettings
    from framewright.executors.temporal.starting import Running
    from framewright.model.events import RenderEvent
    from framewright.model.plan import Plan
    from framewright.model.report import RenderReport
    from framewright.model.settings import Settings
    from framewright.render.telling import Teller


async def collect(
    client: Client,
    running: Running,
    output: Path,
    container: Format,
    teller: Teller,
    *,
    settings: TemporalSettings,
    here: Settings,
    over: bool = False,
) -> RenderReport:
    """Follow a render, and write its output.

    Args:
        running: cancelled, this calls it off unless it was joined.
        container: that the render writes.
        here: of this machine.
        over: it had ended before anybody looked.

    Raises:
        UsageError: ``FORMAT_CONTRADICTS`` the output is named like another format.
        OutputError: it cannot be written.
        FramewrightError: what the render ended with.
    """
    told = SUFFIXES.get(output.suffix.lower())
    if told is not None and told is not container:
        raise UsageError(
            f"'{output.name}' is the name of a {told} file, and the render is of {container}: change -o.",
            code="FORMAT_CONTRADICTS",
        )
    ledger = Ledger(output, teller, watched=not over)
    async with AsyncExitStack() as stack:
        target = stack.enter_context(OutputFile(output, folder=container is Format.PNG_SEQUENCE))
        folder = stack.enter_context(workbench_beside(target))
        shelf = await stack.enter_async_context(Shelf(here))
        progress: list[Progress] = []

        def planned(plan: Plan) -> None:
            progress.append(Progress(plan, teller))

        def tell(event: RenderEvent) -> None:
            if progress:
                ledger.take(event, progress[0])
            else:
                teller.tell(event)

        follower = Follower(client, running, settings, plan_of=shelf.plan_of, tell=tell, planned=planned)
        done = await follow_or_leave(follower, running, settings, tell)
        ledger.begin_to_finish()
        made, accounts = await shelf.output_of(done.plan, folder)
        for event in follower.tidings.accounts(accounts):
            tell(event)
        taken = await take(made, target)
        await past_stopping(target.commit)
        progress[0].end()
    report = ledger.report(taken)
    teller.tell(Finished(report=report))
    return report
