"""Families that are named without a link, from their packages."""

from __future__ import annotations

from framewright.browser import Answer, Refusal
from framewright.composition.web_fonts import provide_families, rewritten
from framewright.model.web_fonts import WEB_FONTS

SHEET = """/* latin */
@font-face {
  font-family: 'Montserrat Variable';
  font-weight: 100 900;
  src: url(./files/a.woff2) format('woff2-variations'), url("files/a.woff") format('woff');
  unicode-range: U+0000-00FF,U+0131;
}
body { color: red }
"""


class Registry:
    """Answers every sheet but those whose address has one of some words."""

    def __init__(self, *missing, status=404):
        self.missing = missing
        self.status = status
        self.asked = []

    async def answer(self, request):
        self.asked.append(request.url)
        if any(word in request.url for word in self.missing):
            if self.status:
                return Answer(status=self.status)
            return Refusal(code="REMOTE_FAILED", message="There is no network.")
        return Answer(status=200, body=SHEET.encode())


def test_the_promised_families_are_all_there():
    promised = (
        "inter montserrat outfit nunito oswald league-gothic archivo-black space-mono ibm-plex-mono jetbrains-mono "
        "eb-garamond playfair-display source-code-pro noto-sans-jp roboto open-sans lato poppins"
    ).split()
    assert {name.replace(" ", "-") for name in WEB_FONTS} == set(promised)
    for font in WEB_FONTS.values():
        scope, _, version = font.package.rpartition("@")
        assert scope.startswith(("@fontsource/", "@fontsource-variable/"))
        assert [part.isdecimal() for part in version.split(".")] == [True] * 3, "exact versions only"


def test_faces_get_the_name_that_the_page_says_and_whole_addresses():
    [face] = rewritten(SHEET, "Montserrat", "https://cdn.example/npm/pack@1.2.3/wght.css")
    assert 'font-family: "Montserrat";' in face
    assert 'url("https://cdn.example/npm/pack@1.2.3/files/a.woff2") format(' in face
    assert 'url("https://cdn.example/npm/pack@1.2.3/files/a.woff")' in face
    assert "unicode-range: U+0000-00FF,U+0131" in face
    assert "color" not in face


async def test_all_weights_and_styles_are_asked_for():
    registry = Registry()
    provided = await provide_families(("Montserrat", "League Gothic"), registry)
    assert provided.families == ("Montserrat", "League Gothic")
    assert provided.faces.count("@font-face") == len(registry.asked) == 3
    assert provided.notices == ()


async def test_what_cannot_be_had_is_told_and_keeps_nothing_from_the_rest():
    for registry in (Registry("montserrat"), Registry("montserrat", status=None)):
        provided = await provide_families(("Lato", "Montserrat"), registry)
        assert provided.families == ("Lato",)
        [notice] = provided.notices
        assert notice.code == "FONT_UNAVAILABLE"
        assert "'Montserrat'" in notice.message and "@fontsource-variable/montserrat@" in notice.message
    half = await provide_families(("Montserrat",), Registry("italic"))
    assert half.families == ()


async def test_a_sheet_that_declares_nothing_is_no_font():
    class Empty(Registry):
        async def answer(self, request):
            return Answer(status=200, body=b"<html>Sign in to this network</html>")

    assert (await provide_families(("Lato",), Empty())).families == ()
