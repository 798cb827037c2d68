import os

import pytest

from framewright.composition import open_project, open_site
from framewright.model.errors import CompositionError, PlanTooLargeError
from framewright.model.frames import FrameRange
from framewright.model.media import AudioFacts, MediaFacts, MediaUse, VideoFacts
from framewright.model.plan import PlanFile
from framewright.model.recording import AnsweredBy, RecordedAnswer, Recording
from framewright.model.settings import Settings
from framewright.render.house import Asked
from framewright.render.planning.files import absent_facts, list_files, needed_files, path_of, written_name
from framewright.render.planning.limits import check_limits, chunk_bytes
from framewright.render.planning.spare_files import SpareLimit
from framewright.stores import digest_of
from framewright.stores.known_digests import KnownDigests
from truth import plans

ORIGIN = "http://127.0.0.1:4321"
FILM = MediaFacts(container="mov", seconds=9.0, video=VideoFacts(codec="h264", width=320, height=180))
SONG = MediaFacts(container="mp3", seconds=9.0, audio=AudioFacts(codec="mp3", rate=48_000, layout="stereo"))


@pytest.fixture
def root(tmp_path):
    root = tmp_path / "project"
    (root / "sub").mkdir(parents=True)
    (root / ".git").mkdir()
    (root / "node_modules" / "x").mkdir(parents=True)
    for name in (
        "index.html",
        "app.js",
        "film.mp4",
        "song.mp3",
        "later.png",
        ".git/config",
        ".hidden",
        "sub/a.css",
    ):
        (root / name).write_text("<p>" + name)
    (root / "node_modules/x/x.js").write_text("x")
    return root


def listing(root, tmp_path, *, asked=(), described=(), shown=(), picture=None, **other):
    with KnownDigests(tmp_path / "notes") as known:
        return list_files(
            open_project(root),
            picture or plans.picture(),
            known,
            asked=Asked(frozenset(asked), frozenset(described), frozenset(shown)),
            origin=ORIGIN,
            **other,
        )


def by_name(listed):
    return {file.name: file for file in listed.files}


def film(**other):
    return MediaUse(
        **{
            "element": "#film",
            "kind": "video",
            "source": f"{ORIGIN}/film.mp4#t=1",
            "start": 4.0,
            "duration": 2.0,
            "placed": True,
            "facts": FILM,
        }
        | other
    )


def test_what_the_page_asked_for_is_needed_by_all_and_the_rest_not_listed(root, tmp_path):
    found = by_name(listing(root, tmp_path, asked=("index.html", "app.js", "sub/a.css", "gone.js")))
    assert found.keys() == {"index.html", "app.js", "sub/a.css"}
    assert all(file.frames is None and not file.spare for file in found.values())
    assert found["app.js"].digest == digest_of(b"<p>app.js")
    assert found["app.js"].bytes == 9
    # The page itself is needed even where nobody has looked.
    assert by_name(listing(root, tmp_path)).keys() == {"index.html"}


@pytest.mark.parametrize(
    ("use", "frames"),
    [
        (film(), ((118, 182),)),
        (film(duration=None), ((118, 300),)),
        (film(duration=2.0, loop=True), ((118, 182),)),
        (film(start=0.0), ((0, 62),)),
        (film(start=20.0), ()),
        (film(seen=False), ()),
        (film(kind="audio", facts=SONG), ()),
        (film(facts=SONG), ()),
        (film(placed=False), None),
        (film(facts=None), None),
    ],
)
def test_a_film_is_needed_in_the_frames_that_show_it(root, tmp_path, use, frames):
    listed = by_name(listing(root, tmp_path, described=("film.mp4",), media=(use,)))["film.mp4"]
    assert listed.frames == frames
    assert listed.facts == use.facts


def test_a_film_is_needed_by_all_where_opening_the_page_asks_for_it(root, tmp_path):
    everything = [
        {"shown": (root / "film.mp4",)},
        {"asked": ("film.mp4",)},
        {"picture": plans.picture(mode="run")},
    ]
    for how in everything:
        assert by_name(listing(root, tmp_path, media=(film(),), **how))["film.mp4"].frames is None
    # A moving picture is no video of the page, and is asked about all the same.
    assert by_name(listing(root, tmp_path, described=("film.mp4",)))["film.mp4"].frames is None


def test_two_places_of_a_film_are_ranges_that_are_joined(root, tmp_path):
    uses = (film(), film(start=6.0, duration=1.0), film(start=9.0, duration=0.5))
    assert by_name(listing(root, tmp_path, media=uses))["film.mp4"].frames == ((118, 212), (268, 287))
    # One that nobody has placed makes it everybody's.
    assert by_name(listing(root, tmp_path, media=(*uses, film(placed=False))))["film.mp4"].frames is None


def test_sounds_are_of_the_project_recorded_or_added(root, tmp_path):
    added = tmp_path / "added.wav"
    added.write_bytes(b"added")
    body = tmp_path / "body"
    body.write_bytes(b"body")
    answers = tuple(
        RecordedAnswer(
            method="GET", url=url, status=200, blob=digest_of(b"body"), bytes=4, by=AnsweredBy.NETWORK
        )
        for url in ("https://a.test/b.mp3", "https://a.test/a.mp3")
    )
    listed = listing(
        root,
        tmp_path,
        media=(film(kind="audio", facts=SONG, source=f"{ORIGIN}/song.mp3"),),
        sounds={
            "song.mp3": root / "song.mp3",
            "film.mp4": root / "film.mp4",
            "added.wav": added,
            "far": body,
        },
        recording=Recording(answers=answers),
    )
    assert [(file.kind, file.name, file.frames, file.sound) for file in listed.files] == [
        ("added", "added.wav", (), True),
        ("project", "film.mp4", (), True),
        ("project", "index.html", None, False),
        ("project", "song.mp3", (), True),
        ("recorded", "https://a.test/a.mp3", None, True),
        ("recorded", "https://a.test/b.mp3", None, True),
    ]
    assert listed.sources == {
        "song.mp3": digest_of(b"<p>song.mp3"),
        "film.mp4": digest_of(b"<p>film.mp4"),
        "added.wav": digest_of(b"added"),
        "far": digest_of(b"body"),
    }


def test_a_page_of_the_web_is_all_recorded(tmp_path):
    answer = RecordedAnswer(
        method="GET", url="https://a.test/", status=200, blob=digest_of(b"x"), bytes=1, by=AnsweredBy.NETWORK
    )
    failed = RecordedAnswer(
        method="GET", url="https://a.test/no", by=AnsweredBy.NOBODY, failure="It is gone."
    )
    with KnownDigests(tmp_path) as known:
        listed = list_files(
            open_site("https://a.test/"),
            plans.picture(),
            known,
            asked=Asked(),
            origin="https://a.test",
            media=(film(source="https://a.test/film.mp4"),),
            recording=Recording(answers=(answer, answer, failed)),
            spare=SpareLimit(10**9, 10**9),
        )
    assert [(file.kind, file.name) for file in listed.files] == [("recorded", "https://a.test/")]


def test_names_are_bytes_and_lead_nowhere_else(root, tmp_path):
    odd = os.fsdecode(b"a b#\xff\xfc%41.txt")
    (root / odd).write_text("odd")
    (root / "link.txt").symlink_to(odd)
    listed = by_name(listing(root, tmp_path, asked=(odd, "link.txt")))
    assert listed["a%20b%23%FF%FC%2541.txt"].digest == listed["link.txt"].digest
    assert path_of(written_name(odd)) == odd
    for name in ("", "/", "a//b", "../a", "a/./b", "%2e%2e/a", "a%00", "/etc/passwd"):
        assert path_of(name) is None


def test_spare_files_travel_and_no_hidden_ones(root, tmp_path):
    out = root / "out.mp4"
    out.write_text("x")
    (root / "plan").mkdir()
    (root / "plan" / "plan.json").write_text("{}")
    limit = SpareLimit(1000, 100, outputs=(out, root / "plan"))
    listed = listing(root, tmp_path, asked=("app.js",), spare=limit)
    spare = {file.name for file in listed.files if file.spare}
    assert spare == {"film.mp4", "song.mp3", "later.png", "sub/a.css"}
    assert listed.notices == ()
    # Unless the page asks for it.
    named = by_name(listing(root, tmp_path, asked=("node_modules/x/x.js", ".hidden"), spare=limit))
    assert not named["node_modules/x/x.js"].spare
    assert not named[".hidden"].spare


def test_where_spare_files_are_too_large_the_largest_stay_behind(root, tmp_path):
    (root / "huge.bin").write_bytes(b"0" * 2_000_000)
    (root / "large.bin").write_bytes(b"0" * 1_000_000)
    listed = listing(root, tmp_path, spare=SpareLimit(1_100_000, 100))
    assert {"large.bin", "later.png"} < by_name(listed).keys()
    assert "huge.bin" not in by_name(listed)
    assert [notice.code for notice in listed.notices] == ["FILES_LEFT_OUT"]
    assert "huge.bin (1.9 MiB)" in listed.notices[0].message
    few = listing(root, tmp_path, spare=SpareLimit(10**9, 2))
    assert sum(file.spare for file in few.files) == 2
    assert "huge.bin" in few.notices[0].message


def test_a_file_that_cannot_be_read_or_is_being_written_is_told(root, tmp_path, monkeypatch):
    from framewright.stores.known_digests import ChangedFileError

    for raised, code in ((ChangedFileError("x"), "FILE_CHANGED"), (PermissionError(13, "no"), "UNREADABLE")):

        def refuse(self, path, raised=raised, **_):
            raise raised

        monkeypatch.setattr(KnownDigests, "of", refuse)
        with pytest.raises(CompositionError, match=r"index\.html") as error:
            listing(root, tmp_path)
        assert error.value.code == code


def file(name, size, **other):
    return PlanFile(**{"name": name, "digest": digest_of(name.encode()), "bytes": size} | other)


def test_a_chunk_needs_its_own_files_and_is_told_of_the_others():
    song = file("song.mp3", 5, frames=(), sound=True)
    told = file("told.mp3", 5, frames=(), sound=True, facts=SONG)
    late = file("film.mp4", 7, frames=((150, 200),), facts=FILM)
    plan = plans.plan(files=(plans.page_file(), late, file("spare.png", 1, spare=True), song, told))
    first = [one.name for one in needed_files(plan, FrameRange(0, 120))]
    # Of the song nothing is known that pages could be told in its place.
    assert first == ["index.html", "spare.png", "song.mp3"]
    assert [one.name for one in needed_files(plan, FrameRange(120, 300))] == [
        "index.html",
        "film.mp4",
        "spare.png",
        "song.mp3",
    ]
    assert absent_facts(plan) == {"film.mp4": FILM, "told.mp3": SONG}


def test_a_plan_over_a_limit_names_the_largest_files_of_its_heaviest_chunk():
    files = (
        file("index.html", 10),
        file("a.mp4", 300, frames=((0, 100),)),
        file("b.mp4", 500, frames=((119, 121),)),
        file("c.mp4", 400, frames=((200, 210), (0, 5))),
        file("d.mp4", 9000, frames=(), sound=True, facts=SONG),
        file("e.png", 90),
        PlanFile(name="again.mp4", digest=digest_of(b"a.mp4"), bytes=300, frames=((50, 60),)),
    )
    plan = plans.plan(files=files, cuts=(0, 120, 240, 300))
    assert chunk_bytes(plan) == (1300, 1000, 100)
    check_limits(plan, Settings(plan_size=1300), travels=True)
    with pytest.raises(PlanTooLargeError, match=r"Chunk 0 .*b\.mp4 .*c\.mp4 .*a\.mp4") as raised:
        check_limits(plan, Settings(plan_size=1299), travels=True)
    assert raised.value.code == "FILES_TOO_LARGE"
    # Where nothing travels, nothing is too large.
    check_limits(plan, Settings(plan_size=1), travels=False)


def test_chunks_and_seconds_have_limits():
    plan = plans.plan(cuts=(0, 120, 300))
    for settings, code in (
        (Settings(plan_chunks=1), "CHUNKS_TOO_MANY"),
        (Settings(plan_duration=9.9), "DURATION_TOO_LONG"),
    ):
        with pytest.raises(PlanTooLargeError) as raised:
            check_limits(plan, settings, travels=False)
        assert raised.value.code == code
    check_limits(plan, Settings(plan_chunks=2, plan_duration=10), travels=False)
