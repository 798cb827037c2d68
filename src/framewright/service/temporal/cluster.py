"""What all jobs share: Temporal's server, which may be away and come back, and the store."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from temporalio.client import WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from framewright.executors.temporal.connecting import connect, part_safely, translated
from framewright.executors.temporal.fetching import Shelf
from framewright.executors.temporal.looking import CALL_SECONDS
from framewright.executors.temporal.values import RenderDone
from framewright.model.errors import SetupError, StoreError, StoreRefusedError, TemporalError
from framewright.service.errors import UnavailableError
from framewright.service.temporal.names import workflow_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from temporalio.client import Client, WorkflowHandle

    from framewright.executors.temporal.settings import TemporalSettings
    from framewright.model.settings import Settings
    from framewright.stores import BlobStore

CONNECT_SECONDS = 3.0
"""That a caller waits for a server which does not answer."""
_AGAIN_SECONDS = 5.0
_REFUSED_SECONDS = 60.0


class Cluster:
    """The server and the store of one service. Close it in the end.

    Args:
        here: of this machine.
        store: closed by whoever opened it.
    """

    def __init__(self, settings: TemporalSettings, here: Settings, store: BlobStore) -> None:
        self.settings = settings
        self.here = here
        self.store = store
        self.shelf = Shelf(here, store)
        self._connecting = asyncio.Lock()
        self._client: Client | None = None

    async def client(self) -> Client:
        """Connected; once it is, it finds back by itself to a server that was away.

        Raises:
            TemporalError: ``TEMPORAL_UNREACHABLE``. SetupError: ``TEMPORAL_REFUSED``.
        """
        async with self._connecting:
            if self._client is None:
                self._client = await connect(self.settings, seconds=CONNECT_SECONDS)
            return self._client

    async def workflow(self, job: str, attempt: int) -> WorkflowHandle[object, RenderDone]:
        """The workflow of an attempt, there or not. Raises what :meth:`client` does."""
        return (await self.client()).get_workflow_handle(workflow_of(job, attempt), result_type=RenderDone)

    def away(self) -> TemporalError:
        """That the server does not answer."""
        return TemporalError(
            f"Temporal's server at {self.settings.address} does not answer.", code="TEMPORAL_UNREACHABLE"
        )

    async def close(self) -> None:
        """Let go of the connection, and of stores that plans have named."""
        self._client = None
        await self.shelf.__aexit__()
        await part_safely()


@contextmanager
def answering() -> Iterator[None]:
    """Raise what the server or the store does, or does not, as an answer to a caller who may come again.

    Raises:
        UnavailableError: with the code of what is wrong.
    """
    try:
        yield
    except StoreRefusedError as error:
        raise UnavailableError(error.message, code=error.code, seconds=_REFUSED_SECONDS) from error
    except (TemporalError, StoreError) as error:
        raise UnavailableError(error.message, code=error.code, seconds=_AGAIN_SECONDS) from error
    except RPCError as error:
        raise UnavailableError(
            f"Temporal's server has refused a call: {error.message}.",
            code="TEMPORAL_UNREACHABLE",
            seconds=_AGAIN_SECONDS,
        ) from error
    except SetupError as error:
        if error.code != "TEMPORAL_REFUSED":
            raise
        raise UnavailableError(error.message, code=error.code, seconds=_REFUSED_SECONDS) from error


async def has_stopped(handle: WorkflowHandle[object, RenderDone], address: str) -> bool:
    """Whether a workflow has ended, however, or is not there at all.

    Raises:
        TemporalError: ``TEMPORAL_UNREACHABLE``. SetupError: ``TEMPORAL_REFUSED``.
    """
    with translated(address):
        try:
            described = await handle.describe(rpc_timeout=timedelta(seconds=CALL_SECONDS))
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return True
            raise
    return described.status is not WorkflowExecutionStatus.RUNNING
