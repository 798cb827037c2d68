"""The steps of a render on a service, one by one, for those who hand out the work themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from framewright.client.placing import place
from framewright.client.taking_home import take_home, take_piece
from framewright.client.transport import Ask
from framewright.client.wishes import Wishes
from framewright.model.errors import UsageError
from framewright.model.job_request import PlanRequest
from framewright.model.kept_plan import FileMade, KeptPlan, PieceMade
from framewright.model.plan import Plan
from framewright.model.service_errors import ConflictError
from framewright.render.options import settle
from framewright.render.telling import Teller

if TYPE_CHECKING:
    import os
    from typing import Unpack

    from framewright.client.placing import Composition
    from framewright.client.transport import Transport
    from framewright.model.job import JobOutput
    from framewright.render.options import RenderOptions, RenderWishes

_STEP_SECONDS = 4 * 3600.0
"""That a step may take: what a service gives to a job, unless it is told otherwise."""


class AsyncPlans:
    """Plans that a service keeps, by their digests; see :attr:`AsyncClient.plans`. All verbs may be repeated safely.

    Raises, beside what each verb says:
        UnknownError: ``PLAN_UNKNOWN``, ``CHUNK_UNKNOWN``. ForbiddenError: ``PLANS_CLOSED`` the service renders on a cluster.
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def make(
        self,
        composition: Composition,
        options: RenderOptions | None = None,
        *,
        page_timeout: float | None = None,
        **wishes: Unpack[RenderWishes],
    ) -> KeptPlan:
        """Settle what is rendered, and in which chunks.

        Args:
            composition: see :meth:`AsyncClient.render`.
            options: see :func:`framewright.plan`.

        Raises:
            FramewrightError: as :func:`framewright.plan`.
        """
        asked = Wishes(settle(options, wishes), page_timeout)
        placed = await place(self._transport, composition, asked, Teller(None))
        request = asked.request(PlanRequest, placed.source, placed.renamed)
        body = request.model_dump_json(exclude_none=True).encode()
        ask = Ask(
            method="POST",
            path="/v1/plans",
            headers={"Content-Type": "application/json"},
            body=lambda: body,
            seconds=_STEP_SECONDS,
        )
        return await self._transport.ask(ask, KeptPlan)

    async def show(self, plan: str) -> KeptPlan:
        """A plan, and which of its pieces stand."""
        return await self._transport.ask(Ask(method="GET", path=_path(plan)), KeptPlan)

    async def document(self, plan: str) -> Plan:
        """The plan itself, with its files by digest."""
        return await self._transport.ask(Ask(method="GET", path=f"{_path(plan)}/document"), Plan)

    async def render_chunk(self, plan: str, index: int) -> PieceMade:
        """Have a chunk rendered, and wait until its piece stands. Whoever leaves off calls off what nobody else waits for.

        Raises:
            FramewrightError: as :func:`framewright.render_chunk`.
        """
        return await self._transport.ask(_step(f"{_path(plan)}/chunks/{index:d}"), PieceMade)

    async def chunk(self, plan: str, index: int, to: str | os.PathLike[str]) -> None:
        """Fetch the piece of a chunk.

        Raises:
            ConflictError: ``PIECE_NOT_READY``. OutputError: it cannot be written.
        """
        await take_piece(self._transport, f"{_path(plan)}/chunks/{index:d}", to)

    async def mix_sound(self, plan: str) -> PieceMade:
        """Have the sound mixed, and wait until its piece stands.

        Raises:
            FramewrightError: as :func:`framewright.mix_sound`.
        """
        return await self._transport.ask(_step(f"{_path(plan)}/sound"), PieceMade)

    async def sound(self, plan: str, to: str | os.PathLike[str]) -> None:
        """Fetch the piece of sound. Raises what :meth:`chunk` does."""
        await take_piece(self._transport, f"{_path(plan)}/sound", to)

    async def assemble(self, plan: str) -> FileMade:
        """Have the file put together.

        Raises:
            ConflictError: ``PIECES_MISSING``, ``PIECES_BROKEN``.
            FramewrightError: as :func:`framewright.assemble`.
        """
        return await self._transport.ask(_step(f"{_path(plan)}/assemble"), FileMade)

    async def output(self, plan: str, to: str | os.PathLike[str]) -> JobOutput:
        """Fetch the finished file; see :meth:`AsyncClient.output`.

        Raises:
            ConflictError: ``OUTPUT_NOT_READY``. OutputError: it cannot be written.
        """
        kept = await self.show(plan)
        if kept.output is None:
            raise ConflictError(
                f"The file of the plan {plan[:16]} has not been put together: assemble it first.",
                code="OUTPUT_NOT_READY",
            )
        await take_home(self._transport, f"{_path(plan)}/output", kept.output, to)
        return kept.output


def _step(path: str) -> Ask:
    return Ask(method="POST", path=path, seconds=_STEP_SECONDS)


def _path(plan: str) -> str:
    """Digests are asked for as they are: what could lead elsewhere is none."""
    if not (plan.isascii() and plan.isalnum()):
        raise UsageError(
            f"'{plan}' is no digest of a plan: give one as the service has told it.", code="PLAN_UNKNOWN"
        )
    return f"/v1/plans/{plan}"
