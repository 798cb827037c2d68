"""Where the composition of a request lies for the service: sent there by us, or there already."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from framewright.client.project_files import find_files
from framewright.client.uploading import send_project
from framewright.composition import Site, open_project
from framewright.composition.site import is_address
from framewright.model.job_request import CompositionSource
from framewright.model.upload import Upload
from framewright.render.choice import Choice
from framewright.render.threads import in_thread

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from framewright.client.transport import Transport
    from framewright.client.uploading import Sent
    from framewright.client.wishes import Wishes
    from framewright.render.telling import Teller

Composition = str | os.PathLike[str] | Upload | CompositionSource
"""A path of this machine, which is sent; an ``http(s)`` address; an upload; or anything that a service can be asked for."""
_MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Placed:
    """A composition that the service can open.

    Attributes:
        renamed: how files that options name are called in the project; None: the project is not of this machine.
    """

    source: CompositionSource
    renamed: Mapping[Path, str] | None = None


def is_local(composition: Composition) -> bool:
    """Whether it lies on this machine, and has to be sent."""
    return isinstance(composition, str | os.PathLike) and not is_address(os.fspath(composition))


async def place(
    transport: Transport,
    composition: Composition,
    wishes: Wishes,
    teller: Teller,
    *,
    output: Path | None = None,
) -> Placed:
    """Have the service hold a composition.

    Args:
        teller: told what was sent, and what stays here.
        output: where the render goes.

    Raises:
        UsageError, CompositionError: there is no page, or a file cannot be read.
        FramewrightError: as :func:`~framewright.client.uploading.send_project`.
    """
    if isinstance(composition, CompositionSource):
        return Placed(composition)
    if isinstance(composition, Upload):
        return Placed(CompositionSource(upload=composition.id))
    named = os.fspath(composition)
    if is_address(named):
        site = open_project(named)
        assert isinstance(site, Site)
        return Placed(CompositionSource(url=site.url))
    project = await in_thread(lambda: find_files(named, wishes.beside, output=output))
    teller.warn(project.notices)
    sent = await send_project(transport, project)
    teller.decide(_choice(sent))
    return Placed(CompositionSource(upload=sent.upload.id, page=project.page), project.renamed)


def _choice(sent: Sent) -> Choice:
    upload = sent.upload
    whole = "1 file" if upload.files == 1 else f"{upload.files} files"
    if sent.files:
        reason = f"{sent.files} of {whole} had to be sent, {sent.bytes / _MEGABYTE:.1f} MB."
    else:
        reason = f"The service has the project's {whole} already."
    return Choice(
        subject="upload",
        choice=upload.id,
        inputs={
            "files": upload.files,
            "bytes": upload.bytes,
            "sent_files": sent.files,
            "sent_bytes": sent.bytes,
        },
        reason=reason,
    )
