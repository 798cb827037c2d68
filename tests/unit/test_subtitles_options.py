"""What a caller may ask of subtitles, what is refused, and what is said of a file."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from framewright.composition.subtitles import page_subtitles
from framewright.media.subtitles import parse_subtitles, stack
from framewright.model.errors import UsageError
from framewright.model.frames import FrameRange, FrameRate
from framewright.model.languages import is_language, language_of, three_letters
from framewright.model.subtitles import Complaint, Cue, Placement, Run, SubtitleFile, Subtitles, SubtitlesMode
from framewright.render import RenderOptions
from framewright.render.output_choice import choose_kind
from framewright.render.subtitles import SubtitleSource, facts_of, is_seen, notices_of


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("a.srt", SubtitleFile(Path("a.srt"))),
        ("film.de.srt", SubtitleFile(Path("film.de.srt"), "de")),
        ("film.pt-BR.forced.vtt", SubtitleFile(Path("film.pt-BR.forced.vtt"), "pt-BR")),
        ("film.de.srt,lang=fr", SubtitleFile(Path("film.de.srt"), "fr")),
        ("x/a,b.srt,label=Für alle,lang=deu", SubtitleFile(Path("x/a,b.srt"), "deu", "Für alle")),
        (Path("a.srt"), SubtitleFile(Path("a.srt"))),
    ],
)
def test_files_as_people_write_them(written, read):
    assert RenderOptions.parse(subtitles=written).subtitles == (read,)


def test_a_file_that_has_such_a_name_itself(tmp_path):
    odd = tmp_path / "a,lang=de"
    odd.touch()
    assert RenderOptions.parse(subtitles=odd).subtitles == (SubtitleFile(odd),)


def test_several_become_tracks():
    options = RenderOptions.parse(subtitles=["a.de.srt", "a.en.srt"], subtitles_mode="track")
    assert [one.language for one in options.subtitles] == ["de", "en"]
    assert options.subtitles_mode is SubtitlesMode.TRACK


@pytest.mark.parametrize(
    ("wishes", "code"),
    [
        ({"subtitles": ["a.srt", "b.srt"]}, "SUBTITLES_INVALID"),
        ({"subtitles": ""}, "SUBTITLES_INVALID"),
        ({"subtitles": 7}, "SUBTITLES_INVALID"),
        ({"subtitles": [7]}, "SUBTITLES_INVALID"),
        ({"subtitles": "a.srt,lang=klingonisch"}, "SUBTITLES_INVALID"),
        ({"subtitles": ["a.srt"] * 33, "subtitles_mode": "track"}, "SUBTITLES_INVALID"),
        ({"subtitles": "a.srt", "subtitles_mode": "paint"}, "SUBTITLES_MODE_UNKNOWN"),
    ],
)
def test_what_is_refused(wishes, code):
    with pytest.raises(UsageError) as caught:
        RenderOptions.parse(**wishes)
    assert caught.value.code == code


@pytest.mark.parametrize("name", ["a.gif", "frames"])
def test_formats_without_tracks_say_so(name):
    options = RenderOptions.parse(
        subtitles="a.srt", subtitles_mode="track", format="gif" if name == "a.gif" else "png-sequence"
    )
    with pytest.raises(UsageError, match="holds no track of subtitles: use --subtitles-mode burn") as caught:
        choose_kind(Path(name), options)
    assert caught.value.code == "SUBTITLES_UNSUPPORTED"


def test_languages():
    assert [three_letters(tag) for tag in ("de", "pt-BR", "zh-Hans", "deu", "qaa", None)] == [
        "deu", "por", "zho", "deu", "qaa", "und",
    ]  # fmt: skip
    assert [is_language(tag) for tag in ("de", "sr-Latn", "qaa", "xx", "german", "")] == [
        True,
        True,
        True,
        False,
        False,
        False,
    ]
    assert [language_of(name) for name in ("a.srt", "de.srt", "a.new.srt", "a.eng.srt", "v1.2.en.sdh.vtt")] == [
        None, None, None, "eng", "en",
    ]  # fmt: skip


@pytest.mark.parametrize("rate", ["24", "30000/1001", "60"])
def test_seen_means_at_the_time_of_a_frame(rate):
    fps = FrameRate.parse(rate)
    frames = FrameRange(7, 40)
    for start in range(0, 1800, 13):
        for length in (1, 16, 17, 300):
            cue = Cue(start, start + length, (Run("a"),))
            by_eye = any(start <= fps.time_of(frame) * 1000 < start + length for frame in frames)
            assert is_seen(cue, frames, fps) == by_eye


def test_what_is_said_of_a_file():
    cues = tuple(Cue(start, start + 500, (Run("a"),)) for start in (0, 1000, 2000))
    complaints = tuple(Complaint(line, "it is odd") for line in range(1, 31))
    source = SubtitleSource(SubtitleFile(Path("a.de.srt"), "de"), Subtitles(cues, complaints=complaints))
    fps = FrameRate(Fraction(30))
    (facts,) = facts_of((source,), SubtitlesMode.BURN, FrameRange(20, 40), fps)
    assert (facts.cues, facts.shown, facts.language) == (3, 1, "de")
    notices = notices_of((source,), (facts,))
    assert len(notices) == 21
    assert notices[0].message == "a.de.srt, line 1: it is odd; it is left out."
    assert notices[-1].message == "a.de.srt: 10 more things like these are left out."
    (unseen,) = facts_of((source,), SubtitlesMode.BURN, FrameRange(80, 90), fps)
    assert notices_of((source,), (unseen,))[-1].code == "SUBTITLES_UNSEEN"


def test_cues_keep_their_height():
    def made(*given):
        return [Cue(start, stop, (Run("a"),)) for start, stop in given]

    assert stack(made((0, 10), (5, 20), (8, 30), (12, 40), (25, 50))) == ((), (0,), (0, 1), (), (3,))
    apart = Cue(0, 10, (Run("a"),), placement=Placement(line=0))
    assert stack([apart, *made((0, 10), (1, 10))]) == ((), (), (1,))
    assert max(len(below) for below in stack(made(*[(0, 10)] * 50))) == 7


def test_the_page_hears_where_cues_stand():
    import json

    text = (
        "WEBVTT\n\n00:00.000 --> 00:01.000 align:start\nA\n\n00:01.000 --> 00:02.000 align:start\n\u05d0\n\n"
        "00:02.000 --> 00:03.000 position:20% size:90%\nB\n\n00:03.000 --> 00:04.000 position:80%,line-right size:30%\nC\n"
    )
    told = json.loads(page_subtitles(parse_subtitles(text.encode(), "a.vtt")))
    places = [cue[4][:3] for cue in told["cues"]]
    assert places == [[0, 100, "left"], [0, 100, "right"], [0, 40, "center"], [50, 30, "center"]]
    assert told["letters"] == "ABC\u05d0"
