"""What becomes of videos and sounds: as values, and as people read it."""

import io

import pytest

from framewright.cli.console import PeopleConsole
from framewright.cli.probe_media import tell_media
from framewright.model.media import AudioFacts, MediaFacts, MediaFailure, MediaUse, VideoFacts
from framewright.model.sound import Point, SoundTrack, Unheard
from framewright.render.media_account import account_of

PICTURE = VideoFacts(codec="h264", width=640, height=360, rate="30000/1001")
SOUND = AudioFacts(codec="aac", rate=44100, layout="stereo")
FILM = MediaFacts(container="mov,mp4", seconds=4.0, video=PICTURE, audio=SOUND)
SONG = MediaFacts(container="mp3", seconds=4.0, audio=SOUND)
STILL = MediaFacts(container="png", seconds=0.04, video=PICTURE.model_copy(update={"moving": False}))


def use(**changes):
    usual = {
        "element": "#a",
        "kind": "video",
        "source": "http://127.0.0.1:9/media/a.mp4",
        "duration": 4.0,
        "facts": FILM,
    }
    return MediaUse(**(usual | changes))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, {"stop": 4}),
        ({"duration": None}, {"stop": 10, "source_ends": 4}),
        ({"start": 1.0, "duration": 6.0}, {"stop": 7, "source_ends": 5}),
        ({"start": 1.0, "duration": 6.0, "offset": 1.0, "rate": 2.0}, {"stop": 7, "source_ends": 2.5}),
        ({"duration": 1.0, "offset": 1.0, "rate": 2.0}, {"stop": 1, "unused": 1}),
        ({"duration": 4.01}, {"stop": 4.01}),
        ({"duration": 10.0, "loop": True}, {"stop": 10, "rounds": 2.5}),
        ({"duration": 2.0, "loop": True, "offset": 3.0, "skip": 0.5}, {"stop": 2, "rounds": 2.5}),
        ({"start": 8.0}, {"stop": 10, "missed": 2, "unused": 2}),
        ({"start": 12.0}, {"stop": 12, "missed": 6, "unused": 4}),
        ({"offset": 4.0}, {"stop": 4, "trimmed_away": True}),
        ({"facts": STILL}, {"stop": 4}),
        ({"facts": None}, {"stop": 4}),
        ({"plays": False, "duration": None}, {"stop": 10}),
    ],
)  # fmt: skip
def test_what_is_held_cut_and_repeated(changes, told):
    (account,) = account_of([use(**changes)], 10.0)
    found = account.model_dump(exclude={"use"}, exclude_defaults=True)
    assert found == pytest.approx(told)


def told(*uses, tracks=()):
    screen = PeopleConsole(file=io.StringIO(), width=200)
    tell_media(screen, account_of(uses, 10.0), tracks)
    return screen.file.getvalue()


def test_people_read_it_as_sentences():
    track = SoundTrack(name="#a", source="x", lane=(Point(t=0, v=0), Point(t=1, v=0.5)), group="g")
    text = told(use(duration=6.0, offset=1.0, rate=0.5), tracks=[track])
    assert text.splitlines() == [
        "  media",
        "    #a  video, 0 s to 6 s",
        "      media/a.mp4: h264 640×360 at 29.97 fps, aac stereo 44.1 kHz, 4 s",
        "      from 1 s of its source on, at 0.5 × speed, heard at a volume from 0 to 0.5 in the group g",
    ]


@pytest.mark.parametrize("why", list(Unheard))
def test_every_reason_for_silence_has_its_words(why):
    assert told(use(unheard=why)).splitlines()[-1].strip()


def test_what_pages_say_cannot_move_the_cursor_and_forty_are_enough():
    evil = use(
        element="\x1b[2J",
        source="http://e/\x1b[31m" + "x" * 500,
        failure=MediaFailure(code="X", message="a\x1b\nb"),
    )
    text = told(*[evil] * 50)
    assert "\x1b" not in text
    assert "and 10 more" in text
    assert max(map(len, text.splitlines())) < 120


def test_pictures_and_sounds_that_nobody_plays_and_data_of_the_page():
    text = told(
        use(
            plays=False,
            duration=None,
            seen=True,
            source="data:video/mp4;base64,AAAA",
            unheard=Unheard.UNPLAYED,
        ),
        use(kind="audio", seen=False, facts=SONG, source=None, unheard=Unheard.HIDDEN),
        use(duration=12.0, loop=True),
    )
    assert "#a  video, stands still" in text and "data of the page itself" in text
    assert "#a  audio, never" in text and "without a source" in text
    assert "plays 2.5 times over, 2 s lie behind the end of the video" in text
