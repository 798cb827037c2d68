"""Where all requests of one render to other origins arrive: recorded for the first browser, replayed for the rest."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Self
from urllib.parse import urljoin

from framewright.browser import Refusal, Request, make_profile, remove_profile, shortened
from framewright.composition.remote.cache import RemoteCache
from framewright.composition.remote.fetch import Allowance, Fetcher
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

    from framewright.browser import Answer
    from framewright.model.composition import Notice
    from framewright.model.recording import RecordedAnswer, Recording
    from framewright.model.settings import Settings

_OK = 200
_REDIRECTIONS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTIONS = 10
# After the page is ready; by then whatever it needs has been waited for.
_PATIENCE_SECONDS = 5.0


class RemoteDesk:
    """The answerer of every page of one render. An async context manager.

    Args:
        project: the folder whose ``.npmrc`` counts.
        strict: an address that was not recorded ends the render.
        on_notice: told when something old is used because the network does not answer.
        policy: where pages may fetch from. The npm registry is the machine's choice, and always allowed.
        site: the origin of a composition that itself comes from there: asked anew each time, never an old one.

    Attributes:
        fonts: families by name, whose files are answered at the addresses that their rules name.
        recording: what was recorded, once :meth:`freeze` was called; None before.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        project: Path | None = None,
        strict: bool = False,
        on_notice: Callable[[Notice], None],
        policy: NetworkPolicy | None = None,
        site: str | None = None,
    ) -> None:
        self._settings = settings
        self._project = project
        self._strict = strict
        self._on_notice = on_notice
        self._policy = policy or NetworkPolicy()
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
        self._blobs = BlobFolder(folder)
        allowance = Allowance(settings.remote_total)
        cache = RemoteCache(settings.cache_folder, largest=settings.cache_size)
        fetcher = await self._stack.enter_async_context(self._fetcher(self._policy, allowance))
        for_packages = await self._stack.enter_async_context(self._fetcher(NetworkPolicy(), allowance))
        registry = Registry(read_npm_config(self._project), for_packages, self._blobs, cache)
        self._stack.push_async_callback(registry.close)
        self.fonts = FontSource(registry)
        self._recorder = Recorder(
            blobs=self._blobs,
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
        for _ in range(_MOST_REDIRECTIONS):
            found = await self._answerer.find(_request(address, origin, kind="Media"))
            if isinstance(found, Refusal):
                return found
            location = dict(found.headers).get("location")
            if location is None or found.status not in _REDIRECTIONS:
                return self._file_of(found)
            address = urljoin(address, location)
        return Refusal(
            code="REMOTE_FAILED", message=f"{shortened(address)} leads from one address to the next."
        )

    def _file_of(self, found: RecordedAnswer) -> Path | Refusal:
        if found.status is None:
            return Refusal(code="REMOTE_FAILED", message=found.failure or "")
        if found.status != _OK or found.blob is None:
            message = f"{shortened(found.url)} answered {found.status}."
            return Refusal(code="REMOTE_FAILED", message=message)
        return self._blobs.path(found.blob)

    def foresee(self, addresses: Iterable[str], origin: str) -> None:
        """Record also what a page names and has not asked for yet. Of what fails nothing is told.

        Args:
            origin: of the page. What it has itself is left out, unless it comes from elsewhere as a whole.
        """
        own = None if self._site is not None else f"{origin}/"
        self._recorder.foresee(
            _request(address, origin, kind="Other")
            for address in addresses
            if own is None or not address.startswith(own)
        )

    async def freeze(self) -> Recording:
        """From now on answer from what was recorded, and from nothing else."""
        if self.recording is None:
            self.recording = await self._recorder.finish(_PATIENCE_SECONDS)
            self._answerer = Replay(self.recording, self._blobs, strict=self._strict)
        return self.recording


def _request(address: str, origin: str, *, kind: str) -> Request:
    headers = {"accept": "*/*", "origin": origin, "referer": f"{origin}/"}
    return Request(method="GET", url=address, headers=headers, kind=kind)
