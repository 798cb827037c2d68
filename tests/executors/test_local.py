"""The local executor: by the suite that every executor has to pass, and what only it promises."""

from __future__ import annotations

from conformance import Conformance, commission

from framewright.executors.local import LocalExecutor

__all__ = ["commission"]


class TestProcesses(Conformance):
    keeps = True

    def executor(self):
        return LocalExecutor(processes=2)


class TestThisProcess(Conformance):
    keeps = True

    def executor(self):
        return LocalExecutor(processes=1)
