"""The verbs that render, awaited or not: whoever calls them names no executor, and this machine renders.

Browsers and codecs are imported when a verb is called, so that ``import framewright`` stays quick.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from framewright.model.settings import Settings
from framewright.render.blocking import run_blocking
from framewright.render.cancel import Stoppable
from framewright.render.options import settle
from framewright.render.telling import Teller

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Unpack

    from pydantic import JsonValue

    from framewright.model.batch import BatchReport
    from framewright.model.report import RenderReport
    from framewright.render.cancel import CancelToken
    from framewright.render.options import RenderOptions, RenderWishes
    from framewright.render.order import Executor
    from framewright.render.telling import BatchListener, Listener


async def render_async(
    composition: str | os.PathLike[str],
    output: str | os.PathLike[str],
    options: RenderOptions | None = None,
    *,
    on_event: Listener | None = None,
    cancel: CancelToken | None = None,
    settings: Settings | None = None,
    executor: Executor | None = None,
    **wishes: Unpack[RenderWishes],
) -> RenderReport:
    """Render a composition to a finished file.

    Args:
        composition: a folder with an ``index.html``, an HTML file, or an ``http(s)`` address.
        output: a file whose suffix tells the format (.mp4 .mov .webm .gif), or with ``format="png-sequence"`` a
            folder. It appears when it is complete; until then whatever has that name stays as it is.
        options: all wishes in one value; or give them as keywords, see
            :class:`~framewright.render.options.RenderWishes`.
        on_event: called with each event as it happens, in this thread. What it raises ends the render.
        cancel: ends the render from any thread. Cancelling the task does the same.
        settings: of the machine; None: read from the environment.
        executor: renders the pieces; None: this machine does, by :class:`~framewright.executors.local.LocalExecutor`.

    Returns:
        The account of the render.

    Raises:
        UsageError: options that do not exist, or do not go together.
        CompositionError: the page cannot be rendered as it is.
        SetupError: no browser, or one that cannot do what is asked.
        BrowserError: browsers died again and again.
        EncoderError, OutputError: the file could not be made or written.
        RenderCancelledError: ``cancel`` was cancelled.

    Whatever is raised: no process of ours is left, and no file.
    """
    from framewright.executors.local import LocalExecutor, recall_cuts
    from framewright.render.job import Job

    asked, here = settle(options, wishes), settings or Settings.read()
    teller = Teller(on_event, strict=asked.strict)
    chosen = executor or LocalExecutor(workers=asked.workers, chunks=asked.chunks)
    job = Job(
        os.fspath(composition), output, asked, here, teller, executor=chosen, recall=recall_cuts(here, asked)
    )
    async with Stoppable(cancel):
        return await job.run()
    raise AssertionError("unreachable")


def render(
    composition: str | os.PathLike[str],
    output: str | os.PathLike[str],
    options: RenderOptions | None = None,
    *,
    on_event: Listener | None = None,
    cancel: CancelToken | None = None,
    settings: Settings | None = None,
    executor: Executor | None = None,
    **wishes: Unpack[RenderWishes],
) -> RenderReport:
    """Render a composition to a finished file; see :func:`render_async`, which this runs to its end.

    Works in scripts, in threads and in notebooks. Inside a running event loop the work, and with it ``on_event``,
    goes to a thread of its own. Ctrl-C cleans up and raises RenderCancelledError.
    """
    asked = settle(options, wishes)
    return run_blocking(
        lambda: render_async(
            composition, output, asked, on_event=on_event, cancel=cancel, settings=settings, executor=executor
        )
    )


async def render_batch_async(
    composition: str | os.PathLike[str],
    rows: Sequence[Mapping[str, JsonValue]] | str | os.PathLike[str],
    output: str | os.PathLike[str],
    options: RenderOptions | None = None,
    *,
    on_event: BatchListener | None = None,
    cancel: CancelToken | None = None,
    settings: Settings | None = None,
    executor: Executor | None = None,
    **wishes: Unpack[RenderWishes],
) -> BatchReport:
    """Render a composition once for each row of variables. Browsers stay open from row to row.

    Args:
        composition: a folder with an ``index.html``, or an HTML file.
        rows: the variables of each video, or the name of a JSON, NDJSON or CSV file that holds them. A row's values
            beat those of the option ``variables``, which are for all rows.
        output: the name of each video, with fields of its row in braces: ``out/{name}-{index}.mp4``. The row's number
            ``index`` counts from 0; ``{index:04}`` puts zeros before it. A field is a part of one file name,
            whatever it holds.
        options: all wishes in one value; or give them as keywords, see
            :class:`~framewright.render.options.RenderWishes`. ``workers`` are for all rows together.
        on_event: called with each event as it happens, in this thread. What it raises ends the batch.
        cancel: ends the batch from any thread. Cancelling the task does the same.
        settings: of the machine; None: read from the environment.
        executor: renders the pieces of every row; None: this machine does.

    Returns:
        The account of the batch, also of the rows that failed: those are told by ``failed``, never raised.

    Raises:
        UsageError: rows that cannot be read, a name that lacks a field, two rows with the same name; nothing has been
            rendered then.
        CompositionError, SetupError, OutputError: no row could be rendered, and none was begun.
        RenderCancelledError: ``cancel`` was cancelled. What was finished stands.
    """
    from framewright.executors.local import LocalExecutor
    from framewright.render.batch import Batch
    from framewright.render.rows import read_rows

    asked = settle(options, wishes)
    async with Stoppable(cancel):
        batch = Batch(
            os.fspath(composition),
            read_rows(rows),
            os.fspath(output),
            asked,
            settings=settings or Settings.read(),
            listener=on_event,
            # Rows are what goes side by side.
            executor=executor or LocalExecutor(processes=1),
        )
        return await batch.run()
    raise AssertionError("unreachable")


def render_batch(
    composition: str | os.PathLike[str],
    rows: Sequence[Mapping[str, JsonValue]] | str | os.PathLike[str],
    output: str | os.PathLike[str],
    options: RenderOptions | None = None,
    *,
    on_event: BatchListener | None = None,
    cancel: CancelToken | None = None,
    settings: Settings | None = None,
    executor: Executor | None = None,
    **wishes: Unpack[RenderWishes],
) -> BatchReport:
    """Render a composition once a row; see :func:`render_batch_async`, which this runs to its end."""
    asked = settle(options, wishes)
    return run_blocking(
        lambda: render_batch_async(
            composition,
            rows,
            output,
            asked,
            on_event=on_event,
            cancel=cancel,
            settings=settings,
            executor=executor,
        )
    )
