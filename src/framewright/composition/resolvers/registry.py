"""Packages from the npm registry that this machine is configured for."""

from __future__ import annotations

import asyncio
import json
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urljoin, urlsplit

from framewright.composition.remote.cache import CacheEntry
from framewright.composition.remote.fetch import FetchError
from framewright.composition.resolvers.npmrc import usual_registry
from framewright.composition.resolvers.tarball import TarballError, check_integrity, unpack
from framewright.composition.resolvers.versions import Version, choose_version, is_exact

if TYPE_CHECKING:
    from collections.abc import Mapping

    from framewright.composition.remote.cache import RemoteCache
    from framewright.composition.remote.fetch import Fetched, Fetcher
    from framewright.composition.resolvers.npmrc import NpmConfig
    from framewright.stores.blobs import BlobFolder

_MOST_REDIRECTIONS = 5
# Unpacked in memory at a time; others are unpacked again from their blobs.
_KEPT_PACKAGES = 6
# Without what only installing needs: a tenth of the size.
_ABBREVIATED = "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8"


class RegistryError(Exception):
    """No such package, or none to be had. The text is a sentence without its full stop."""


@dataclass(frozen=True, slots=True)
class Package:
    """One version of a package.

    Attributes:
        files: by their paths in it.
    """

    name: str
    version: str
    files: Mapping[str, bytes]

    @property
    def manifest(self) -> dict[str, Any]:
        """Its ``package.json``; empty when that cannot be read."""
        try:
            read = json.loads(self.files.get("package.json", b"{}"))
        except ValueError:
            return {}
        return read if isinstance(read, dict) else {}

    def __str__(self) -> str:
        return f"{self.name}@{self.version}"


class Registry:
    """Finds packages by name and range. What was unpacked once is not asked for again.

    Args:
        blobs: for this render.
        cache: for every render; versions never change, so they are remembered for ever.
    """

    def __init__(self, config: NpmConfig, fetcher: Fetcher, blobs: BlobFolder, cache: RemoteCache) -> None:
        self._config = config
        self._fetcher = fetcher
        self._blobs = blobs
        self._cache = cache
        self._accounts: dict[str, asyncio.Task[dict[str, Any]]] = {}
        self._packages: OrderedDict[str, Package] = OrderedDict()
        self._unpacking = asyncio.Lock()

    async def package(self, name: str, wished: str) -> Package:
        """A package in the version that a range, a tag or a version means.

        Raises:
            RegistryError: there is none, or it cannot be had.
        """
        account: dict[str, Any] | None = None
        version = wished
        if not is_exact(wished):
            account = await self._account(name)
            found = choose_version(wished, account.get("versions", {}), account.get("dist-tags", {}))
            if found is None:
                raise RegistryError(f"{name} has no version {wished}")
            version = found
        else:
            version = _plain(wished)
        async with self._unpacking:
            key = f"{name}@{version}"
            package = self._packages.get(key)
            if package is None:
                files = await self._files(name, version, account)
                package = self._packages[key] = Package(name, version, files)
                while len(self._packages) > _KEPT_PACKAGES:
                    self._packages.popitem(last=False)
            self._packages.move_to_end(key)
            return package

    async def _files(self, name: str, version: str, account: dict[str, Any] | None) -> dict[str, bytes]:
        registry = await self._registry_of(name)
        remembered = f"npm-package {registry} {name}@{version}"
        known = await asyncio.to_thread(self._cache.find, remembered, self._blobs)
        data = None if known is None else await asyncio.to_thread(self._blobs.read, known.blob)
        if data is None:
            data = await self._tarball(name, version, account or await self._account(name), remembered)
        try:
            return await asyncio.to_thread(unpack, data)
        except TarballError as error:
            raise RegistryError(f"The package {name}@{version} cannot be used: {error}") from error

    async def _tarball(self, name: str, version: str, account: dict[str, Any], remembered: str) -> bytes:
        try:
            distribution = account["versions"][version]["dist"]
            url = str(distribution["tarball"])
        except (KeyError, TypeError):
            raise RegistryError(f"{name} has no version {version}") from None
        at_home = await self._at_home(url, name)
        fetched = await self._fetch(at_home, name, {})
        if fetched.status != 200 and at_home != url:
            fetched = await self._fetch(url, name, {})
        if fetched.status != 200:
            raise RegistryError(
                f"The package {name}@{version} cannot be had: {url} answered {fetched.status}"
            )
        data = await asyncio.to_thread(self._blobs.read, fetched.blob) or b""
        try:
            integrity, shasum = distribution.get("integrity"), distribution.get("shasum")
            await asyncio.to_thread(check_integrity, data, str(integrity or ""), str(shasum or ""))
        except TarballError as error:
            raise RegistryError(f"The package {name}@{version} cannot be used: {error}") from error
        entry = CacheEntry(
            name=remembered,
            status=200,
            headers=(),
            blob=fetched.blob,
            bytes=fetched.bytes,
            fetched=time.time(),
            forever=True,
        )
        await asyncio.to_thread(self._cache.remember, entry, self._blobs)
        return data

    async def _at_home(self, url: str, name: str) -> str:
        """A tarball's address; mirrors repeat that of the registry which they mirror, and mean their own."""
        _, usual, file = urlsplit(url).path.partition(f"/{name}/-/")
        if not usual:
            return url
        return urljoin(await self._registry_of(name), f"{name}/-/{file}")

    async def _registry_of(self, name: str) -> str:
        found = self._config.registry_of(name) or await asyncio.to_thread(usual_registry)
        if found is None:
            raise RegistryError(
                "No npm registry is configured, and npm, which has its own idea of one, is not here"
            )
        return found

    async def close(self) -> None:
        """Give up what is under way."""
        for task in self._accounts.values():
            task.cancel()
        await asyncio.gather(*self._accounts.values(), return_exceptions=True)

    async def _account(self, name: str) -> dict[str, Any]:
        """What the registry says of a package, asked once."""
        task = self._accounts.get(name)
        if task is None:
            task = self._accounts[name] = asyncio.create_task(self._ask(name))
        await asyncio.wait((task,))
        return task.result()

    async def _ask(self, name: str) -> dict[str, Any]:
        url = urljoin(await self._registry_of(name), quote(name, safe="@"))
        fetched = await self._fetch(url, name, {"accept": _ABBREVIATED})
        if fetched.status == 404:
            raise RegistryError(f"The npm registry has no package {name}")
        if fetched.status != 200:
            raise RegistryError(f"The npm registry answered {fetched.status} when it was asked for {name}")
        data = await asyncio.to_thread(self._blobs.read, fetched.blob) or b""
        try:
            account = json.loads(data)
        except ValueError:
            account = None
        if not isinstance(account, dict) or not isinstance(account.get("versions"), dict):
            raise RegistryError(f"The npm registry does not answer sensibly when it is asked for {name}")
        return account

    async def _fetch(self, url: str, name: str, headers: dict[str, str]) -> Fetched:
        home = urlsplit(await self._registry_of(name)).netloc
        for _ in range(_MOST_REDIRECTIONS):
            # Who we are is for the registry's own host, wherever it sends us.
            known = self._config.authorization(url) if urlsplit(url).netloc == home else None
            told = headers | ({"authorization": known} if known else {})
            try:
                fetched = await self._fetcher.fetch(url, self._blobs, headers=told)
            except FetchError as error:
                raise RegistryError(f"The npm registry cannot be asked for {name}: {error}") from error
            location = fetched.header("location")
            if not (300 <= fetched.status < 400 and location):
                return fetched
            url = urljoin(url, location)
        raise RegistryError(f"The npm registry sends in circles whoever asks for {name}")


def _plain(written: str) -> str:
    """An exact version without what may stand around it: ``v1.2.3`` is ``1.2.3``."""
    assert Version.parse(written) is not None
    return written.strip().lstrip("v= ").partition("+")[0]
