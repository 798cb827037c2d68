"""How a plan is referred to once it lies in a store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from framewright.executors.temporal.values import PlanReference
from framewright.render.planning.digests import digest_of_value

if TYPE_CHECKING:
    from framewright.model.plan import Digest, Environment, Plan


def environment_digest(environment: Environment) -> Digest:
    """What machines have in common that draw and encode alike: it names the queues of a plan's work."""
    return digest_of_value(environment.model_dump(mode="json"))


def reference_to(plan: Plan, *, store: str, document: Digest) -> PlanReference:
    """The reference to a whole plan.

    Args:
        store: the URI of the store that holds it.
        document: the blob of the plan there.
    """
    return PlanReference(
        store=store,
        document=document,
        digest=plan.digests.plan,
        environment=environment_digest(plan.environment),
        chunks=len(plan.chunks),
        frames=len(plan.picture.range),
        sound=plan.sound is not None,
        seconds=plan.estimate.seconds,
    )
