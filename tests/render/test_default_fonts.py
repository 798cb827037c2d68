"""Text is drawn with the fonts that we bring, whatever fonts the machine has."""

from __future__ import annotations

import pytest
from browser_pages import opened

from framewright.browser import find_fonts
from framewright.model.fonts import TABLE
from framewright.model.settings import Settings
from truth.typefaces import face, install, renamed

LINES = (
    "sans-serif",
    "Arial",
    "Helvetica",
    "Local",
    "Own",
    "system-ui",
    "Corpo, monospace",
    "Nowhere, serif",
)
PAGE = f"""<!doctype html><meta charset="utf-8"><style>
body {{ margin: 0; font-size: 14px }} p {{ margin: 0; white-space: nowrap; width: max-content }}
@font-face {{ font-family: Local; src: local("Arial Bold") }}
@font-face {{ font-family: Own; src: url(own.ttf) }}
</style>{"".join(f"<p style='font-family: {line}'>Hamburgefonstiv 日本 😀 مرحبا</p>" for line in LINES)}"""
WIDTHS = "document.fonts.ready.then(() => [...document.querySelectorAll('p')].map((p) => p.getBoundingClientRect().width))"


async def seen(tmp_path, fonts):
    """The widths of the lines, by family, and the picture."""
    async with opened(tmp_path / "page", PAGE, fonts=fonts) as (page, _):
        widths = await page.evaluate(WIDTHS, await_promise=True)
        for _ in range(3):
            drawn = await page.begin_frame(png=True)
        return dict(zip(LINES, widths, strict=True)), drawn.png


@pytest.fixture
def own_font(tmp_path):
    (tmp_path / "page").mkdir()
    (tmp_path / "page" / "own.ttf").write_bytes(face("Cousine-Regular.ttf"))


@pytest.mark.thorough
async def test_an_installed_font_changes_no_pixel(tmp_path, monkeypatch, own_font):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "bare"))
    bare = find_fonts(Settings())
    widths, picture = await seen(tmp_path, bare)
    as_set_up = await seen(tmp_path, None)
    false = renamed("Tinos-Bold.ttf", "Tinos", "Arial")
    corporate = renamed("Tinos-Bold.ttf", "Tinos", "Corpo")
    home = install(tmp_path / "full", Arial_ttf=false, Corpo_ttf=corporate)
    monkeypatch.setenv("XDG_DATA_HOME", str(home))
    # The proof that these files matter where the machine is asked.
    changed = await seen(tmp_path, None)
    assert changed[1] != as_set_up[1]
    assert changed[0]["Arial"] != as_set_up[0]["Arial"]
    assert changed[0]["Local"] != as_set_up[0]["Local"]

    assert find_fonts(Settings()).files == bare.files
    assert await seen(tmp_path, find_fonts(Settings())) == (widths, picture)
    assert widths["Arial"] == widths["Helvetica"] == widths["sans-serif"]
    assert widths["Own"] != widths["sans-serif"]
    assert widths["system-ui"] != widths["sans-serif"]

    by_setting, _ = await seen(tmp_path, find_fonts(Settings(system_fonts=True)))
    assert by_setting["Corpo, monospace"] != widths["Corpo, monospace"]
    assert by_setting["Arial"] == by_setting["Helvetica"] != changed[0]["Arial"]
    by_folder, _ = await seen(tmp_path, find_fonts(Settings(fonts=home / "fonts")))
    assert by_folder["Corpo, monospace"] != widths["Corpo, monospace"]
    assert by_folder["Arial"] == widths["Arial"]


async def test_every_row_of_the_table_is_obeyed(tmp_path):
    fonts = find_fonts(Settings())
    rows = "".join(
        f"<p><span style='font-family: \"{name}\", Cousine'>Wide or narrow?</span>"
        f"<span style='font-family: \"{family}\", Cousine'>Wide or narrow?</span></p>"
        for name, family in TABLE.items()
    )
    # In quotes a generic family is the name of a family.
    for name in "sans-serif serif monospace cursive fantasy system-ui ui-serif math emoji".split():
        rows = rows.replace(f'"{name}"', name)
    ask = """[...document.querySelectorAll('p')].filter((line) => {
        const [asked, meant] = [...line.children].map((span) => span.getBoundingClientRect().width);
        return asked !== meant;
    }).map((line) => line.firstChild.style.fontFamily)"""
    async with opened(
        tmp_path,
        f"<!doctype html><style>span {{ font-size: 16px; display: inline-block }}</style>{rows}",
        fonts=fonts,
    ) as (page, _):
        assert await page.evaluate(ask) == []


async def test_the_table_can_be_set(tmp_path):
    table = {"sans-serif": "Cousine", "Gill Sans": "Tinos"}
    page = """<!doctype html><p style="font-family: sans-serif">word</p><p style="font-family: Cousine">word</p>
        <p style="font-family: Gill Sans, Inter">word</p><p style="font-family: Tinos">word</p>
        <style>p { width: max-content }</style>"""
    async with opened(tmp_path, page, fonts=find_fonts(Settings(font_table=table))) as (opened_page, _):
        sans, cousine, gill, tinos = await opened_page.evaluate(WIDTHS, await_promise=True)
    assert sans == cousine != gill == tinos
