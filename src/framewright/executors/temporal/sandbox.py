"""The sandbox in which our workflows run: their own modules are loaded into it anew, everything else is shared."""

from __future__ import annotations

import pkgutil

from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

import framewright
from framewright import executors
from framewright.executors import temporal

_OF_WORKFLOWS = frozenset({"calls", "crew", "ending", "flow", "part", "parts", "together"})


def workflow_runner() -> SandboxedWorkflowRunner:
    """For a worker's ``workflow_runner``.

    Importing one of our modules imports the package above it, and so all that draws and encodes, much of which can be
    loaded only once in a process.
    """
    shared = [
        *_modules(framewright.__path__, "framewright.", frozenset({"executors"})),
        *_modules(executors.__path__, "framewright.executors.", frozenset({"temporal"})),
        *_modules(temporal.__path__, "framewright.executors.temporal.", _OF_WORKFLOWS),
    ]
    return SandboxedWorkflowRunner(restrictions=SandboxRestrictions.default.with_passthrough_modules(*shared))


def _modules(path: list[str], prefix: str, but: frozenset[str]) -> list[str]:
    return [prefix + module.name for module in pkgutil.iter_modules(path) if module.name not in but]
