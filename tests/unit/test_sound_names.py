"""How sound is spoken of: no address of our own server, no code of a reason."""

from __future__ import annotations

import pytest

from framewright.model.sound import Dropped, Sounds, SoundTrack, Unheard
from framewright.render.sound_names import named_sounds, named_tracks, names_of, spoken

ORIGIN = "http://127.0.0.1:9/"


def shown(address):
    return "data:audio/wav" if address.startswith("data:") else address.removeprefix(ORIGIN)


@pytest.mark.parametrize(
    ("dropped", "told"),
    [
        ([("video", Unheard.MUTED)] * 12, "12 muted (video)"),
        (
            [("#a", Unheard.MUTED), ("#b", Unheard.SOUNDLESS), ("#c", Unheard.MUTED)],
            "2 muted (#a, #c), 1 without sound in the source (#b)",
        ),
        ([(f"#v{at}", Unheard.HIDDEN) for at in range(5)], "5 hidden (#v0, #v1, #v2, 2 more)"),
    ],
)
def test_what_is_not_heard_is_told_by_its_reason(dropped, told):
    assert spoken(Dropped(name=name, why=why) for name, why in dropped) == told


@pytest.mark.parametrize("why", Unheard)
def test_every_reason_has_words(why):
    assert "-" not in spoken([Dropped(name="#a", why=why)]).replace("data-has-audio", "").replace(
        "data-helios-no-audio", ""
    )


def test_sources_have_the_names_of_their_files_and_no_two_the_same():
    addresses = [f"{ORIGIN}a.wav", "data:audio/wav,1", "data:audio/wav,2", f"{ORIGIN}a.wav"]
    names = names_of(addresses, shown, taken=["a.wav"])
    assert list(names.values()) == ["a.wav (2)", "data:audio/wav", "data:audio/wav (2)"]
    tracks = [SoundTrack(name="#a", source=one) for one in (f"{ORIGIN}a.wav", "given.wav")]
    assert [track.source for track in named_tracks(tracks, names)] == ["a.wav (2)", "given.wav"]


def test_an_account_of_sounds_names_files():
    sounds = Sounds(
        tracks=(SoundTrack(name="#a", source=f"{ORIGIN}x/a.wav"),),
        dropped=(Dropped(name="#b", source=None, why=Unheard.SOURCELESS),),
    )
    told = named_sounds(sounds, shown)
    assert (told.tracks[0].source, told.dropped[0].source) == ("x/a.wav", None)
