"""Google Fonts from the ``@fontsource`` packages of the npm registry: the faces of a family, and their files."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from framewright.composition.resolvers.font_wishes import (
    FamilyWish,
    StylesheetWish,
    StyleWish,
    stylesheet_wish,
)
from framewright.composition.resolvers.registry import RegistryError
from framewright.composition.resolvers.resolver import Resolved
from framewright.composition.resolvers.versions import is_exact
from framewright.model.recording import AnsweredBy

if TYPE_CHECKING:
    from framewright.composition.resolvers.registry import Package, Registry

# The place of the files that our stylesheets name: below the host that Google's own name, and answered by us alone.
_FILES: Final = "https://fonts.gstatic.com/fontsource/{package}/{file}"
_FILE = re.compile(
    r"/fontsource/(@fontsource(?:-variable)?/[a-z0-9-]{1,80})@([0-9][^/]{0,60})/(files/[\w.-]{1,200})"
)
_FACE = re.compile(r"@font-face\s*\{([^}]*)\}")
_DESCRIPTOR = re.compile(r"([a-z-]+)\s*:\s*([^;]+)")
_WOFF2 = re.compile(r"""url\(\s*["']?\./(files/[\w.-]+\.woff2)["']?\s*\)""")
_REGISTERED: Final = frozenset({"opsz", "wdth", "slnt"})
_ICONS = (
    ".{name}{{font-family:'{family}';font-weight:normal;font-style:normal;font-size:24px;line-height:1;"
    "letter-spacing:normal;text-transform:none;display:inline-block;white-space:nowrap;word-wrap:normal;"
    "direction:ltr;-webkit-font-feature-settings:'liga';-webkit-font-smoothing:antialiased}}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FontFace:
    """One file of a family, and the characters and styles that it is for.

    Attributes:
        style, weight, stretch, characters: as CSS writes them; empty: not said.
        package: with its version, such as ``@fontsource/inter@5.3.0``.
        file: its path in the package, a WOFF2.
    """

    family: str
    style: str
    weight: str
    stretch: str = ""
    characters: str = ""
    package: str
    file: str

    @property
    def address(self) -> str:
        """The address at which :class:`FontSource` answers with the file."""
        return _FILES.format(package=self.package, file=self.file)

    def css(self, display: str = "") -> str:
        """The ``@font-face`` rule."""
        family = self.family.replace("\\", "").replace("'", "\\'")
        told = {
            "font-family": f"'{family}'",
            "font-style": self.style,
            "font-weight": self.weight,
            "font-stretch": self.stretch,
            "font-display": display,
            "src": f"url({self.address}) format('woff2')",
            "unicode-range": self.characters,
        }
        return "@font-face{" + ";".join(f"{name}:{value}" for name, value in told.items() if value) + "}"


class FontSource:
    """Answers for Google Fonts. Also offers families to whoever wants them without an address.

    Characters come in the subsets of the packages, each a file of its own that the browser asks for when it needs it;
    what ``text=`` and ``subset=`` wish is always among them.
    """

    by = AnsweredBy.FONTSOURCE

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def knows(self, url: str) -> bool:
        """Whether an address is a stylesheet of Google Fonts, or a file that our own stylesheets name."""
        return stylesheet_wish(url) is not None or _file_of(url) is not None

    async def resolve(self, url: str) -> Resolved | str:
        """The stylesheet or the file; or why there is none."""
        wish = stylesheet_wish(url)
        try:
            if wish is not None:
                css = (await self.stylesheet(wish)).encode()
                return Resolved(body=css, headers=(("content-type", "text/css; charset=utf-8"),))
            named = _file_of(url)
            assert named is not None
            package = await self._registry.package(named[0], named[1])
        except RegistryError as error:
            return str(error)
        body = package.files.get(named[2])
        if body is None:
            return f"{package} has no file {named[2]}"
        return Resolved(body=body, headers=(("content-type", "font/woff2"),), forever=True)

    async def stylesheet(self, wish: StylesheetWish) -> str:
        """The rules for all families that a stylesheet shall have.

        Raises:
            RegistryError: a family is not to be had.
        """
        rules = []
        for family in wish.families:
            rules += [face.css(wish.display) for face in await self.faces(family)]
            if family.id.startswith("material-"):
                rules.append(_ICONS.format(name=family.id, family=family.family))
        return "\n".join(dict.fromkeys(rules)) + "\n"

    async def faces(self, wish: FamilyWish) -> tuple[FontFace, ...]:
        """The faces of a family that serve a wish.

        Raises:
            RegistryError: there is no such family, or the registry cannot be asked.
        """
        faces: list[FontFace] = []
        for style in wish.styles:
            if style.variable:
                package = await self._package("@fontsource-variable", wish.id)
                if package is not None:
                    faces += _variable_faces(package, wish.family, style)
                    continue
            package = await self._package("@fontsource", wish.id)
            if package is None:
                raise RegistryError(
                    f"The font family {wish.family} is not among the packages of @fontsource in the npm registry"
                )
            faces += _static_faces(package, wish.family, style)
        return tuple(dict.fromkeys(faces))

    async def file(self, face: FontFace) -> bytes:
        """The file of a face.

        Raises:
            RegistryError: it cannot be had.
        """
        name, _, version = face.package.rpartition("@")
        return (await self._registry.package(name, version)).files[face.file]

    async def _package(self, scope: str, family: str) -> Package | None:
        try:
            return await self._registry.package(f"{scope}/{family}", "latest")
        except RegistryError as error:
            if "has no package" in str(error):
                return None
            raise


def _file_of(url: str) -> tuple[str, str, str] | None:
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    match = _FILE.fullmatch(parts.path) if parts.netloc == "fonts.gstatic.com" else None
    return (match[1], match[2], match[3]) if match and is_exact(match[2]) else None


def _variable_faces(package: Package, family: str, style: StyleWish) -> list[FontFace]:
    ending = "-italic" if style.italic else ""
    names = [f"{name}{ending}.css" for name in _axis_files(set(style.axes))]
    sheet = next((package.files[name] for name in names if name in package.files), None)
    if sheet is None:
        return []
    return [
        replace(face, weight=_within(face.weight, style.weights)) for face in _read(package, family, sheet)
    ]


def _axis_files(axes: set[str]) -> list[str]:
    """The stylesheets of a package that have these axes besides the weight, the smallest first."""
    if not axes:
        return ["wght", "index", "standard", "full"]
    alone = [next(iter(axes)).lower()] if len(axes) == 1 else []
    return [*alone, *(["standard"] if axes <= _REGISTERED else []), "full", "standard", "wght", "index"]


def _static_faces(package: Package, family: str, style: StyleWish) -> list[FontFace]:
    ending = "-italic" if style.italic else ""
    known = sorted(
        int(match[1]) for name in package.files if (match := re.fullmatch(rf"(\d+){ending}\.css", name))
    )
    if not known:
        return []
    low, high = style.weights
    # Of a weight that does not exist, the next one: a browser would do the same among those that were asked for.
    chosen = [weight for weight in known if low <= weight <= high] or [
        min(known, key=lambda one: abs(one - low))
    ]
    faces = []
    for weight in chosen:
        faces += _read(package, family, package.files[f"{weight}{ending}.css"])
    return faces


def _read(package: Package, family: str, sheet: bytes) -> list[FontFace]:
    faces = []
    for rule in _FACE.findall(sheet.decode("utf-8", errors="replace")):
        told = {name: value.strip() for name, value in _DESCRIPTOR.findall(rule)}
        file = _WOFF2.search(rule)
        if file is None or file[1] not in package.files:
            continue
        faces.append(
            FontFace(
                family=family,
                style=told.get("font-style", "normal"),
                weight=told.get("font-weight", "400"),
                stretch=told.get("font-stretch", ""),
                characters=told.get("unicode-range", ""),
                package=str(package),
                file=file[1],
            )
        )
    return faces


def _within(had: str, wished: tuple[float, float]) -> str:
    """The weights that a variable file has, cut to those that were asked for."""
    numbers = [float(number) for number in re.findall(r"\d+(?:\.\d+)?", had)] or [400.0]
    low, high = max(numbers[0], wished[0]), min(numbers[-1], wished[1])
    if low > high:
        low = high = min(max(wished[0], numbers[0]), numbers[-1])
    return f"{low:g}" if low == high else f"{low:g} {high:g}"
