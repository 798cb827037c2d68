"""The steps of a render on a service, not awaited."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import os
    from typing import Unpack

    from framewright.client.async_plans import AsyncPlans
    from framewright.client.loop_thread import LoopThread
    from framewright.client.placing import Composition
    from framewright.model.job import JobOutput
    from framewright.model.kept_plan import FileMade, KeptPlan, PieceMade
    from framewright.model.plan import Plan
    from framewright.render.options import RenderOptions, RenderWishes


class Plans:
    """Plans that a service keeps; see :attr:`Client.plans`. Each verb is that of :class:`AsyncPlans`."""

    def __init__(self, plans: AsyncPlans, thread: LoopThread) -> None:
        self._plans = plans
        self._thread = thread

    def make(
        self,
        composition: Composition,
        options: RenderOptions | None = None,
        *,
        page_timeout: float | None = None,
        **wishes: Unpack[RenderWishes],
    ) -> KeptPlan:
        """Settle what is rendered, and in which chunks; see :meth:`AsyncPlans.make`."""
        return self._thread.run(
            lambda: self._plans.make(composition, options, page_timeout=page_timeout, **wishes)
        )

    def show(self, plan: str) -> KeptPlan:
        """A plan, and which of its pieces stand; see :meth:`AsyncPlans.show`."""
        return self._thread.run(lambda: self._plans.show(plan))

    def document(self, plan: str) -> Plan:
        """The plan itself; see :meth:`AsyncPlans.document`."""
        return self._thread.run(lambda: self._plans.document(plan))

    def render_chunk(self, plan: str, index: int) -> PieceMade:
        """Have a chunk rendered; see :meth:`AsyncPlans.render_chunk`."""
        return self._thread.run(lambda: self._plans.render_chunk(plan, index))

    def chunk(self, plan: str, index: int, to: str | os.PathLike[str]) -> None:
        """Fetch the piece of a chunk; see :meth:`AsyncPlans.chunk`."""
        self._thread.run(lambda: self._plans.chunk(plan, index, to))

    def mix_sound(self, plan: str) -> PieceMade:
        """Have the sound mixed; see :meth:`AsyncPlans.mix_sound`."""
        return self._thread.run(lambda: self._plans.mix_sound(plan))

    def sound(self, plan: str, to: str | os.PathLike[str]) -> None:
        """Fetch the piece of sound; see :meth:`AsyncPlans.sound`."""
        self._thread.run(lambda: self._plans.sound(plan, to))

    def assemble(self, plan: str) -> FileMade:
        """Have the file put together; see :meth:`AsyncPlans.assemble`."""
        return self._thread.run(lambda: self._plans.assemble(plan))

    def output(self, plan: str, to: str | os.PathLike[str]) -> JobOutput:
        """Fetch the finished file; see :meth:`AsyncPlans.output`."""
        return self._thread.run(lambda: self._plans.output(plan, to))
