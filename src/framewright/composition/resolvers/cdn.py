"""Addresses of public CDNs that mean files of npm packages: which package, version and path each one names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable

_NAME = r"(?:@[a-z0-9~_.-]+/)?[A-Za-z0-9~_.-]+"
_SPECIFIER = re.compile(rf"({_NAME})(?:@([^/]*))?(?:/(.*))?", re.DOTALL)
_LONGEST: Final = 4000


@dataclass(frozen=True, slots=True)
class PackageFile:
    """A file of an npm package.

    Attributes:
        wished: a version, a range or a tag; empty: the latest.
        path: in the package; empty: the one that the package means for browsers.
        module: the file as an ES module whose imports lead to ES modules.
        loose: the path is a CDN's own and may lie in another folder of the package.
        canonical: an address that names no exact file is answered by sending the page to the one that does.
    """

    name: str
    wished: str = ""
    path: str = ""
    module: bool = False
    loose: bool = False
    canonical: bool = False


def package_files(url: str) -> tuple[PackageFile, ...]:
    """The files that an address means, one after the other; none when it is no address of a known CDN."""
    try:
        parts = urlsplit(url)
        reader = _CDNS.get((parts.hostname or "").lower())
    except ValueError:
        return ()
    if reader is None or parts.scheme not in {"http", "https"} or len(url) > _LONGEST:
        return ()
    path = unquote(parts.path).lstrip("/")
    if ".." in path.split("/") or "\0" in path:
        return ()
    return tuple(reader(path, parts.query))


def _jsdelivr(path: str, query: str) -> list[PackageFile]:
    del query
    place, _, rest = path.partition("/")
    if place == "npm":
        return [_of_jsdelivr(rest)] if _SPECIFIER.fullmatch(rest) else []
    if place != "combine":
        return []
    pieces = rest.split(",")
    if not all(piece.startswith("npm/") and _SPECIFIER.fullmatch(piece[4:]) for piece in pieces):
        return []
    return [_of_jsdelivr(piece[4:]) for piece in pieces]


def _of_jsdelivr(specifier: str) -> PackageFile:
    if specifier.endswith("/+esm"):
        return _file(specifier.removesuffix("/+esm"), module=True, canonical=True)
    return _file(specifier)


def _unpkg(path: str, query: str) -> list[PackageFile]:
    module = "module" in query.split("&")
    return [_file(path, module=module, canonical=True)] if _SPECIFIER.fullmatch(path) else []


def _esm(path: str, query: str) -> list[PackageFile]:
    del query  # what it wishes of a bundler
    path = re.sub(r"^(?:v\d+|stable)/", "", path).removeprefix("*")
    if path.startswith(("gh/", "jsr/", "pr/")):
        return []
    return [_file(path, module=True, canonical=True)] if _SPECIFIER.fullmatch(path) else []


def _jspm(path: str, query: str) -> list[PackageFile]:
    return _esm(path.removeprefix("npm:"), query) if path.startswith("npm:") else []


def _cdnjs(path: str, query: str) -> list[PackageFile]:
    del query
    match = re.fullmatch(r"ajax/libs/([^/]+)/([^/]+)/(.+)", path)
    if match is None:
        return []
    library = match[1]
    plain = re.sub(r"[.-]js$", "", library.lower())
    name = _LIBRARIES.get(library.lower(), _LIBRARIES.get(plain, plain))
    # three.js tells its releases by one number there: r128 is 0.128.0.
    version = re.sub(r"^r(\d+)$", r"0.\1.0", match[2])
    return [PackageFile(name, version, match[3], loose=True)]


def _jquery(path: str, query: str) -> list[PackageFile]:
    del query
    match = re.fullmatch(r"(jquery(?:-migrate)?)-(\d+\.\d+\.\d+)(\..*)", path)
    if match is not None:
        return [PackageFile(match[1], match[2], f"{match[1]}{match[3]}", loose=True)]
    match = re.fullmatch(r"ui/(\d+\.\d+\.\d+)/(.+)", path)
    return [PackageFile("jquery-ui", match[1], match[2], loose=True)] if match else []


def _d3(path: str, query: str) -> list[PackageFile]:
    del query
    match = re.fullmatch(r"(d3(?:-[a-z-]+)?)\.v(\d+)(\.min)?\.js", path)
    return [PackageFile(match[1], match[2], f"dist/{match[1]}{match[3] or ''}.js")] if match else []


def _file(specifier: str, *, module: bool = False, canonical: bool = False) -> PackageFile:
    match = _SPECIFIER.fullmatch(specifier)
    assert match is not None
    return PackageFile(
        match[1], match[2] or "", (match[3] or "").strip("/"), module=module, canonical=canonical
    )


_CDNS: Final[dict[str, Callable[[str, str], list[PackageFile]]]] = {
    "cdn.jsdelivr.net": _jsdelivr,
    "fastly.jsdelivr.net": _jsdelivr,
    "esm.run": _esm,
    "unpkg.com": _unpkg,
    "www.unpkg.com": _unpkg,
    "esm.sh": _esm,
    "cdn.esm.sh": _esm,
    "cdn.skypack.dev": _esm,
    "ga.jspm.io": _jspm,
    "cdnjs.cloudflare.com": _cdnjs,
    "ajax.googleapis.com": _cdnjs,
    "code.jquery.com": _jquery,
    "d3js.org": _d3,
}

# Libraries whose npm package has another name; a ".js" at the end of a name is dropped before.
_LIBRARIES: Final = {
    "tween.js": "@tweenjs/tween.js",
    "chart.js": "chart.js",
    "two.js": "two.js",
    "pixi.js": "pixi.js",
    "pixi": "pixi.js",
    "threejs": "three",
    "font-awesome": "@fortawesome/fontawesome-free",
    "animate.css": "animate.css",
    "svg.js": "@svgdotjs/svg.js",
    "snap.svg": "snapsvg",
    "babel-standalone": "@babel/standalone",
    "highlight.js": "@highlightjs/cdn-assets",
    "prism": "prismjs",
    "velocity": "velocity-animate",
    "dat-gui": "dat.gui",
    "stats": "stats.js",
    "bodymovin": "lottie-web",
    "fabric": "fabric",
    "mo-js": "@mojs/core",
    "d3js": "d3",
    "normalize": "normalize.css",
    "color-thief": "colorthief",
    "wavesurfer": "wavesurfer.js",
    "plotly": "plotly.js-dist-min",
    "typed": "typed.js",
    "split-type": "split-type",
    "curtains": "curtainsjs",
    "react-router-dom": "react-router-dom",
    "twemoji": "twemoji",
}
