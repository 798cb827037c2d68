"""What can be refused of a request before a page is opened: at once, and to whoever asked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from framewright.model.job_request import RenderOptionsWire
from framewright.render.output_choice import choose_kind
from framewright.render.threads import in_thread
from framewright.service.jobs.orders import format_of
from framewright.service.runner.wishes import read_wishes

if TYPE_CHECKING:
    from framewright.model.job_request import ProbeOptions
    from framewright.render import RenderOptions
    from framewright.service.desk import Source


async def check_asked(request: ProbeOptions, source: Source) -> RenderOptions:
    """The options of a request, each checked by itself and against the others.

    Files are only looked for: what is in them is a stranger's, and for a runner to open.

    Raises:
        UsageError: as :func:`~framewright.service.runner.wishes.read_wishes`; a format, codec, quality or track that the output
            cannot have.
    """
    return await in_thread(lambda: _checked(request, None if source.root is None else str(source.root)))


def _checked(request: ProbeOptions, root: str | None) -> RenderOptions:
    if not isinstance(request, RenderOptionsWire):
        return read_wishes(request.given(), root)
    options = read_wishes({**request.given(), "format": format_of(request).value}, root)
    choose_kind(Path("output"), options)
    return options
