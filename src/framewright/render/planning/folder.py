"""A plan that travels: a folder with the document and every file that it names, by digest."""

from __future__ import annotations

import asyncio
import errno
import re
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from framewright.browser import make_profile, remove_profile
from framewright.media import FolderKind, OutputFile, write_error
from framewright.model.errors import PlanError, StoreError
from framewright.model.settings import Settings
from framewright.render.planning.document import LARGEST_DOCUMENT, read_document, write_document
from framewright.render.planning.laying import BLOBS, Ground
from framewright.render.planning.sources import changed, source_of, unreadable
from framewright.render.threads import in_thread
from framewright.stores import BlobFolder, BlobWriter
from framewright.stores.known_digests import ChangedFileError, KnownDigests

if TYPE_CHECKING:
    import os
    import threading
    from collections.abc import AsyncIterator

    from framewright.model.frames import FrameRange
    from framewright.model.plan import Digest, Plan
    from framewright.render.bundle import Bundle

DOCUMENT = "plan.json"
_KIND = FolderKind("a plan", re.compile(f"{re.escape(DOCUMENT)}|{BLOBS}"))
_PIECE = 1 << 20


def write_plan(folder: str | os.PathLike[str], plan: Plan, bundle: Bundle) -> None:
    """Write a plan with all of its files. The folder appears whole; a plan that stood there before is replaced.

    Blocks: it copies every file once, and sees that each is still what was planned.

    Raises:
        OutputError: as :class:`~framewright.media.OutputFile` says: the folder holds other things, the disk is full.
        CompositionError: ``FILE_CHANGED`` a file is not what it was when it was planned.
    """
    with plan_target(folder) as target:
        fill(target, plan, bundle)
        target.commit()


def plan_target(folder: str | os.PathLike[str]) -> OutputFile:
    """Where a plan will stand, checked before anything is planned. Fill it, and commit.

    Raises:
        OutputError: the folder holds other things, or cannot be written.
    """
    return OutputFile(folder, folder=_KIND)


def fill(target: OutputFile, plan: Plan, bundle: Bundle, *, stopped: threading.Event | None = None) -> None:
    """Write a plan with all of its files to where it will stand. Blocks.

    Args:
        stopped: once it is set the copying ends, by an OutputError that nobody is to see.

    Raises:
        OutputError, CompositionError: as :func:`write_plan`.
    """
    blobs = BlobFolder(target.partial / BLOBS)
    try:
        blobs.root.mkdir()
        for digest, file in {file.digest: file for file in plan.files}.items():
            _copy(source_of(file, bundle), digest, blobs, stopped)
        (target.partial / DOCUMENT).write_bytes(write_document(plan))
    except OSError as error:
        raise write_error(target.target, error) from error


def open_plan(path: str | os.PathLike[str]) -> Plan:
    """Read the plan of a folder, or of a document by itself. The files are not looked at.

    Raises:
        PlanError: ``PLAN_MISSING`` there is none; ``PLAN_UNREADABLE``; or as
            :func:`~framewright.render.planning.document.read_document`.
    """
    document = _document_at(Path(path))
    try:
        with document.open("rb") as file:
            data = file.read(LARGEST_DOCUMENT + 1)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise PlanError(
            f"{path} holds no plan: name the folder that framewright plan has written.", code="PLAN_MISSING"
        ) from error
    except OSError as error:
        raise PlanError(
            f"{document} cannot be read: {error.strerror or error}.", code="PLAN_UNREADABLE"
        ) from error
    except ValueError as error:  # a NUL in the name
        raise PlanError(f"{str(path)!r} is no path: {error}.", code="PLAN_MISSING") from error
    return read_document(data, str(document))


@asynccontextmanager
async def unpacked(
    path: str | os.PathLike[str],
    plan: Plan,
    frames: FrameRange | Literal["sound"],
    *,
    settings: Settings | None = None,
) -> AsyncIterator[Bundle]:
    """Lay out what is needed of a plan's folder as a project that can be served, and remove it in the end.

    Only what is needed is looked at, and all of that is checked; nothing is written to the plan's folder.

    Args:
        frames: what will be drawn; ``"sound"``: the mix alone.
        settings: None: read from the environment.

    Raises:
        StoreError: ``BLOB_MISSING``, ``BLOB_CHANGED`` a file of the plan is not there, or is not what it was.
        SetupError: ``PROFILE_FAILED`` there is no place for temporary files. OutputError: the disk is full.
    """
    chosen = settings or Settings.read()
    place = await asyncio.to_thread(make_profile, chosen.tmpdir)  # swept like a browser's when we are killed
    try:
        yield await in_thread(lambda: _lay_out(_document_at(Path(path)).parent, plan, frames, place, chosen))
    finally:
        await in_thread(lambda: remove_profile(place))


def _document_at(path: Path) -> Path:
    return path if path.is_file() else path / DOCUMENT


def _copy(source: Path, digest: Digest, blobs: BlobFolder, stopped: threading.Event | None) -> None:
    """Raises OSError only where writing failed."""
    with BlobWriter(blobs) as writer:
        try:
            file = source.open("rb")
        except OSError as error:
            raise unreadable(source, error) from error
        with file:
            while piece := file.read(_PIECE):
                writer.write(piece)
                if stopped is not None and stopped.is_set():
                    raise InterruptedError(errno.EINTR, "stopped")
        if writer.commit() != digest:
            raise changed(source)


def _lay_out(
    folder: Path, plan: Plan, frames: FrameRange | Literal["sound"], place: Path, settings: Settings
) -> Bundle:
    blobs = BlobFolder(folder / BLOBS)
    try:
        with KnownDigests(settings.cache_folder) as known:

            def checked(digest: Digest, shown: str) -> Path:
                _check_blob(blobs, digest, shown, known)
                return blobs.path(digest)

            ground = Ground(place, checked)
            return ground.lay_sound(plan) if frames == "sound" else ground.lay_frames(plan, frames)
    except OSError as error:
        raise write_error(place, error) from error


def _check_blob(blobs: BlobFolder, digest: Digest, shown: str, known: KnownDigests) -> None:
    try:
        found = known.of(blobs.path(digest), linked=True).digest
    except ChangedFileError:
        found = ""
    except OSError as error:
        raise StoreError(
            f"The plan's file {shown} is not there ({digest} in {blobs.root}): copy the whole folder of the plan, or plan "
            "again.",
            code="BLOB_MISSING",
        ) from error
    if found != digest:
        raise StoreError(
            f"The plan's file {shown} is not what it was ({digest} in {blobs.root}): copy the folder of the plan again, "
            "or plan again.",
            code="BLOB_CHANGED",
        )
