"""Who renders, as the command line says it: this machine, or a cluster; and what does not go together."""

from __future__ import annotations

import json
import sys
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from framewright.cli.cluster import ClusterWishes
from framewright.model.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from framewright.executors.temporal.settings import TemporalSettings
    from framewright.executors.temporal.submitting import PlanOn, Submission
    from framewright.model.settings import Settings
    from framewright.render import RenderOptions

EXECUTORS = ("local", "temporal")
USUAL_PRIORITY = 3
_PLACES = ("client", "worker")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutorWishes:
    """The options.

    Attributes:
        store: None: of the settings.
        dev: a cluster for this render alone.
        detach: begin the render, and leave.
        plan_on: None: the client.
        priority: None: the usual one.
        keep_pieces: they stay in the store.
        workers_given: ``--workers`` stands on the command line.

    Raises:
        UsageError: ``EXECUTOR_UNKNOWN``, ``PLAN_ON_UNKNOWN``, ``OPTIONS_CONTRADICT``.
    """

    name: str = "local"
    cluster: ClusterWishes = field(default_factory=ClusterWishes)
    store: str | None = None
    dev: bool = False
    detach: bool = False
    plan_on: str | None = None
    priority: int | None = None
    keep_pieces: bool = True
    workers_given: bool = False

    def __post_init__(self) -> None:
        if self.name not in EXECUTORS:
            raise UsageError(
                f"--executor '{self.name}' does not exist: use {' or '.join(EXECUTORS)}.",
                code="EXECUTOR_UNKNOWN",
            )
        given = self._given
        if self.name == "local" and given:
            raise _contradict(
                f"{given[0]} is for renders on a cluster: add --executor temporal, or leave it out"
            )
        if self.plan_on is not None and self.plan_on not in _PLACES:
            raise UsageError(
                f"--plan-on '{self.plan_on}' does not exist: use {' or '.join(_PLACES)}.",
                code="PLAN_ON_UNKNOWN",
            )
        if self.dev:
            foreign = [*self.cluster.given, *(["--store"] if self.store is not None else [])]
            if foreign:
                raise _contradict(
                    f"--temporal-dev starts a server and a store of its own: leave out {', '.join(foreign)}"
                )
            if self.detach:
                raise _contradict("--temporal-dev ends with this command: leave out --detach")

    @property
    def elsewhere(self) -> bool:
        """Whether a cluster renders."""
        return self.name == "temporal"

    def check_single(self, *, explain: bool) -> None:
        """See that these go with a render by itself.

        Raises:
            UsageError: ``OPTIONS_CONTRADICT``.
        """
        if self.elsewhere and self.workers_given:
            raise _contradict(
                "--workers says how many browsers draw, and here workers of a cluster do: give it to framewright worker"
            )
        if self.detach and explain:
            raise _contradict("--explain tells of a render that has ended: leave out --detach")

    def check_batch(self) -> None:
        """See that these go with a batch. Raises what :meth:`check_single` does."""
        if self.detach:
            raise _contradict("--detach leaves one render to itself: leave out --batch")
        if self.plan_on == "worker":
            raise _contradict("The rows of --batch are planned here: leave out --plan-on worker")

    @property
    def _given(self) -> list[str]:
        told = {
            "--temporal-dev": self.dev,
            "--detach": self.detach,
            "--plan-on": self.plan_on is not None,
            "--priority": self.priority is not None,
            "--no-keep-pieces": not self.keep_pieces,
            "--store": self.store is not None,
        }
        return [*(name for name, given in told.items() if given), *self.cluster.given]


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where renders go.

    Attributes:
        store: None: of the settings.
    """

    settings: TemporalSettings
    store: str | None
    priority: int = USUAL_PRIORITY
    keep_pieces: bool = True

    def submission(
        self, composition: str, output: Path, options: RenderOptions, here: Settings, plan_on: PlanOn
    ) -> Submission:
        """A render for it."""
        from framewright.executors.temporal.submitting import Submission

        return Submission(
            composition=composition,
            output=output,
            options=options,
            settings=self.settings,
            here=here,
            store=self.store,
            plan_on=plan_on,
            priority=self.priority,
            keep_pieces=self.keep_pieces,
        )


@asynccontextmanager
async def opened(wishes: ExecutorWishes) -> AsyncIterator[Cluster]:
    """The cluster that was asked for; one of ``--temporal-dev`` is gone when the context is left.

    Raises:
        SetupError: ``EXTRA_MISSING``, ``SETTING_INVALID``, ``DEV_CLUSTER_FAILED``.
    """
    priority = wishes.priority or USUAL_PRIORITY
    if not wishes.dev:
        yield Cluster(wishes.cluster.read(), wishes.store, priority, wishes.keep_pieces)
        return
    from framewright.executors.temporal.connecting import need_temporal

    need_temporal()
    from framewright.executors.temporal.dev_cluster import dev_cluster

    async with AsyncExitStack() as stack:
        found = await stack.enter_async_context(dev_cluster())
        yield Cluster(found.settings, found.store, priority, wishes.keep_pieces)


def tell_detached(job: str, *, as_json: bool) -> None:
    """Print the id, and nothing else, on stdout."""
    told = json.dumps({"event": "detached", "id": job}, separators=(",", ":")) if as_json else job
    sys.stdout.write(f"{told}\n")
    sys.stdout.flush()


def _contradict(sentence: str) -> UsageError:
    return UsageError(f"{sentence}.", code="OPTIONS_CONTRADICT")
