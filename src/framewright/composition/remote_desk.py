"""Where all requests of one render to other origins arrive: recorded for the first browser, replayed for the rest."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Self

from framewright.browser import make_profile, remove_profile
from framewright.composition.remote.cache import RemoteCache
from framewright.composition.remote.fetch import Allowance, Fetcher
from framewright.composition.remote.locating import locate_file, request_for
from framewright.composition.remote.policy import NetworkPolicy
from framewright.composition.remote.recorder import Recorder
from framewright.composition.remote.replay import Replay
from framewright.composition.resolvers.fontsource import FontSource
from framewright.composition.resolvers.npm import NpmResolver
from framewright.composition.resolvers.npmrc import read_npm_config
from framewright.composition.resolvers.registry import Registry
from framewright.stores.blobs import BlobFolder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path
    from types import TracebackType

    from framewright.browser import Answer, Refusal, Request
    from framewright.model.composition import Notice
    from framewright.model.recording import Recording
    from framewright.model.settings import Settings

# After the page is ready; by then whatever it needs has been waited for.
_PATIENCE_SECONDS = 5.0


class RemoteDesk:
    """The answerer of every page of one render. An async context manager.

    Args:
        project: the folder whose ``.npmrc`` counts, where pages may reach any network: it names whom to ask.
        strict: an address that was not recorded ends the render.
        on_notice: told when something old is used because the network does not answer.
        site: the origin of a composition that itself comes from there: asked anew each time, never an old one.

    Attributes:
        fonts: families by name, whose files are answered at the addresses that their rules name.
        blobs: where bodies lie.
        recording: what was recorded, once :meth:`freeze` was called; None before.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        project: Path | None = None,
        strict: bool = False,
        on_notice: Callable[[Notice], None],
        site: str | None = None,
    ) -> None:
        self._settings = settings
        self._project = project
        self._strict = strict
        self._on_notice = on_notice
        # The npm registry is the machine's choice, and always allowed.
        self._policy = NetworkPolicy.of(settings.page_network, site)
        self._site = site
        self._stack = AsyncExitStack()
        self._answerer: Recorder | Replay
        self.fonts: FontSource
        self.recording: Recording | None = None

    async def __aenter__(self) -> Self:
        settings = self._settings
        # Swept like a browser's when we are killed.
        folder = make_profile(settings.tmpdir)
        self._stack.push_async_callback(asyncio.to_thread, remove_profile, folder)
        self.blobs = BlobFolder(folder)
        allowance = Allowance(settings.remote_total)
        cache = RemoteCache(settings.cache_folder, largest=settings.cache_size)
        fetcher = await self._stack.enter_async_context(self._fetcher(self._policy, allowance))
        for_packages = await self._stack.enter_async_context(self._fetcher(NetworkPolicy(), allowance))
        registry = Registry(
            read_npm_config(self._project if self._policy.private else None), for_packages, self.blobs, cache
        )
        self._stack.push_async_callback(registry.close)
        self.fonts = FontSource(registry)
        self._recorder = Recorder(
            blobs=self.blobs,
            cache=cache,
            fetcher=fetcher,
            resolvers=(self.fonts, NpmResolver(registry)),
            on_notice=self._on_notice,
            site=self._site,
        )
        self._answerer = self._recorder
        return self

    def _fetcher(self, policy: NetworkPolicy, allowance: Allowance) -> Fetcher:
        settings = self._settings
        timeout = min(settings.remote_timeout, settings.page_timeout)
        return Fetcher(policy, timeout=timeout, largest=settings.remote_size, allowance=allowance)

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

    async def locate(self, address: str, origin: str) -> Path | Refusal:
        """The file that a page's media of another origin come from, behind all redirections: the same for every page.

        It lies there as long as this desk is open.

        Args:
            origin: of the page.
        """
        return await locate_file(self._answerer, self.blobs, address, origin)

    def foresee(self, addresses: Iterable[str], origin: str) -> None:
        """Record also what a page names and has not asked for yet. Of what fails nothing is told.

        Args:
            origin: of the page. What it has itself is left out, unless it comes from elsewhere as a whole.
        """
        own = None if self._site is not None else f"{origin}/"
        self._recorder.foresee(
            request_for(address, origin, kind="Other")
            for address in addresses
            if own is None or not address.startswith(own)
        )

    async def freeze(self) -> Recording:
        """From now on answer from what was recorded, and from nothing else."""
        if self.recording is None:
            self.recording = await self._recorder.finish(_PATIENCE_SECONDS)
            self._answerer = Replay(self.recording, self.blobs, strict=self._strict)
        return self.recording
