"""Files of subtitles as they are found in the world, and what is said of those that cannot be used."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framewright.media.subtitles import parse_subtitles, read_subtitles
from framewright.model.errors import UsageError
from framewright.model.subtitles import Look, Placement, Run

SRT = """1
00:00:01,000 --> 00:00:02,500
One
and its second line

2
00:00:03,000 --> 00:00:04,000
Two
"""


def read(text, name="a.srt"):
    return parse_subtitles(text if isinstance(text, bytes) else text.encode(), name)


def told(text, name="a.srt"):
    return [(cue.start, cue.stop, cue.text) for cue in read(text, name).cues]


BOTH = [(1000, 2500, "One\nand its second line"), (3000, 4000, "Two")]


@pytest.mark.parametrize(
    "written",
    [
        SRT,
        "\ufeff" + SRT,
        SRT.replace("\n", "\r\n"),
        SRT.replace("\n", "\r"),
        SRT.replace("\n\n2", "\n2"),  # no blank line
        SRT.replace("\n2\n", "\n"),  # no number
        SRT.replace("One\n", "One\n\n\n"),  # blank lines within the text
        SRT.replace(",000", ".0").replace(",500", ".5"),
        SRT.replace("00:00:0", "0:0"),
        SRT.replace(" --> ", "-->"),
        SRT.replace("02,500", "02,500  X1:10 X2:20 Y1:1 Y2:2"),
        SRT.replace("1\n", "junk before\n1\n", 1),
        "WEBVTT\n\n" + SRT.replace(",", "."),
        "WEBVTT - a title\nKind: captions\n\nNOTE none\nof this\n\nREGION\nid:a\n\n" + SRT,
        "\n\nWEBVTT\n\n" + SRT.replace("00:00:0", "00:0"),
    ],
)
def test_habits_of_writers_are_understood(written):
    assert told(written) == BOTH


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_encodings_with_and_without_their_mark(encoding):
    assert told(SRT.replace("Two", "Zwei – Größe").encode(encoding))[1] == (3000, 4000, "Zwei – Größe")


def test_cues_come_by_their_start_and_may_overlap():
    text = "1\n00:00:05,000 --> 00:00:09,000\nlate\n\n2\n00:00:01,000 --> 00:00:06,000\nearly\n"
    assert told(text) == [(1000, 6000, "early"), (5000, 9000, "late")]


def test_times_that_make_no_sense_end_the_cue_before():
    found = read(SRT.replace("00:00:03,000 -->", "soon -->"))
    assert [cue.text for cue in found.cues] == ["One\nand its second line"]
    assert [(one.line, one.reason) for one in found.complaints] == [
        (7, "'soon --> 00:00:04,000' is no time of a cue")
    ]


def test_tags_make_runs():
    (cue,) = read(
        '1\n00:00:01,000 --> 00:00:02,000\n<i>a<b>b</i>c <font color="#ff0">d</font> 1 < 2 <3 &amp; e\n'
    ).cues
    assert cue.runs[:3] == (
        Run("a", Look(italic=True)),
        Run("b", Look(bold=True, italic=True)),
        Run("c "),
    )
    assert cue.runs[3] == Run("d", Look(color="#ff0"))
    assert cue.runs[4] == Run(" 1 < 2 <3 & e")


def test_webvtt_has_classes_voices_and_ruby():
    text = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v.loud Ann B>Hi <c.yellow.big>x</c> <00:01.500><ruby>A<rt>b</rt></ruby> <unknown>&lt;&nbsp;"
    (cue,) = read(text).cues
    assert [run.text for run in cue.runs] == ["Hi ", "x", " ", "A", " ", "<\xa0"]
    assert {run.look.voice for run in cue.runs} == {"Ann B"}
    assert cue.runs[1].look.classes == ("loud", "yellow", "big")
    assert cue.runs[3].ruby == "b"


def test_places():
    text = (
        "WEBVTT\n\na\n00:01.000 --> 00:02.000 line:90%,end position:10%,line-left align:start size:50% vertical:no x:y\nA\n\n"
        "00:02.000 --> 00:03.000 line:-2 vertical:rl\nB\n\n00:03.000 --> 00:04.000 line:x size:101%\nC\n"
    )
    first, second, third = read(text).cues
    assert first.name == "a"
    assert first.placement == Placement(
        line=90,
        percent=True,
        line_align="end",
        position=10,
        position_align="line-left",
        align="start",
        size=50,
    )
    assert second.placement == Placement(line=-2, vertical="rl")
    assert third.placement is None
    (srt,) = read("1\n00:00:01,000 --> 00:00:02,000\n{\\an8\\b1}top\n").cues
    assert (srt.text, srt.placement) == ("top", Placement(line=0.0))


def test_styles_keep_what_is_safe():
    text = (
        "WEBVTT\n\nSTYLE\n::cue { color: red; background: url(http://x/y) }\n::cue(.a), ::cue(b) { font-weight: 900 }\n"
        "body { color: blue }\n\nSTYLE\n::cue(v[voice='Ann']) { color: rgb(1, 2, 3); position: fixed }\n\n"
        "00:01.000 --> 00:02.000\nA\n"
    )
    found = read(text)
    assert [(style.selector, style.declarations) for style in found.styles] == [
        ("", (("color", "red"),)),
        (".a", (("font-weight", "900"),)),
        ("b", (("font-weight", "900"),)),
        ("v[voice='Ann']", (("color", "rgb(1, 2, 3)"),)),
    ]
    assert [complaint.line for complaint in found.complaints] == [4, 6, 9]


def test_what_is_left_out_is_told_with_its_line():
    text = SRT + "\n3\n00:00:09,000 --> 00:00:08,000\nbackwards\n"
    assert told(text) == BOTH
    (complaint,) = read(text).complaints
    assert (complaint.line, complaint.reason) == (11, "this cue does not end after its start")
    (other,) = read(
        "WEBVTT\n\n00:01.000 -> 00:02.000\nA\n\nsoon --> later\nB\n\n00:03.000 --> 00:04.000\nC\n"
    ).complaints
    assert (other.line, other.reason) == (6, "'soon --> later' is no time of a cue")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the file is empty"),
        (b" \n\n", "the file is empty"),
        (b"just some text", "line 1: 'just some text' and what follows has no times"),
        (b"1\n00:00:02,000 --> 00:00:01,000\nA\n", "line 2: this cue does not end after its start"),
        (b"[Script Info]\nTitle: x\n", "line 1 begins a file of Advanced SubStation; save it as SubRip"),
        (b"<?xml version='1.0'?><tt/>", "a file of XML"),
        (
            b"1\n00:00:01,000 --> 00:00:02,000\nGr\xfc\xdfe\n",
            "line 3 is no UTF-8 text; save the file in that encoding",
        ),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00", "no"),
    ],
)
def test_what_cannot_be_used_is_one_sentence(content, reason):
    with pytest.raises(UsageError) as caught:
        parse_subtitles(content, "film.srt")
    assert caught.value.code == "SUBTITLES_INVALID"
    assert caught.value.message.startswith("The subtitles film.srt cannot be used: ")
    assert reason in caught.value.message
    assert "\n" not in caught.value.message


def test_a_file_that_is_not_there(tmp_path):
    for path in (tmp_path / "none.srt", tmp_path):
        with pytest.raises(UsageError, match="cannot be read: ") as caught:
            read_subtitles(path)
        assert caught.value.code == "SUBTITLES_MISSING"


@given(
    st.one_of(st.binary(max_size=300), st.text(max_size=300).map(lambda text: ("WEBVTT\n\n" + text).encode()))
)
def test_no_bytes_do_anything_else(content):
    try:
        parse_subtitles(content, "a.vtt")
    except UsageError as error:
        assert error.code == "SUBTITLES_INVALID"


def test_very_long_files_are_read_in_one_pass():
    """Twice the cues take about twice the time: nothing is looked through again for each."""

    def seconds(count):
        text = "".join(
            f"{n}\n00:{n % 60:02}:01,000 --> 01:00:02,000\n<i>x</i> {n}\n\n" for n in range(count)
        ).encode()
        began = time.process_time()
        assert len(parse_subtitles(text, "a.srt").cues) == count
        return time.process_time() - began

    assert seconds(16_000) < 16 * seconds(4_000)
