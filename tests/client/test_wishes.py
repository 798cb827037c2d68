"""Options say the same to a service as they do here."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framewright.client.project_files import find_files
from framewright.client.wishes import Wishes, original_names
from framewright.model.errors import UsageError
from framewright.model.job_request import CompositionSource, PlanRequest, ProbeRequest, RenderRequest
from framewright.model.subtitles import SubtitleFile
from framewright.render.audio_track import AudioTrack
from framewright.render.options import RenderOptions
from framewright.service.runner.wishes import read_wishes

_PAGE = CompositionSource(html="<p>hello</p>")

_ALL = {
    "fps": "30000/1001", "width": 640, "height": 360, "duration": 2.5, "scale": 2.0, "start_frame": 3, "end_frame": 9,
    "mode": "run", "strict": True, "variables": {"title": "Hé", "n": [1, None]}, "skip_audio": True, "format": "webm",
    "codec": "av1", "quality": "high", "crf": 20.5, "workers": 3, "chunks": 4, "resume": False, "capture": "screenshot",
    "alpha": False, "hdr": "off", "subtitles_mode": "track",
}  # fmt: skip


@pytest.mark.parametrize("kind", [RenderRequest, PlanRequest])
@pytest.mark.parametrize("name", _ALL)
def test_each_option_arrives(kind, name):
    options = RenderOptions.parse(**{name: _ALL[name]})
    assert options != RenderOptions()
    assert read_wishes(Wishes(options).request(kind, _PAGE, None).given(), None) == options


def test_all_options_arrive_together():
    options = RenderOptions.parse(**_ALL)
    request = Wishes(options, page_timeout=7).request(RenderRequest, _PAGE, None, name="mine")
    assert (request.page_timeout, request.name) == (7, "mine")
    assert read_wishes(request.model_copy(update={"page_timeout": None}).given(), None) == options


@pytest.mark.parametrize("wishes", [{"bitrate": "8M"}, {"chunk_frames": 30}, {"loudness": -16.0}])
def test_options_that_stand_in_anothers_place_arrive(wishes):
    options = RenderOptions.parse(**wishes)
    assert read_wishes(Wishes(options).request(RenderRequest, _PAGE, None).given(), None) == options


def test_usual_options_need_no_words():
    assert Wishes(RenderOptions()).request(RenderRequest, _PAGE, None).given() == {}


def test_a_probe_is_not_told_of_the_file():
    request = Wishes(RenderOptions.parse(quality="draft", fps=25)).request(ProbeRequest, _PAGE, None)
    assert request.given() == {"fps": "25"}


_NAMES = st.text(st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1, max_size=12).filter(
    lambda name: name not in {".", ".."}
)


@given(
    _NAMES,
    st.floats(0, 3.9), st.booleans(), st.floats(0, 100),
    st.one_of(st.none(), st.floats(0.001, 100)), st.sampled_from([None, "de", "pt-BR"]),
)  # fmt: skip
def test_files_of_any_name_arrive_with_their_settings(
    tmp_path_factory, name, volume, loop, fade, duration, language
):
    folder = tmp_path_factory.getbasetemp() / "files"
    project, outside = folder / "project", folder / "outside"
    for one in (project, outside):
        one.mkdir(parents=True, exist_ok=True)
    (project / "index.html").write_text("<html></html>")
    path = outside / name
    path.write_text("x")
    track = AudioTrack(path, volume=volume, loop=loop, fade_in=fade, duration=duration)
    options = RenderOptions(audio_tracks=(track,), subtitles=(SubtitleFile(path, language, "Untertitel"),))
    wishes = Wishes(options)
    found = find_files(project, wishes.beside)
    sent = found.renamed[path]
    request = wishes.request(RenderRequest, _PAGE, found.renamed)
    read = RenderOptions.parse(**request.given())
    assert read.subtitles == (SubtitleFile(Path(sent), language, "Untertitel"),)
    assert read.audio_tracks == (AudioTrack(sent, volume=volume, loop=loop, fade_in=fade, duration=duration),)
    assert found.files[sent] == path
    assert original_names(found.renamed, wishes.beside)[sent] == str(path).encode().decode(
        "utf-8", "backslashreplace"
    )
    path.unlink()


def test_a_folder_of_the_projects_own_is_left_alone(tmp_path):
    (tmp_path / "project/framewright-beside").mkdir(parents=True)
    (tmp_path / "project/index.html").write_text("<html></html>")
    (tmp_path / "project/framewright-beside/mine.txt").write_text("1")
    (tmp_path / "one.srt").write_text("1")
    found = find_files(tmp_path / "project", [tmp_path / "one.srt"])
    assert set(found.files) == {"index.html", "framewright-beside/mine.txt", "framewright-beside-/0/one.srt"}


def test_a_name_that_no_request_holds_stays_here(tmp_path):
    (tmp_path / "index.html").write_text("<html></html>")
    (tmp_path / "caf\udce9.txt").write_text("1")
    found = find_files(tmp_path)
    assert set(found.files) == {"index.html"}
    [notice] = found.notices
    assert notice.code == "FILE_NAMES_UNSENT"
    assert "caf\\xe9.txt" in notice.message


def test_nobody_sends_everything_that_he_has(tmp_path, monkeypatch):
    (tmp_path / "index.html").write_text("<html></html>")
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(UsageError) as error:
        find_files(tmp_path / "index.html")
    assert error.value.code == "PROJECT_TOO_WIDE"


def test_a_label_with_a_comma_is_refused(tmp_path):
    options = RenderOptions(subtitles=(SubtitleFile(Path("x.srt"), "de", "a, b"),))
    with pytest.raises(UsageError) as error:
        Wishes(options).request(RenderRequest, _PAGE, None)
    assert error.value.code == "SUBTITLES_INVALID"


def test_more_than_a_request_holds_is_refused():
    tracks = tuple(AudioTrack(f"{number}.wav") for number in range(40))
    with pytest.raises(UsageError) as error:
        Wishes(RenderOptions(audio_tracks=tracks)).request(RenderRequest, _PAGE, None)
    assert error.value.code == "REQUEST_INVALID"
