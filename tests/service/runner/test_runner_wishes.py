"""Options of a request: exact, and with no way out of the project."""

import os

import pytest

from framewright.model.errors import UsageError
from framewright.service.runner.wishes import check_place, page_timeout_of, read_wishes


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "project"
    (folder / "sounds").mkdir(parents=True)
    (folder / "sounds" / "a.wav").write_bytes(b"RIFF")
    (folder / "de.srt").write_text("1\n00:00:00,000 --> 00:00:01,000\nHallo\n")
    (tmp_path / "secret.srt").write_text("secret")
    (folder / "link.srt").symlink_to(tmp_path / "secret.srt")
    (folder / "up").symlink_to(tmp_path)
    (folder / "own.srt").symlink_to("de.srt")
    return folder


def test_files_are_found_in_the_project(root):
    options = read_wishes(
        {
            "subtitles": ["de.srt,lang=de", "own.srt"],
            "subtitles_mode": "track",
            "audio_tracks": ["sounds/a.wav,volume=0.5", {"path": "./sounds/a.wav"}],
            "fps": "30000/1001",
            "variables": {"title": "@/etc/passwd"},
        },
        str(root),
    )
    assert [file.path for file in options.subtitles] == [root / "de.srt"] * 2
    assert options.subtitles[0].language == "de"
    assert [track.path for track in options.audio_tracks] == [str(root / "sounds" / "a.wav")] * 2
    assert options.audio_tracks[0].volume == 0.5
    assert options.variables == {"title": "@/etc/passwd"}


@pytest.mark.parametrize(
    "name",
    ["/etc/passwd", "../secret.srt", "sounds/../../secret.srt", "link.srt", "up/secret.srt", "~/x", "a\0b"],
)
@pytest.mark.parametrize("option", ["subtitles", "audio_tracks"])
def test_no_name_leads_out(root, option, name):
    for written in (name, f"{name},lang=de") if option == "subtitles" else (name, {"path": name}):
        with pytest.raises(UsageError, match="leads out of the project") as raised:
            read_wishes({option: [written]}, str(root))
        assert raised.value.code == "FILE_OUTSIDE"


def test_what_is_not_there_is_told_alike_whether_it_exists_elsewhere(root, monkeypatch):
    monkeypatch.chdir(root.parent)
    for name in ("secret.srt", "nothing.srt"):
        with pytest.raises(UsageError, match=f"--subtitles {name} is not in the project") as raised:
            read_wishes({"subtitles": name}, str(root))
        assert raised.value.code == "FILE_MISSING"


def test_without_a_project_there_are_no_files(tmp_path):
    with pytest.raises(UsageError, match="upload a project"):
        read_wishes({"subtitles": "de.srt"}, None)


@pytest.mark.parametrize("variables", ["@/etc/passwd", '{"a": 1}', ["a"], 3])
def test_variables_are_an_object_and_never_a_file(variables):
    with pytest.raises(UsageError, match="variables is no object"):
        read_wishes({"variables": variables}, None)


@pytest.mark.parametrize("given", [{"colour": "red"}, {"crf": "low"}, {"workers": 1000}, {"fps": "never"}])
def test_anything_else_is_refused_in_one_sentence(given):
    with pytest.raises(UsageError):
        read_wishes(given, None)


def test_the_page_itself_lies_in_the_project(root, tmp_path):
    (root / "index.html").write_text("<p>")
    (tmp_path / "out.html").write_text("<p>")
    (root / "out.html").symlink_to(tmp_path / "out.html")
    check_place(str(root), str(root))
    check_place(str(root / "index.html"), str(root))
    check_place("https://example.org/", None)
    for page in (root / "out.html", tmp_path / "out.html", root / ".." / "out.html"):
        with pytest.raises(UsageError, match=r"The page out\.html leads out of the project"):
            check_place(os.fspath(page), str(root))


def test_the_time_that_a_page_may_take_is_a_setting_elsewhere():
    assert page_timeout_of({"page_timeout": 3}) == 3.0
    assert page_timeout_of({}) is None
    assert read_wishes({"page_timeout": 3}, None) == read_wishes({}, None)
    for nonsense in (0, -1, True, "3", float("inf"), float("nan")):
        with pytest.raises(UsageError, match="page_timeout"):
            page_timeout_of({"page_timeout": nonsense})
