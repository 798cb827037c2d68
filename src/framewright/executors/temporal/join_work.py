"""The last step: pieces are fetched and put together, the finished file is put into the store."""

from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING

from pydantic import ValidationError

from framewright.executors.temporal.names import blob_of, output_document
from framewright.executors.temporal.pieces import StoredPieces
from framewright.executors.temporal.several import each
from framewright.executors.temporal.values import Accounts, Assembled, Output, OutputFile
from framewright.model.output import Format
from framewright.render.assembling import write_assembled
from framewright.render.threads import in_thread
from framewright.stores import digest_of

if TYPE_CHECKING:
    from pathlib import Path

    from framewright.executors.temporal.beating import Heart
    from framewright.executors.temporal.layout import Layout
    from framewright.executors.temporal.values import AssembleOrder
    from framewright.executors.temporal.workplace import Workplace
    from framewright.model.report import FileFacts


async def assemble(here: Workplace, order: AssembleOrder, heart: Heart) -> Assembled:
    """Put the finished file into the store, of pieces that all lie there; an output of these very pieces is left as it is.

    Raises:
        ApplicationError: of :func:`framewright.executors.temporal.errors.corrupt_pieces`, for pieces that are missing or not
            what they were; those are forgotten.
        FramewrightError: as :func:`framewright.render.assembling.write_assembled`, and whatever the store raises.
    """
    began = time.monotonic()
    async with here.layouts.hold(order.plan) as layout:
        pieces = await StoredPieces.read(layout.plan, here.store)
        work = _Join(here, heart, layout, pieces)
        output = await work.found() or await work.make()
    return Assembled(
        bytes=sum(file.bytes for file in output.files),
        seconds=round(time.monotonic() - began, 3),
        worker=here.worker,
    )


class _Join:
    def __init__(self, here: Workplace, heart: Heart, layout: Layout, pieces: StoredPieces) -> None:
        self._here = here
        self._store = here.store
        self._heart = heart
        self._layout = layout
        self._plan = layout.plan
        self._pieces = pieces

    async def found(self) -> Output | None:
        """The output that stands in the store, where it is of these pieces and all of its files are there."""
        data = await self._store.read(output_document(self._plan.digests.plan))
        try:
            output = None if data is None else Output.model_validate_json(data)
        except ValidationError:
            return None
        if output is None or output.pieces != self._pieces.digest:
            return None
        wanted = [output.accounts, *(file.digest for file in output.files)]
        there = await each(wanted, lambda digest: self._store.list(blob_of(digest)))
        return output if all(there) else None

    async def make(self) -> Output:
        folder = self._layout.folder()
        try:
            with self._here.metrics.stage("fetching"):
                chunks, sound = await self._pieces.fetch(folder, self._here.metrics)
            self._heart.tell(doing="joining")
            target = folder / "output"
            if self._plan.output.format is Format.PNG_SEQUENCE:
                await in_thread(target.mkdir)
            with self._here.metrics.stage("joining"):
                facts = await write_assembled(self._plan, chunks, sound, target)
            self._heart.tell(doing="sending")
            with self._here.metrics.stage("sending"):
                return await self._send(folder, target, facts)
        finally:
            await in_thread(lambda: shutil.rmtree(folder, ignore_errors=True))

    async def _send(self, folder: Path, target: Path, facts: FileFacts) -> Output:
        accounts = Accounts(
            chunks=self._pieces.chunks,
            sound=self._pieces.sound,
            # Where it lies here is nobody's business.
            facts=facts.model_copy(update={"path": ""}),
        )
        data = accounts.model_dump_json().encode()
        written = folder / "accounts.json"
        await in_thread(lambda: written.write_bytes(data))
        output = Output(
            plan=self._plan.digests.plan,
            pieces=self._pieces.digest,
            accounts=await self._store.put(written, digest_of(data)),
            files=tuple(await each(await in_thread(lambda: _named(target)), self._send_file)),
        )
        name, document = output_document(output.plan), output.model_dump_json().encode()
        while not await self._store.commit(name, document):
            if (found := await self.found()) is not None:
                return found
            await self._store.delete(name)  # of other pieces, or of files that are gone
        return output

    async def _send_file(self, one: tuple[str, Path, int]) -> OutputFile:
        name, path, size = one
        digest = await self._store.put(path)
        self._here.metrics.moved("sent", size)
        return OutputFile(name=name, digest=digest, bytes=size)


def _named(target: Path) -> list[tuple[str, Path, int]]:
    """The files of an output by their names within it, with their sizes."""
    if target.is_file():
        return [("", target, target.stat().st_size)]
    return [(path.name, path, path.stat().st_size) for path in sorted(target.iterdir())]
