"""Getting out of a store what a workflow has put there: plans, the finished file, and the accounts of its pieces."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from blake3 import blake3
from pydantic import ValidationError

from framewright.executors.temporal import names
from framewright.executors.temporal.publishing import AT_A_TIME
from framewright.executors.temporal.values import Accounts, Output
from framewright.media import write_error
from framewright.model.errors import StoreError
from framewright.model.output import Format
from framewright.render.bundle import Bundle
from framewright.render.order import Assembled
from framewright.render.planning.document import read_document
from framewright.render.threads import in_thread
from framewright.stores import open_store

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Self

    from framewright.executors.temporal.values import OutputFile, PlanReference
    from framewright.model.plan import Plan
    from framewright.model.settings import Settings
    from framewright.stores.store import BlobStore

_PIECE = 1 << 20


class Shelf:
    """The stores that references name, each opened once. A context manager.

    Args:
        store: open already, and closed by whoever opened it.
    """

    def __init__(self, settings: Settings, store: BlobStore | None = None) -> None:
        self._settings = settings
        self._stores = {} if store is None else {store.uri: store}
        self._plans: dict[str, Plan] = {}
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    def know(self, reference: PlanReference, plan: Plan) -> None:
        """This plan need not be fetched."""
        self._plans[reference.document] = plan

    async def plan_of(self, reference: PlanReference) -> Plan:
        """A plan.

        Raises:
            StoreError, PlanError: it is not there, or is none.
        """
        if (known := self._plans.get(reference.document)) is not None:
            return known
        path = await self._at(reference.store).get(reference.document)
        plan = await in_thread(lambda: read_document(path.read_bytes(), f"the plan {reference.document}"))
        self._plans[reference.document] = plan
        return plan

    async def account_of(self, reference: PlanReference) -> tuple[Output, Accounts]:
        """What the finished file of a plan is made of, and how it came about, without the file.

        Raises:
            StoreError: as :meth:`output_of`.
        """
        store = self._at(reference.store)
        written = await store.read(names.output_document(reference.digest))
        if written is None:
            raise StoreError(
                f"The store {store.uri} holds no output of the plan {reference.digest[:16]} any more: render it again.",
                code="OUTPUT_MISSING",
            )
        try:
            output = Output.model_validate_json(written)
            account = await store.get(output.accounts)
            accounts = await in_thread(lambda: Accounts.model_validate_json(account.read_bytes()))
        except ValidationError as error:
            raise _invalid(store, reference, str(error.errors(include_url=False)[0]["msg"])) from error
        return output, accounts

    async def output_of(self, reference: PlanReference, folder: Path) -> tuple[Assembled, Accounts]:
        """The finished file of a plan, below ``folder``, with its accounts.

        Raises:
            StoreError: ``OUTPUT_MISSING``, ``OUTPUT_INVALID`` what the store holds is no output; and as
                :class:`~framewright.stores.store.BlobStore`.
            OutputError: the disk is full.
        """
        plan, store = await self.plan_of(reference), self._at(reference.store)
        output, accounts = await self.account_of(reference)
        place = folder / "finished"
        sequence = plan.output.format is Format.PNG_SEQUENCE
        if not sequence and len(output.files) != 1:
            raise _invalid(store, reference, f"it has {len(output.files)} files")
        if sequence:
            await in_thread(place.mkdir)
        gate = asyncio.Semaphore(AT_A_TIME)

        async def fetch(file: OutputFile) -> None:
            if sequence and ("/" in file.name or file.name in {"", ".", ".."}):
                raise _invalid(store, reference, f"'{file.name}' is no name of a picture")
            target = place / file.name if sequence else place
            async with gate:
                source = await store.get(file.digest)
                await in_thread(lambda: _copy(source, target, file))

        try:
            async with asyncio.TaskGroup() as group:
                for file in output.files:
                    group.create_task(fetch(file))
        except BaseExceptionGroup as errors:
            raise errors.exceptions[0] from None
        return (
            Assembled(
                bundle=Bundle(plan, None, folder), file=place, chunks=accounts.chunks, sound=accounts.sound
            ),
            accounts,
        )

    def _at(self, uri: str) -> BlobStore:
        if (known := self._stores.get(uri)) is not None:
            return known
        store = open_store(uri, self._settings)
        self._stack.push_async_callback(store.close)
        self._stores[uri] = store
        return store


def _copy(source: Path, target: Path, file: OutputFile) -> None:
    """Never a link: what the caller does to his file must not be done to the store."""
    digest = blake3()
    try:
        with source.open("rb") as read, target.open("xb") as written:
            while piece := read.read(_PIECE):
                written.write(piece)
                digest.update(piece)
    except OSError as error:
        raise write_error(target, error) from error
    if digest.hexdigest() != file.digest:
        raise StoreError(
            f"{source} is not what the store was given: its disk may be failing.", code="BLOB_CHANGED"
        )


def _invalid(store: BlobStore, reference: PlanReference, fault: str) -> StoreError:
    return StoreError(
        f"What the store {store.uri} holds as the output of the plan {reference.digest[:16]} cannot be used ({fault}): use one "
        "version of Framewright for clients and workers.",
        code="OUTPUT_INVALID",
    )
