"""Which file of a package a name means, and ES modules whose imports lead to other files of packages."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from framewright.composition.resolvers.registry import Package

_CONDITIONS: Final = ("browser", "import", "module", "production", "default")
_SUFFIXES: Final = ("", ".js", ".mjs", "/index.js", "/index.mjs")
# Where CDNs of their own layout take files from.
_FOLDERS: Final = ("", "dist", "build", "umd", "lib", "min", "js", "src", "build/player")
# A static import or export from somewhere, a bare import, and an import() of a literal. Strings that look like these
# are rare enough, and only names of packages and files in them would be changed.
_FROM = re.compile(
    r"""((?:^|[;}\s*/])(?:import|export)\b[\w\s{},*$]*?\bfrom\s*)(["'])([^"'\n]+)\2"""
    r"""|((?:^|[;}\s])import\s*)(["'])([^"'\n]+)\5"""
    r"""|(\bimport\s*\(\s*)(["'])([^"'\n]+)\8(?=\s*\))""",
    re.MULTILINE,
)
_MODULE = re.compile(r"(?:^|[;}\s])(?:export\s*[{*]|export\s+(?:default|const|let|var|class|function|async)\b|import\b[^(.])", re.MULTILINE)  # fmt: skip
_PROCESS: Final = "process.env.NODE_ENV"


class ModuleError(Exception):
    """There is no such module. The text is a sentence without its full stop."""


def find_file(package: Package, path: str) -> str | None:
    """A file by its path; of what is not there in a minified form, the plain one."""
    for candidate in (path, path.replace(".min.", "."), f"{path}.js", posixpath.join(path, "index.js")):
        if candidate in package.files:
            return candidate
    return None


def find_loosely(package: Package, path: str) -> str | None:
    """A file by the path that another CDN gives it.

    Its very name anywhere comes before a plain form: packages keep ES modules at their top under the names of the
    scripts that lie minified in ``dist``.
    """
    for wished in dict.fromkeys((path, path.replace(".min.", "."))):
        for folder in _FOLDERS:
            place = posixpath.join(folder, wished)
            if place in package.files:
                return place
        ending = [one for one in package.files if one.endswith(f"/{wished}")]
        if ending:
            return min(ending, key=lambda one: (one.count("/"), one))
    return find_file(package, path)


def main_file(package: Package) -> str | None:
    """The file that a package means for ``<script>`` and ``<link>`` without a path."""
    manifest = package.manifest
    for field in ("jsdelivr", "unpkg", "browser", "main", "style"):
        named = manifest.get(field)
        if isinstance(named, str):
            found = find_file(package, posixpath.normpath(named))
            if found is not None:
                return found
    return find_file(package, "index.js")


def module_file(package: Package, path: str) -> str:
    """The ES module that a path below a package's name means; an empty path: the package itself.

    Raises:
        ModuleError: there is none.
    """
    # An address that we led to names a file; others name what the package exports.
    found = path if path in package.files else _exported(package, f"./{path}" if path else ".")
    if found is None and not path:
        manifest = package.manifest
        names = (manifest.get(field) for field in ("module", "jsnext:main", "browser", "main"))
        found = next((name for name in names if isinstance(name, str) and _is_module(package, name)), None)
    if found is None and path:
        found = path
    place = None if found is None else _existing(package, found)
    if place is None or not _is_module(package, place):
        told = f"{package}/{path}" if path else str(package)
        raise ModuleError(
            f"{told} is no ES module, and making one of it needs a bundler: use a file of the package for "
            "<script>, or bundle it into the project"
        )
    return place


def rewrite_imports(package: Package, place: str, lead: Callable[[str, str], str]) -> str:
    """The text of a module in which every import of a package, or of a file, leads to an address.

    Args:
        lead: from a package's name and a path in it to an address; the package itself has the name ``""``.
    """

    def replaced(match: re.Match[str]) -> str:
        before, quote, specifier = (
            match.group(*numbers) for numbers in _GROUPS if match[numbers[0]]
        ).__next__()
        return f"{before}{quote}{_led(package, place, specifier, lead)}{quote}"

    text = package.files[place].decode("utf-8", errors="replace")
    return _FROM.sub(replaced, text).replace(_PROCESS, '"production"')


_GROUPS: Final = ((1, 2, 3), (4, 5, 6), (7, 8, 9))
_BARE = re.compile(r"((?:@[a-z0-9~_.-]+/)?[A-Za-z0-9~_-][A-Za-z0-9~_.-]*)(?:/(.*))?")


def _led(package: Package, place: str, specifier: str, lead: Callable[[str, str], str]) -> str:
    if specifier.startswith((".", "/")):
        wished = posixpath.normpath(posixpath.join(posixpath.dirname(place), specifier))
        found = _existing(package, wished)
        return specifier if found is None else lead("", found)
    if specifier.startswith("#"):
        target = _choose(package.manifest.get("imports", {}).get(specifier))
        if target is None:
            return specifier
        if target.startswith("."):
            return lead("", posixpath.normpath(target))
        specifier = target
    match = _BARE.fullmatch(specifier)
    if match is None:  # an address
        return specifier
    if match[1] == package.name:
        return lead("", module_file(package, match[2] or ""))
    return lead(match[1], match[2] or "")


def _exported(package: Package, wished: str) -> str | None:
    exports = package.manifest.get("exports")
    if isinstance(exports, str):
        return exports if wished == "." else None
    if not isinstance(exports, dict):
        return None
    if not any(key.startswith(".") for key in exports):
        return _choose(exports) if wished == "." else None
    if wished in exports:
        return _choose(exports[wished])
    # The longest pattern that fits wins.
    for pattern in sorted((key for key in exports if key.count("*") == 1), key=len, reverse=True):
        start, _, end = pattern.partition("*")
        if wished.startswith(start) and wished.endswith(end) and len(wished) >= len(pattern):
            target = _choose(exports[pattern])
            return (
                None if target is None else target.replace("*", wished[len(start) : len(wished) - len(end)])
            )
    return None


def _choose(target: Any, depth: int = 0) -> str | None:
    """The file that the conditions of a browser choose."""
    if isinstance(target, str) or depth > 10:
        return target if isinstance(target, str) else None
    if isinstance(target, list):
        return next((found for one in target if (found := _choose(one, depth + 1))), None)
    if not isinstance(target, dict):
        return None
    return _of_conditions(target, depth)


def _of_conditions(target: Mapping[str, Any], depth: int) -> str | None:
    for condition, choice in target.items():
        if condition in _CONDITIONS and (found := _choose(choice, depth + 1)):
            return found
    return None


def _existing(package: Package, path: str) -> str | None:
    place = posixpath.normpath(path)
    return next((place + suffix for suffix in _SUFFIXES if place + suffix in package.files), None)


def _is_module(package: Package, path: str) -> bool:
    place = _existing(package, path)
    if place is None or not place.endswith((".js", ".mjs")):
        return False
    return _MODULE.search(package.files[place].decode("utf-8", errors="replace")) is not None
