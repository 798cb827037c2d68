"""Makes the parts of plans, each in a runner: plans themselves, pieces, and finished files."""

from __future__ import annotations

import asyncio
import os
import shutil
from typing import TYPE_CHECKING, Protocol, TypeVar

from framewright.model.assembled import AssembleReport
from framewright.model.errors import PieceError
from framewright.model.piece import ChunkResult, SoundResult
from framewright.render import open_plan
from framewright.render.threads import in_thread, past_stopping
from framewright.service.errors import ConflictError
from framewright.service.ids import new_id
from framewright.service.plans.describing import describe, file_name, name_of
from framewright.service.plans.places import NEW, PlanPlace
from framewright.service.runner.cage import Cage
from framewright.service.runner.messages import (
    PieceDone,
    PlanDone,
    RunAssemble,
    RunChunk,
    RunLimits,
    RunPlan,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from pydantic import JsonValue

    from framewright.model.job_request import PlanRequest
    from framewright.model.kept_plan import KeptPlan
    from framewright.service.desk import Source
    from framewright.service.runner.messages import Answer, Run, RunEvent
    from framewright.service.settings import ServiceSettings

_Made = TypeVar("_Made")


class RunsOrders(Protocol):
    """Has an order done; see :func:`~framewright.service.runner.running.run_order`."""

    def __call__(
        self, order: Run, cage: Cage, on_event: Callable[[RunEvent], None], *, job: str | None = None
    ) -> Awaitable[Answer]:
        """Do it."""
        ...


class Maker:
    """Has orders done, within the folders and limits of the installation.

    Args:
        settings: of the service.
        run: has an order done.
        on_work: told of everything that was made: its kind, and ``done``, ``failed`` or ``cancelled``.
    """

    def __init__(
        self, settings: ServiceSettings, run: RunsOrders, on_work: Callable[[str, str], None]
    ) -> None:
        self._settings = settings
        self._folder = settings.data_folder / "plans"
        self._run = run
        self._on_work = on_work
        # Plans take their places one after the other.
        self.moving = asyncio.Lock()

    async def plan(self, request: PlanRequest, source: Source) -> str:
        """Plan a composition, and keep the plan; its name."""
        return await self._told("plan", self._planned(request, source))

    async def piece(self, place: PlanPlace, index: int | None) -> ChunkResult | SoundResult:
        """Render a chunk, or with None mix the sound."""
        return await self._told("sound" if index is None else "chunk", self._made(place, index))

    async def file(self, place: PlanPlace, kept: KeptPlan) -> AssembleReport:
        """Put the file together.

        Raises:
            ConflictError: ``PIECES_BROKEN``.
        """
        return await self._told("assemble", self._assembled(place, kept))

    async def _planned(self, request: PlanRequest, source: Source) -> str:
        new = self._folder / f"{NEW}{new_id()}"
        try:
            await in_thread(new.mkdir)
            answer = await self._do(
                RunPlan(
                    composition=source.composition,
                    root=None if source.root is None else str(source.root),
                    options=dict(request.given()),
                    settings=self._machine(),
                    limits=RunLimits(
                        duration=self._settings.duration,
                        frames=self._settings.frames,
                        pixels=self._settings.pixels,
                    ),
                    folder=str(new),
                ),
                source.name,
            )
            assert isinstance(answer, PlanDone)
            async with self.moving:
                return await past_stopping(
                    lambda: _take_in(self._folder, new, answer.digest, request, source.name)
                )
        finally:
            await past_stopping(lambda: shutil.rmtree(new, ignore_errors=True))

    async def _made(self, place: PlanPlace, index: int | None) -> ChunkResult | SoundResult:
        order = RunChunk(
            plan=str(place.plan),
            index=index,
            output=str(place.piece(index)),
            settings=self._machine(),
        )
        answer = await self._do(order, place.root.name)
        assert isinstance(answer, PieceDone)
        kind = SoundResult if index is None else ChunkResult
        return kind.model_validate(answer.account)

    async def _assembled(self, place: PlanPlace, kept: KeptPlan) -> AssembleReport:
        output = place.output(kept.format)
        order = RunAssemble(
            plan=str(place.plan),
            chunks=tuple(str(place.chunk(chunk.index)) for chunk in kept.chunks),
            sound=str(place.sound) if kept.sound else None,
            output=str(output),
            settings=self._machine(),
        )
        try:
            answer = await self._do(order, kept.digest)
        except PieceError as error:
            await past_stopping(place.drop_broken)
            raise ConflictError(
                "A piece is not what was finished, and was removed: have what is missing rendered, and ask again.",
                code="PIECES_BROKEN",
            ) from error
        assert isinstance(answer, PieceDone)
        report = AssembleReport.model_validate(answer.account)
        # Where it lies here is nobody's business.
        facts = report.output.model_copy(update={"path": file_name(kept)})
        report = report.model_copy(update={"output": facts})
        await past_stopping(lambda: place.write_report(report))
        return report

    async def _do(self, order: Run, name: str) -> Answer:
        settings = self._settings
        cage = Cage(
            work=settings.data_folder / "work" / new_id(),
            seconds=settings.run_seconds,
            memory=settings.run_memory,
            disk=settings.run_disk,
        )
        return await self._run(order, cage, lambda _: None, job=name)

    async def _told(self, kind: str, work: Awaitable[_Made]) -> _Made:
        outcome = "failed"
        try:
            made = await work
            outcome = "done"
        except asyncio.CancelledError:
            outcome = "cancelled"
            raise
        else:
            return made
        finally:
            self._on_work(kind, outcome)

    def _machine(self) -> dict[str, JsonValue]:
        return {
            "cache": str(self._settings.data_folder / "cache"),
            "page_network": self._settings.page_network,
        }


def _take_in(folder: Path, new: Path, digest: str, request: PlanRequest, name: str) -> str:
    plan = open_plan(new / digest)
    kept = describe(plan, name_of(plan, request), name)
    place = PlanPlace(folder / kept.digest)
    # The one that stands has pieces perhaps, and they fit its cuts.
    if place.read() is None:
        PlanPlace(new).found(new / digest, kept)
        place.remove()
        os.replace(new, place.root)
    return kept.digest
