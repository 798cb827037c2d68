"""Putting what a render needs into a store, by digest: the files of a plan and the plan, or a project that nobody has planned."""

from __future__ import annotations

import asyncio
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from framewright.composition import Site, open_project
from framewright.executors.temporal.manifest import ManifestDraft
from framewright.executors.temporal.references import reference_to
from framewright.executors.temporal.values import ManifestFile, ProjectReference
from framewright.model.errors import StoreError
from framewright.render.planning.digests import canonical
from framewright.render.planning.document import write_document
from framewright.render.planning.files import written_name
from framewright.render.planning.sources import changed, source_of, unreadable
from framewright.render.planning.spare_files import SpareLimit, find_spare
from framewright.render.threads import in_thread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from framewright.executors.temporal.values import Bounds, PlanReference
    from framewright.model.composition import Notice
    from framewright.model.plan import Digest
    from framewright.model.settings import Settings
    from framewright.render.bundle import Bundle
    from framewright.render.options import RenderOptions
    from framewright.stores.store import BlobStore

AT_A_TIME = 8
"""Files that are sent side by side: what latency costs is hidden then, and a disk is not asked for a thousand files at once."""


@dataclass(frozen=True, slots=True)
class Sent:
    """How far the files are.

    Attributes:
        files, bytes: that lie in the store.
        of_files, of_bytes: all of them.
    """

    files: int
    bytes: int
    of_files: int
    of_bytes: int


@dataclass(frozen=True, slots=True)
class _Item:
    """One file to be sent; ``digest`` None: nobody knows it yet."""

    path: Path
    bytes: int
    digest: Digest | None


async def publish_plan(
    bundle: Bundle, store: BlobStore, *, on_progress: Callable[[Sent], None] = lambda _: None
) -> PlanReference:
    """Put a plan and all of its files into a store. What lies there already is not sent again.

    Args:
        on_progress: told after each file.

    Raises:
        CompositionError: ``FILE_CHANGED`` a file is not what it was when it was planned; ``UNREADABLE``.
        StoreError: as :class:`~framewright.stores.store.BlobStore`.
    """
    await publish_files(bundle, store, on_progress=on_progress)
    document = await _put_bytes(write_document(bundle.plan), store)
    return reference_to(bundle.plan, store=store.uri, document=document)


async def publish_files(
    bundle: Bundle, store: BlobStore, *, on_progress: Callable[[Sent], None] = lambda _: None
) -> None:
    """Put the files of a plan into a store, without the plan. Raises what :func:`publish_plan` does."""
    files = {file.digest: file for file in bundle.plan.files}
    items = await in_thread(
        lambda: [_Item(source_of(file, bundle), file.bytes, file.digest) for file in files.values()]
    )
    await _put_all(items, store, on_progress)


async def publish_project(
    composition: str,
    options: RenderOptions,
    store: BlobStore,
    settings: Settings,
    *,
    slots: int,
    bounds: Bounds | None = None,
    on_progress: Callable[[Sent], None] = lambda _: None,
    on_notice: Callable[[Notice], None] = lambda _: None,
) -> ProjectReference:
    """Put a project that nobody has planned into a store: all that lies in its folder, within the limits of what may travel.

    Args:
        options: with a format.
        slots: chunks at a time that the plan is to be cut for.
        bounds: what the project may want; None: what the worker that plans it allows.
        on_notice: told of what was left behind.

    Raises:
        UsageError, CompositionError: there is no page, or a file cannot be read.
        StoreError: as :class:`~framewright.stores.store.BlobStore`.
    """
    draft = ManifestDraft.of(options, slots=slots, bounds=bounds)
    project = await in_thread(lambda: open_project(composition))
    files: tuple[tuple[str, Path], ...] = ()
    if not isinstance(project, Site):
        root = project.root
        limit = SpareLimit(settings.plan_spare_size, settings.plan_spare_files)
        entry = (project.entry, root / project.entry)
        found = await in_thread(lambda: find_spare(root, limit, without={project.entry}))
        for notice in found.notices:
            on_notice(notice)
        files = tuple(sorted((entry, *found.files)))
    items = [_Item(path, os.stat(path).st_size, None) for _, path in (*files, *draft.beside)]
    digests = await _put_all(items, store, on_progress)
    listed = [
        ManifestFile(name=name, digest=digest, bytes=item.bytes)
        for (name, _), item, digest in zip(
            [(written_name(name), path) for name, path in files] + list(draft.beside),
            items,
            digests,
            strict=True,
        )
    ]
    manifest = draft.manifest(
        entry=None if isinstance(project, Site) else written_name(project.entry),
        site=project.url if isinstance(project, Site) else None,
        files=tuple(listed[: len(files)]),
        beside=tuple(listed[len(files) :]),
    )
    document = await _put_bytes(canonical(manifest.model_dump(mode="json")), store)
    return ProjectReference(store=store.uri, manifest=document)


async def _put_all(
    items: Iterable[_Item], store: BlobStore, on_progress: Callable[[Sent], None]
) -> list[Digest]:
    """Their digests, in order."""
    listed = list(items)
    whole = sum(item.bytes for item in listed)
    done = [0, 0]
    gate = asyncio.Semaphore(AT_A_TIME)

    async def put(item: _Item) -> Digest:
        async with gate:
            digest = await _put(item, store)
        done[0] += 1
        done[1] += item.bytes
        on_progress(Sent(done[0], done[1], len(listed), whole))
        return digest

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(put(item)) for item in listed]
    except BaseExceptionGroup as errors:
        raise errors.exceptions[0] from None
    return [task.result() for task in tasks]


async def _put(item: _Item, store: BlobStore) -> Digest:
    try:
        return await store.put(item.path, item.digest)
    except StoreError as error:
        if error.code == "BLOB_CHANGED":
            raise changed(item.path) from error
        raise
    except OSError as error:
        raise unreadable(item.path, error) from error


async def _put_bytes(data: bytes, store: BlobStore) -> Digest:
    """Put what has no file yet."""

    def written() -> Path:
        descriptor, name = tempfile.mkstemp(prefix="framewright-")
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        return Path(name)

    path = await in_thread(written, undo=lambda path: path.unlink(missing_ok=True))
    try:
        return await store.put(path)
    finally:
        path.unlink(missing_ok=True)
