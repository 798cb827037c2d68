"""The executor of a cluster: by the suite that every executor has to pass, and what only it promises."""

from __future__ import annotations

import pytest
from conformance import Conformance

from framewright.browser.profiles import sweep_profiles
from framewright.executors.temporal.connecting import connect
from framewright.executors.temporal.executor import TemporalExecutor
from framewright.executors.temporal.references import environment_digest
from framewright.executors.temporal.worker import Outfit, running_worker
from framewright.model.settings import Settings
from framewright.stores import open_store
from truth import remains

# Each draws a film twice, and shares the machine with whatever else is tested.
pytestmark = [pytest.mark.thorough, pytest.mark.timeout(300)]


@pytest.fixture
def cluster(dev_server, queue):
    """The settings of a server, with a queue of the test's own."""
    return dev_server.settings.model_copy(update={"queue": queue})


@pytest.fixture
async def working(cluster, commission, tmp_path, browser_files):
    """A worker in this process, and a store."""
    here = Settings.read()
    store = open_store(str(tmp_path / "store"), here)
    outfit = Outfit(
        queue=cluster.queue,
        environment=environment_digest(commission.bundle.plan.environment),
        slots=2,
        idle=0.5,
        workers=1,
    )
    async with running_worker(await connect(cluster, identity="worker"), store, here, outfit):
        yield store
    await store.close()
    # A browser whose process had to be killed leaves its profile to the next one.
    remains.assert_no_browsers(browser_files)
    sweep_profiles(browser_files)
    remains.assert_gone(browser_files)


class TestCluster(Conformance):
    keeps = True

    @pytest.fixture(autouse=True)
    def _cluster(self, cluster, working):
        self.cluster, self.store = cluster, working

    def executor(self):
        return TemporalExecutor(self.cluster, store=self.store.uri)

    def assert_gone(self, browser_files):
        # A worker keeps the files of a plan for the next chunk of it.
        remains.assert_no_browsers(browser_files)
