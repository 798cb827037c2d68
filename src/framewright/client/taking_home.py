"""Results of a service, brought to where their caller wants them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from framewright.client.fetching import fetch
from framewright.client.unpacking import ZIP, unpack_sequence
from framewright.media import OutputFile
from framewright.render.threads import in_thread, past_stopping

if TYPE_CHECKING:
    import os

    from framewright.client.transport import Transport
    from framewright.model.job import JobOutput


async def fill(transport: Transport, path: str, output: JobOutput, target: OutputFile) -> None:
    """Fetch a finished file to where a target is written; the caller commits.

    Args:
        path: where it lies below the service's address.
        target: a folder where an image sequence is to be one.

    Raises:
        OutputError: it cannot be written.
        FramewrightError: as :func:`~framewright.client.fetching.fetch`.
    """
    if not (output.type == ZIP and target.partial.is_dir()):
        await fetch(transport, path, target.partial, size=output.bytes)
        return
    archive = target.beside("zip")
    try:
        await fetch(transport, path, archive, size=output.bytes)
        await in_thread(lambda: unpack_sequence(archive, target.partial, frames=output.frames))
    finally:
        archive.unlink(missing_ok=True)


async def take_home(transport: Transport, path: str, output: JobOutput, to: str | os.PathLike[str]) -> None:
    """Fetch a finished file, and give it its name.

    Args:
        to: of an image sequence a folder, or the archive itself where it ends with ``.zip``.

    Raises:
        FramewrightError: as :func:`fill`.
    """
    folder = output.type == ZIP and Path(to).suffix.lower() != ".zip"
    with OutputFile(to, folder=folder) as target:
        await fill(transport, path, output, target)
        await past_stopping(target.commit)


async def take_piece(transport: Transport, path: str, to: str | os.PathLike[str]) -> None:
    """Fetch a file of which nothing else is known, and give it its name. Raises what :func:`fill` does."""
    with OutputFile(to) as target:
        await fetch(transport, path, target.partial)
        await past_stopping(target.commit)
