"""``framewright render --batch``: one composition, one video a row."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from framewright.cli.batch_narration import BatchNarrator, JsonBatchNarrator, PeopleBatchNarrator
from framewright.cli.console import is_live, line, people_console
from framewright.cli.logs import set_up_logs
from framewright.cli.render import usual_output
from framewright.cli.settings import read_settings
from framewright.cli.stop import stop_on_signals
from framewright.executors import render_batch_async
from framewright.model.errors import RenderCancelledError, UsageError
from framewright.model.output import Format
from framewright.render import CancelToken, RenderOptions

if TYPE_CHECKING:
    from pathlib import Path

    from framewright.cli.executing import ExecutorWishes
    from framewright.cli.render import Telling
    from framewright.model.batch import BatchReport
    from framewright.model.settings import Settings
    from framewright.render import RenderWishes


def run_batch(
    composition: str,
    rows: Path,
    output: Path | None,
    wishes: RenderWishes,
    *,
    executor: ExecutorWishes,
    telling: Telling,
    page_timeout: float | None,
    page_memory: str | None,
) -> int:
    """Render every row, and tell about it as wished.

    Returns:
        The exit code: 0, or that of the worst failure of a row.

    Raises:
        FramewrightError: whatever kept all rows from being rendered, for :mod:`framewright.cli.entry` to tell.
    """
    if telling.explain:
        raise UsageError("--explain tells of one render: leave out --batch.", code="TELLING_INVALID")
    executor.check_batch()
    set_up_logs(debug=telling.debug)
    options = RenderOptions.parse(**wishes)
    settings = read_settings(page_timeout=page_timeout, page_memory=page_memory)
    template = str(output or usual_template(composition, options.format or Format.MP4))
    with _narrator(composition, template, telling) as narrator:
        try:
            report = asyncio.run(
                _render(
                    composition,
                    rows,
                    template,
                    options,
                    settings=settings,
                    narrator=narrator,
                    executor=executor,
                )
            )
        except RenderCancelledError:
            narrator.cancelled()
            raise
    return report.exit_code


async def _render(
    composition: str,
    rows: Path,
    template: str,
    options: RenderOptions,
    *,
    settings: Settings,
    narrator: BatchNarrator,
    executor: ExecutorWishes,
) -> BatchReport:
    from framewright.media import remove_partials

    token = CancelToken()
    loop = asyncio.get_running_loop()

    def stop() -> None:
        token.cancel()
        loop.call_soon_threadsafe(narrator.stopping)

    def at_once() -> None:
        for target in tuple(narrator.under_way.values()):
            remove_partials(target)

    with stop_on_signals(stop, at_once=at_once):
        if executor.elsewhere:
            from framewright.cli.elsewhere import render_batch_elsewhere

            return await render_batch_elsewhere(
                composition,
                rows,
                template,
                options,
                executor,
                settings=settings,
                tell=narrator.tell,
                cancel=token,
            )
        return await render_batch_async(
            composition, rows, template, options, on_event=narrator.tell, cancel=token, settings=settings
        )


def usual_template(composition: str, container: Format) -> str:
    """Where the videos of a batch go when nobody says: as a single one, with the number of the row."""
    single = usual_output(composition, container)
    stem, suffix = (single.name, "") if container is Format.PNG_SEQUENCE else (single.stem, single.suffix)
    escaped = stem.replace("{", "{{").replace("}", "}}")
    return f"{escaped}-{{index}}{suffix}"


def _narrator(composition: str, template: str, telling: Telling) -> BatchNarrator:
    if telling.as_json:
        return JsonBatchNarrator()
    if telling.quiet:
        return BatchNarrator()
    console = people_console()
    line(console, f"{composition} → {template}", style="bold")
    return PeopleBatchNarrator(console, live=is_live(console) and not telling.debug)
