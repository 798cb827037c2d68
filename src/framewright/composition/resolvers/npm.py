"""Answers for the CDNs that serve npm packages, from the registry that npm is configured for."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING
from urllib.parse import quote

from framewright.browser import media_type
from framewright.composition.resolvers.cdn import PackageFile, package_files
from framewright.composition.resolvers.modules import (
    ModuleError,
    find_file,
    find_loosely,
    main_file,
    module_file,
    rewrite_imports,
)
from framewright.composition.resolvers.registry import RegistryError
from framewright.composition.resolvers.resolver import Resolved
from framewright.composition.resolvers.versions import is_exact
from framewright.model.recording import AnsweredBy

if TYPE_CHECKING:
    from framewright.composition.resolvers.registry import Package, Registry

# All modules are served under this one form, so that a package is loaded once however it was asked for.
_MODULES = "https://cdn.jsdelivr.net/npm/{package}/{path}/+esm"


class NpmResolver:
    """Serves files of packages as their CDN would.

    Ranges and tags mean what they mean to npm. A file that is there only in its plain form is given for its minified
    one. ES modules (``+esm``, esm.sh and their like) are the files of the package, with the names of packages in their
    imports replaced by addresses; packages that come without ES modules are refused, since nothing is bundled here.
    """

    by = AnsweredBy.NPM

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def knows(self, url: str) -> bool:
        """Whether an address means files of packages."""
        return bool(package_files(url))

    async def resolve(self, url: str) -> Resolved | str:
        """The answer; or why there is none."""
        files = package_files(url)
        try:
            if len(files) == 1:
                return await self._one(files[0], url)
            return await self._joined(files)
        except (RegistryError, ModuleError) as error:
            return str(error)

    async def _one(self, file: PackageFile, url: str) -> Resolved:
        package = await self._registry.package(file.name, file.wished)
        forever = is_exact(file.wished)
        if file.module:
            place = module_file(package, file.path)
            address = _address(package, place)
            if url != address:
                return _moved(address, forever=forever)
            return Resolved(
                body=(await self._module(package, place)).encode(), headers=_typed(place), forever=forever
            )
        place = _place(package, file)
        address = f"https://unpkg.com/{package}/{place}"
        if file.canonical and url.partition("?")[0] != address:
            return _moved(address, forever=forever)
        return Resolved(body=package.files[place], headers=_typed(place), forever=forever)

    async def _joined(self, files: tuple[PackageFile, ...]) -> Resolved:
        bodies, places = [], []
        for file in files:
            package = await self._registry.package(file.name, file.wished)
            places.append(_place(package, file))
            bodies.append(package.files[places[-1]])
        between = b"\n" if places[0].endswith(".css") else b";\n"
        forever = all(is_exact(file.wished) for file in files)
        return Resolved(body=between.join(bodies), headers=_typed(places[0]), forever=forever)

    async def _module(self, package: Package, place: str) -> str:
        """The text of a module. Versions of what it imports are settled first."""
        manifest = package.manifest
        wished = {
            **_table(manifest.get("peerDependencies")),
            **_table(manifest.get("optionalDependencies")),
            **_table(manifest.get("dependencies")),
        }
        named: dict[tuple[str, str], str] = {}

        def note(name: str, path: str) -> str:
            named.setdefault((name, path), "")
            return ""

        rewrite_imports(package, place, note)
        for name, path in named:
            if name:
                imported = await self._registry.package(name, wished.get(name, ""))
                named[name, path] = _address(imported, module_file(imported, path))
            else:
                named[name, path] = _address(package, path)
        return rewrite_imports(package, place, lambda name, path: named[name, path])


def _place(package: Package, file: PackageFile) -> str:
    if not file.path:
        place = main_file(package)
        if place is None:
            raise RegistryError(f"{package} names no file for browsers: name one of its files")
        return place
    place = (find_loosely if file.loose else find_file)(package, file.path)
    if place is None:
        raise RegistryError(f"{package} has no file {file.path}")
    return place


def _address(package: Package, place: str) -> str:
    return _MODULES.format(package=package, path=quote(place))


def _moved(address: str, *, forever: bool) -> Resolved:
    return Resolved(status=302, headers=(("location", address),), forever=forever)


def _typed(place: str) -> tuple[tuple[str, str], ...]:
    return (("content-type", media_type(posixpath.basename(place))),)


def _table(value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        return {}
    return {str(name): wished for name, wished in value.items() if isinstance(wished, str)}
