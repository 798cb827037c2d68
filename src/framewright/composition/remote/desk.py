"""Where all requests of one render to other origins arrive: recorded for the first browser, replayed for the rest."""

from __future__ import annotations

import tempfile
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Self

from framewright.composition.remote.blobs import BlobFolder
from framewright.composition.remote.cache import RemoteCache
from framewright.composition.remote.fetch import Allowance, Fetcher
from framewright.composition.remote.policy import NetworkPolicy
from framewright.composition.remote.recorder import Recorder
from framewright.composition.remote.replay import Replay
from framewright.model.errors import SetupError

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from framewright.browser import Answer, Refusal, Request
    from framewright.model.composition import Notice
    from framewright.model.recording import Recording
    from framewright.model.settings import Settings

# After the page is ready; by then whatever it needs has been waited for.
_PATIENCE_SECONDS = 5.0


class RemoteDesk:
    """The answerer of every page of one render. An async context manager.

    Attributes:
        recording: what was recorded, once :meth:`freeze` was called; None before.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        strict: bool = False,
        on_notice: Callable[[Notice], None],
        policy: NetworkPolicy | None = None,
    ) -> None:
        self._settings = settings
        self._strict = strict
        self._on_notice = on_notice
        self._policy = policy or NetworkPolicy()
        self._stack = AsyncExitStack()
        self._answerer: Recorder | Replay
        self.recording: Recording | None = None

    async def __aenter__(self) -> Self:
        settings = self._settings
        try:
            folder = self._stack.enter_context(
                tempfile.TemporaryDirectory(
                    prefix="framewright-remote-", dir=settings.tmpdir, ignore_cleanup_errors=True
                )
            )
        except OSError as error:
            raise SetupError(
                f"There is no room for what pages fetch: {error.strerror or error}; name another folder by "
                "FRAMEWRIGHT_TMPDIR.",
                code="TMPDIR_FAILED",
            ) from error
        self._blobs = BlobFolder(Path(folder))
        fetcher = Fetcher(
            self._policy,
            timeout=min(settings.remote_timeout, settings.page_timeout),
            largest=settings.remote_size,
            allowance=Allowance(settings.remote_total),
        )
        await self._stack.enter_async_context(fetcher)
        self._recorder = Recorder(
            blobs=self._blobs,
            cache=RemoteCache(settings.cache_folder, largest=settings.cache_size),
            fetcher=fetcher,
            resolvers=(),
            on_notice=self._on_notice,
        )
        self._answerer = self._recorder
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            await self._recorder.finish(0.0)
        finally:
            await self._stack.aclose()

    async def answer(self, request: Request) -> Answer | Refusal:
        """The answer to a request of any page."""
        return await self._answerer.answer(request)

    async def freeze(self) -> Recording:
        """From now on answer from what was recorded, and from nothing else."""
        if self.recording is None:
            self.recording = await self._recorder.finish(_PATIENCE_SECONDS)
            self._answerer = Replay(self.recording, self._blobs, strict=self._strict)
        return self.recording
