"""Google Fonts from packages: which faces an address means, and where their files are."""

import re
import urllib.request

import pytest

from framewright.browser import Refusal, Request
from framewright.composition import RemoteDesk
from framewright.composition.resolvers import FamilyWish, StyleWish, every_style, read_npm_config
from framewright.composition.resolvers.font_wishes import stylesheet_wish
from framewright.composition.resolvers.npmrc import usual_registry
from framewright.model.recording import AnsweredBy
from framewright.model.settings import Settings
from truth.npm_registry import npm_registry

CSS2 = "https://fonts.googleapis.com/css2"
CSS = "https://fonts.googleapis.com/css"
FACE = """/* {name} */
@font-face {{
  font-family: 'Some {name}';
  font-style: {style};
  font-display: swap;
  font-weight: {weight};
  src: url(./files/{name}.woff2) format('woff2'), url(./files/{name}.woff) format('woff');
  unicode-range: {characters};
}}
"""
SUBSETS = {"latin": "U+0000-00FF,U+0131", "greek": "U+0370-03FF"}


def sheet(family, ending, style, weight):
    return "".join(
        FACE.format(name=f"{family}-{subset}-{ending}", style=style, weight=weight, characters=characters)
        for subset, characters in SUBSETS.items()
    )


def package(family, styles, *, variable=False):
    """Files of a package: a stylesheet for each style, and a font of four letters for each subset of it."""
    files = {}
    for name, (ending, style, weight) in styles.items():
        files[f"{name}.css"] = sheet(family, ending, style, weight)
        for subset in SUBSETS:
            files[f"files/{family}-{subset}-{ending}.woff2"] = f"{family} {subset} {ending}"
    return files


@pytest.fixture
def registry(monkeypatch):
    with npm_registry() as npm:
        weights = {
            f"{weight}{'-italic' if style == 'italic' else ''}": (f"{weight}-{style}", style, weight)
            for weight in (100, 400, 700)
            for style in ("normal", "italic")
        }
        npm.publish("@fontsource/inter", "5.3.0", package("inter", weights))
        axes = {
            "wght": ("wght-normal", "normal", "100 900"),
            "wght-italic": ("wght-italic", "italic", "100 900"),
            "opsz": ("opsz-normal", "normal", "100 900"),
            "standard": ("standard-normal", "normal", "100 900"),
            "full": ("full-normal", "oblique 0deg 10deg", "100 900"),
        }
        npm.publish("@fontsource-variable/inter", "5.2.0", package("inter", axes))
        npm.publish(
            "@fontsource/open-sans", "5.0.0", package("open-sans", {"400": ("400-normal", "normal", 400)})
        )
        npm.publish(
            "@fontsource/material-icons",
            "5.0.0",
            package("material-icons", {"400": ("400-normal", "normal", 400)}),
        )
        monkeypatch.setenv("npm_config_registry", npm.origin)
        monkeypatch.setenv("https_proxy", "http://127.0.0.1:1/")
        yield npm


async def stylesheet(url):
    async with RemoteDesk(Settings(), on_notice=[].append) as desk:
        answer = await desk.answer(Request(method="GET", url=url))
        if isinstance(answer, Refusal):
            return answer.message
        assert dict(answer.headers)["content-type"] == "text/css; charset=utf-8"
        return answer.body.decode()


def faces(css):
    """Each rule as family, style, weight, file without subset; every subset must be there."""
    found = []
    for rule in re.findall(r"@font-face\{([^}]*)\}", css):
        told = dict(part.split(":", 1) for part in rule.split(";"))
        file = re.search(r"/files/([\w-]+)\.woff2", told["src"])[1]
        found.append((told["font-family"], told["font-style"], told["font-weight"], file))
    plain = [face for face in found if "-greek-" not in face[3]]
    assert len(found) == 2 * len(plain)
    return plain


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        (f"{CSS2}?family=Inter", [("normal", "400", "inter-latin-400-normal")]),
        (f"{CSS2}?family=Inter:wght@100;700", [("normal", "100", "inter-latin-100-normal"), ("normal", "700", "inter-latin-700-normal")]),
        (f"{CSS2}?family=Inter:ital,wght@0,400;1,700", [("normal", "400", "inter-latin-400-normal"), ("italic", "700", "inter-latin-700-italic")]),
        (f"{CSS2}?family=Inter:ital@1", [("italic", "400", "inter-latin-400-italic")]),
        (f"{CSS2}?family=Inter:wght@250..1000", [("normal", "250 900", "inter-latin-wght-normal")]),
        (f"{CSS2}?family=Inter:ital,wght@0,100..900;1,100..900", [("normal", "100 900", "inter-latin-wght-normal"), ("italic", "100 900", "inter-latin-wght-italic")]),
        (f"{CSS2}?family=Inter:opsz,wght@14..32,400", [("normal", "400", "inter-latin-opsz-normal")]),
        (f"{CSS2}?family=Inter:opsz,wdth,wght@14..32,75..100,100..900", [("normal", "100 900", "inter-latin-standard-normal")]),
        (f"{CSS2}?family=Inter:wght,GRAD@100..900,0", [("oblique 0deg 10deg", "100 900", "inter-latin-full-normal")]),
        (f"{CSS2}?family=Inter:wght@300", [("normal", "400", "inter-latin-400-normal")]),
        (f"{CSS}?family=Inter:400,700italic,bold", [("normal", "400", "inter-latin-400-normal"), ("italic", "700", "inter-latin-700-italic"), ("normal", "700", "inter-latin-700-normal")]),
        (f"{CSS}?family=Inter:i&subset=greek", [("italic", "400", "inter-latin-400-italic")]),
        ("https://fonts.bunny.net/css?family=inter:400", [("normal", "400", "inter-latin-400-normal")]),
        (f"{CSS2}?family=Open+Sans:wght@300..800", [("normal", "400", "open-sans-latin-400-normal")]),
    ],
)  # fmt: skip
async def test_styles(registry, url, wanted):
    assert [face[1:] for face in faces(await stylesheet(url))] == wanted


async def test_families_display_text_and_icons(registry):
    css = await stylesheet(f"{CSS2}?family=Inter:wght@400&family=Open+Sans&display=swap&text=abc")
    assert [face[0] for face in faces(css)] == ["'Inter'", "'Open Sans'"]
    assert css.count("font-display:swap") == 4
    assert "unicode-range:U+0000-00FF,U+0131" in css
    assert "font-display" not in await stylesheet(f"{CSS2}?family=Inter")
    old = await stylesheet(f"{CSS}?family=Inter|Open+Sans:400&display=nonsense")
    assert [face[0] for face in faces(old)] == ["'Inter'", "'Open Sans'"]
    assert "nonsense" not in old
    icons = await stylesheet("https://fonts.googleapis.com/icon?family=Material+Icons")
    assert ".material-icons{font-family:'Material Icons'" in icons


async def test_files_are_answered_at_the_addresses_of_the_rules(registry):
    async with RemoteDesk(Settings(), on_notice=[].append) as desk:
        css = (await desk.answer(Request(method="GET", url=f"{CSS2}?family=Inter"))).body.decode()
        for url in re.findall(r"url\(([^)]*)\)", css):
            assert url.startswith("https://fonts.gstatic.com/fontsource/@fontsource/inter@5.3.0/files/")
            answer = await desk.answer(Request(method="GET", url=url, kind="Font"))
            assert answer.body.decode().startswith("inter ")
            headers = dict(answer.headers)
            assert (headers["content-type"], headers["access-control-allow-origin"]) == ("font/woff2", "*")
        assert {one.by for one in (await desk.freeze()).answers} == {AnsweredBy.FONTSOURCE}


async def test_families_without_an_address(registry):
    """What a page names and nobody declares: the same faces, and their bytes."""
    async with RemoteDesk(Settings(), on_notice=[].append) as desk:
        found = await desk.fonts.faces(every_style("Inter"))
        assert {(face.style, face.weight) for face in found} == {("normal", "100 900"), ("italic", "100 900")}
        assert {face.package for face in found} == {"@fontsource-variable/inter@5.2.0"}
        assert await desk.fonts.file(found[0]) == b"inter latin wght-normal"
        static = await desk.fonts.faces(FamilyWish("Open Sans", (StyleWish(weights=(1, 1000)),)))
        assert [(face.weight, face.characters) for face in static] == [
            ("400", one) for one in SUBSETS.values()
        ]


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (
            f"{CSS2}?family=Nobody+Knows",
            "The font family Nobody Knows is not among the packages of @fontsource",
        ),
        (f"{CSS2}?family=Inter&family=Nobody+Knows", "The font family Nobody Knows"),
        (f"{CSS2}?family=Inter:wght@heavy", "could not be fetched"),
        (f"{CSS2}?family=Inter:ital,wght@0", "could not be fetched"),
        (f"{CSS2}?family=..%2F..%2Fetc", "not among the packages"),
        (f"{CSS2}", "could not be fetched"),
        ("https://fonts.gstatic.com/s/inter/v13/abc.woff2", "could not be fetched"),
        ("https://fonts.gstatic.com/fontsource/@fontsource/inter@5.3.0/files/none.woff2", "has no file"),
        (
            "https://fonts.gstatic.com/fontsource/@fontsource/inter@latest/files/a.woff2",
            "could not be fetched",
        ),
    ],
)
async def test_what_there_is_not_fails_with_the_reason(registry, url, said):
    assert said in await stylesheet(url)


def test_a_family_cannot_break_out_of_its_rule():
    wish = stylesheet_wish(f"{CSS2}?family=a'%7D%3Cscript")
    assert wish.families[0].id == "a-script"


async def test_the_registry_that_this_machine_is_configured_for():
    try:
        with urllib.request.urlopen(
            f"{read_npm_config().registry_of('@fontsource/inter') or usual_registry()}gsap/3.12.5", timeout=20
        ):
            pass
    except OSError:
        pytest.skip("THE CONFIGURED NPM REGISTRY CANNOT BE REACHED: real fonts are not tried")
    async with RemoteDesk(Settings(), on_notice=[].append) as desk:
        css = (await desk.answer(Request(method="GET", url=f"{CSS2}?family=Archivo+Black"))).body.decode()
        latin = [url for url in re.findall(r"url\(([^)]*)\)", css) if "-latin-4" in url]
        font = await desk.answer(Request(method="GET", url=latin[0], kind="Font"))
        assert font.body[:4] == b"wOF2"
