"""Runs that render nothing: a plan made by hand, pieces of a few bytes, and a test that says when they go on."""

from __future__ import annotations

import asyncio
from pathlib import Path

from blake3 import blake3

from framewright.model.assembled import AssembleReport
from framewright.model.errors import PieceError
from framewright.model.piece import ChunkResult
from framewright.model.report import FileFacts, TimeSpent
from framewright.render import open_plan
from framewright.render.committing import sidecar_of
from framewright.render.planning.document import write_document
from framewright.service.runner.messages import PieceDone, PlanDone, RunAssemble, RunChunk, RunPlan
from truth import plans as planned

DIGEST = "a" * 64
# Where the encoder begins anew anyway.
CUTS = {2: (0, 180, 300), 3: (0, 120, 240, 300)}


class FakeRuns:
    """Stands in for ``run_order``.

    Attributes:
        going: while it is not set, every run waits in its middle.
        done: kinds of the runs that have come to their end; ``began`` and ``left``: that have begun, and were cancelled.
    """

    def __init__(self) -> None:
        self.going = asyncio.Event()
        self.going.set()
        self.began: list[str] = []
        self.done: list[str] = []
        self.left: list[str] = []
        self.at_once = 0
        self.most_at_once = 0
        self.news = asyncio.Event()

    async def __call__(self, order, cage, on_event, *, job=None):
        self.began.append(order.kind)
        self.news.set()
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await self.going.wait()
            answer = self._do(order)
        except asyncio.CancelledError:
            self.left.append(order.kind)
            raise
        else:
            self.done.append(order.kind)
            return answer
        finally:
            self.at_once -= 1
            self.news.set()

    async def until(self, condition) -> None:
        async with asyncio.timeout(20):
            while not condition():
                self.news.clear()
                await self.news.wait()

    def _do(self, order):
        match order:
            case RunPlan():
                plan = planned.plan(cuts=CUTS.get(order.options.get("chunks"), CUTS[2]))
                folder = Path(order.folder) / plan.digests.plan
                folder.mkdir()
                (folder / "plan.json").write_bytes(write_document(plan))
                return PlanDone(digest=plan.digests.plan)
            case RunChunk():
                chunk = open_plan(order.plan).chunks[order.index]
                piece = Path(order.output)
                piece.write_bytes(f"frames {chunk.start} to {chunk.stop};".encode())
                account = _account(piece, chunk)
                sidecar_of(piece).write_text(account.model_dump_json())
                return PieceDone(account=account.model_dump(mode="json"))
            case RunAssemble():
                pieces = [Path(piece).read_bytes() for piece in order.chunks]
                if any(b"?" in piece for piece in pieces):
                    raise PieceError("A bit has turned.", code="PIECE_CHANGED")
                output = Path(order.output)
                output.write_bytes(b"".join(pieces))
                return PieceDone(account=_report(output, len(pieces)).model_dump(mode="json"))


def _account(piece, chunk) -> ChunkResult:
    data = piece.read_bytes()
    return ChunkResult(
        key=blake3(b"key").hexdigest(),
        start=chunk.start,
        stop=chunk.stop,
        digest=blake3(data).hexdigest(),
        bytes=len(data),
        fingerprints=(),
        parameters=DIGEST,
        unchanged=0,
        workers=1,
        capture="stream",
        time=TimeSpent(opening=0, rendering=1, finishing=0, encoder_busy=0, waiting_for_pictures=0),
    )


def _report(output: Path, pieces: int) -> AssembleReport:
    facts = FileFacts(
        path=str(output), bytes=output.stat().st_size, frames=300, seconds=10.0, width=320, height=180, fps="30",
        codec="h264", pixel_format="yuv420p",
    )  # fmt: skip
    return AssembleReport(output=facts, pieces=pieces, seconds=0.1)
