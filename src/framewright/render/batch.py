"""A batch: one composition rendered once a row, with browsers that serve row after row."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

from framewright.browser import FileServer, find_browser
from framewright.capture import choose_workers
from framewright.composition import Site, open_project
from framewright.media import OutputFile
from framewright.model.batch import (
    BatchFinished,
    BatchReport,
    Failure,
    RowBegan,
    RowFailed,
    RowResult,
    RowTold,
)
from framewright.model.errors import FramewrightError
from framewright.model.logs import get_logger
from framewright.model.output import Format
from framewright.render.added_sound import check_added
from framewright.render.choice import Choice
from framewright.render.job import Job
from framewright.render.machine import read_machine
from framewright.render.meter import Watch
from framewright.render.opening import likely_size
from framewright.render.output_choice import choose_kind
from framewright.render.row_names import fields_of, name_outputs
from framewright.render.stock import BrowserStock
from framewright.render.subtitles import read_sources
from framewright.render.telling import Teller
from framewright.render.turn import Turn

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from framewright.model.batch import BatchEvent
    from framewright.model.events import RenderEvent
    from framewright.model.report import RenderReport
    from framewright.model.settings import Settings
    from framewright.model.size import Size
    from framewright.render.options import RenderOptions
    from framewright.render.order import Executor
    from framewright.render.rows import Rows

# More than any row has: how many frames they have is known once they are open.
_MANY_FRAMES = 1_000_000
_log = get_logger(__name__)


class Batch:
    """All rows of one batch. Make it, which checks what can be checked before anything renders; await :meth:`run` once.

    Args:
        composition: a folder with an ``index.html``, or an HTML file.
        rows: the variables of each video; they beat those of ``options``.
        template: the name of each output, see :func:`~framewright.render.row_names.name_outputs`.
        listener: told of everything, in the thread of the render. What it raises ends the batch.
        executor: makes the pieces of every row.

    Raises:
        UsageError: a template that does not fit the rows, outputs that collide or tell no format, subtitles that cannot
            be read.
        CompositionError: no page. OutputError: a folder that cannot be written to. SetupError: no browser.
    """

    def __init__(
        self,
        composition: str,
        rows: Rows,
        template: str,
        options: RenderOptions,
        *,
        settings: Settings,
        listener: Callable[[BatchEvent], None] | None,
        executor: Executor,
    ) -> None:
        self._composition = composition
        self._rows = rows
        self._options = options
        self._settings = settings
        self._listener = listener
        self._executor = executor
        self._broken: Exception | None = None
        shared = dict(options.variables)
        self._values = [shared | row for row in rows.values]
        self._outputs = name_outputs(template, self._values)
        read_sources(options)
        self._spare = tuple(sorted(fields_of(template)))
        self._check_outputs()
        check_added(options.audio_tracks)
        self._project = open_project(composition)
        find_browser(settings)
        self._workers = self._count_workers(likely_size(self._project, options).scaled(options.scale))
        self._side_by_side = min(len(self._values), self._workers)

    async def run(self) -> BatchReport:
        """Render every row. What fails is told and collected; the other rows go on.

        Raises:
            whatever the listener raises. A cancellation leaves what is finished, and nothing else.
        """
        watch = Watch()
        self._tell(self._choice().event())
        results: dict[int, RowResult] = {}
        numbers = iter(range(len(self._values)))
        project = self._project
        async with AsyncExitStack() as stack:
            server = None
            if not isinstance(project, Site):
                server = FileServer(project.root, documents=project.documents)
                # A browser is bound to the one that it was started with.
                await stack.enter_async_context(server)
            stock = await stack.enter_async_context(BrowserStock(most=self._workers))
            turn = Turn(stock=stock, server=server, spare=self._spare, written=self._rows.written)

            async def work() -> None:
                for number in numbers:
                    results[number] = await self._row(number, turn)

            try:
                async with asyncio.TaskGroup() as group:
                    for _ in range(self._side_by_side):
                        group.create_task(work())
            except BaseExceptionGroup as errors:
                raise errors.exceptions[0] from None
            started = stock.started
        report = BatchReport(
            rows=tuple(results[number] for number in sorted(results)),
            seconds=watch.total,
            side_by_side=self._side_by_side,
            browsers=started,
        )
        self._tell(BatchFinished(report=report))
        return report

    async def _row(self, number: int, turn: Turn) -> RowResult:
        output = str(self._outputs[number])
        self._tell(RowBegan(row=number, output=output))
        try:
            report = await self._render(number, turn)
        except Exception as error:
            if self._broken is not None:
                raise
            failure = _failure(error)
        else:
            return RowResult(row=number, output=output, report=report)
        self._tell(RowFailed(row=number, output=output, failure=failure))
        return RowResult(row=number, output=output, failure=failure)

    async def _render(self, number: int, turn: Turn) -> RenderReport:
        def tell(event: RenderEvent) -> None:
            self._tell(RowTold(row=number, told=event))

        options = replace(
            self._options,
            variables=self._values[number],
            workers=max(1, self._workers // self._side_by_side),
        )
        teller = Teller(tell, strict=options.strict)
        job = Job(
            self._composition,
            self._outputs[number],
            options,
            self._settings,
            teller,
            executor=self._executor,
            turn=turn,
        )
        return await job.run()

    def _tell(self, event: BatchEvent) -> None:
        if self._listener is None:
            return
        try:
            self._listener(event)
        except Exception as error:
            self._broken = error
            raise

    def _check_outputs(self) -> None:
        """Every name tells a format, and every folder can be written to."""
        folders: set[Path] = set()
        for output in self._outputs:
            kind = choose_kind(output, self._options)
            if output.parent not in folders:
                folders.add(output.parent)
                with OutputFile(output, folder=kind.format is Format.PNG_SEQUENCE):
                    pass

    def _count_workers(self, size: Size) -> int:
        machine = read_machine()
        sizing = choose_workers(
            requested=self._options.workers,
            cores=machine.cores,
            memory=machine.available,
            frames=_MANY_FRAMES,
            size=size,
        )
        return sizing.workers

    def _choice(self) -> Choice:
        each = max(1, self._workers // self._side_by_side)
        return Choice(
            subject="rows",
            choice=self._side_by_side,
            inputs={"rows": len(self._values), "workers": self._workers, "workers_each": each},
            reason=f"{self._side_by_side} of {len(self._values)} rows at a time, each with {each} "
            f"{'browser' if each == 1 else 'browsers'}.",
        )


def _failure(error: Exception) -> Failure:
    if not isinstance(error, FramewrightError):
        _log.error("row_failed_unexpectedly", exc_info=error)
        error = FramewrightError(
            f"Something unexpected happened: {type(error).__name__}: {error}.", code="UNEXPECTED"
        )
    return Failure(
        code=error.code,
        message=error.message,
        exit_code=int(error.exit_code),
        retryable=error.retryable,
    )
