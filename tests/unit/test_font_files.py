"""Which font files a browser may see, and what its fontconfig file says."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import pytest

from framewright.browser.font_files import find_fonts
from framewright.browser.fontconfig import fontconfig, generic_families
from framewright.model.errors import SetupError
from framewright.model.fonts import BROUGHT, TABLE, FontSet
from framewright.model.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path


def install(folder: Path, *names: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).write_bytes(name.encode())
    return folder


def names(fonts: FontSet) -> list[str]:
    return [file.name for file in fonts.files]


def test_only_files_of_our_families_are_taken(tmp_path):
    install(
        tmp_path / "a", "Inter-Bold.otf", "Inter-Regular.otf", "Interstate.otf", "readme.txt", "Comic.ttf"
    )
    fonts = find_fonts(Settings(), [tmp_path])
    assert names(fonts) == ["Inter-Bold.otf", "Inter-Regular.otf"]
    assert fonts.families == {"Inter"}
    assert {family.name for family in fonts.missing} == {family.name for family in BROUGHT} - {"Inter"}
    assert fonts.folders == ()


def test_the_first_of_two_files_of_one_name_counts(tmp_path):
    first, second = install(tmp_path / "1", "Inter-Bold.otf"), install(tmp_path / "2", "Inter-Bold.otf")
    assert find_fonts(Settings(), [first, second]).files == (first / "Inter-Bold.otf",)


def test_a_twin_takes_the_place_of_a_family_that_is_missing(tmp_path):
    fonts = find_fonts(Settings(), [install(tmp_path / "a", "LiberationSans-Regular.ttf")])
    assert fonts.meaning("Arial") == fonts.meaning(" SANS-SERIF ") == "Liberation Sans"
    assert fonts.meaning("Liberation Sans") is None  # itself
    assert fonts.meaning("Times") == "Tinos"  # nothing takes its place
    both = install(tmp_path / "a", "Arimo-Regular.ttf")
    assert find_fonts(Settings(), [both]).meaning("Liberation Sans") == "Arimo"
    assert names(find_fonts(Settings(), [both])) == ["Arimo-Regular.ttf"]


def test_a_machine_without_our_families_shows_all_that_it_has(tmp_path):
    folder = install(tmp_path / "a", "Comic.ttf")
    assert find_fonts(Settings(), [folder]).folders == (folder,)
    assert "<glob>*</glob>" not in fontconfig(find_fonts(Settings(), [folder]), ())


def test_a_folder_of_ones_own_comes_first_and_whole(tmp_path):
    own = install(tmp_path / "own" / "deep", "Corporate.ttf", "Inter-Bold.otf").parent
    fonts = find_fonts(Settings(fonts=own), [install(tmp_path / "a", "Inter-Regular.otf", "Other.ttf")])
    assert names(fonts) == ["Corporate.ttf", "Inter-Bold.otf", "Inter-Regular.otf"]
    with pytest.raises(SetupError, match="FRAMEWRIGHT_FONTS") as caught:
        find_fonts(Settings(fonts=tmp_path / "none"), [])
    assert caught.value.code == "FONTS_INVALID"


def test_the_table_is_a_setting(tmp_path, monkeypatch):
    monkeypatch.setenv(
        "FRAMEWRIGHT_FONT_TABLE", json.dumps({"Sans-Serif": "Corporate", "Gill Sans": "Arimo"})
    )
    fonts = find_fonts(Settings.read(), [install(tmp_path / "a", "Arimo-Bold.ttf")])
    assert (fonts.meaning("sans-serif"), fonts.meaning("gill sans")) == ("Corporate", "Arimo")
    assert fonts.meaning("Georgia") == "Tinos"
    assert generic_families(fonts)["sansSerif"] == "Corporate"
    monkeypatch.setenv("FRAMEWRIGHT_FONT_TABLE", "no JSON")
    with pytest.raises(SetupError, match="FRAMEWRIGHT_FONT_TABLE"):
        Settings.read()


def test_the_rules_accept_each_file_and_nothing_beside_it(tmp_path):
    folder = install(tmp_path / "a & b", "Inter-Bold.otf", "Comic.ttf")
    rules = ET.fromstring(fontconfig(find_fonts(Settings(), [folder]), (tmp_path / "cache",)))
    assert [place.text for place in rules.iter("dir")] == [str(folder)]
    accepted = [glob.text for glob in rules.find("selectfont/acceptfont")]
    assert accepted == [str(folder), str(folder / "Inter-Bold.otf")]
    assert rules.find("selectfont/rejectfont/glob").text == "*"
    assert len(rules.findall("match[@target='pattern']")) == len(TABLE)
