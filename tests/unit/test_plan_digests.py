import pytest

from framewright.model.frames import FrameRange
from framewright.model.media import MediaFacts, VideoFacts
from framewright.model.plan import PagePlan, Plan, PlanFile, SoundPiecePlan, TextPlan
from framewright.model.recording import AnsweredBy, RecordedAnswer, Recording
from framewright.model.sound import SoundPlan, SoundTrack
from framewright.model.subtitles import Cue, Run
from framewright.render.planning.digests import canonical, chunk_key, chunk_keys, digest_of_value, sealed
from framewright.stores import digest_of
from truth import plans

WHOLE = FrameRange(0, 300)


def film(**other):
    facts = MediaFacts(container="mov", seconds=2.0, video=VideoFacts(codec="h264", width=320, height=180))
    return PlanFile(
        **{
            "name": "film.mp4",
            "digest": digest_of(b"film"),
            "bytes": 4,
            "frames": ((100, 200),),
            "facts": facts,
        }
        | other
    )


def sound(**other):
    track = SoundTrack(**{"name": "#song", "source": "song.mp3", "volume": 0.5} | other)
    return SoundPiecePlan(
        mix=SoundPlan(tracks=(track,), samples=48_000), sources={track.source: digest_of(b"song")}
    )


def answer(**other):
    return RecordedAnswer(
        **{"method": "GET", "url": "https://a.test/x.css", "status": 200, "by": AnsweredBy.NETWORK} | other
    )


def test_a_plan_has_the_same_digests_on_every_machine():
    # Golden: whoever changes what is digested changes these, and with them the name of every cached piece.
    made = plans.plan(files=(plans.page_file(), film()), sound=sound())
    assert made.digests.model_dump() == {
        "video": "40d9d415e0b4407ab7f2482e03a29c24312f1fbc3200090695ffdfc0c48ec42a",
        "audio": "fed50b6b2bdefa777e06d68fcd9bbf235da0c8e41cb70a5ff87470ef07cf56c3",
        "plan": "eab4317e97f202abe04bb1f0c839679c64f5f8f0d0694ef5988d36ea2ba525a8",
    }
    assert (
        chunk_key(made, FrameRange(0, 60))
        == "d63bd75da77cea966893f0c05f4ef2ab1ec3e8b8e878a29578a5ccab8ad67c3f"
    )


def test_equal_values_are_equal_bytes_in_whatever_order_they_were_made():
    assert canonical({"b": [1, 2.0, None], "a": "ü"}) == canonical({"a": "ü", "b": [1, 2.0, None]})
    assert canonical({"a": "\udcff"}) == b'{"a":"\\udcff"}'
    one, other = {"x": "1", "y": "2"}, {"y": "2", "x": "1"}
    here, there = (plans.plan(output=plans.output(options=options)) for options in (one, other))
    assert here.digests == there.digests
    with pytest.raises(ValueError, match="JSON"):
        digest_of_value({"a": float("nan")})


def test_a_plan_that_was_written_and_read_has_the_same_digests():
    text = TextPlan(cues=(Cue(0, 1000, (Run("hello"),)),), language="de")
    made = plans.plan(files=(plans.page_file(), film()), sound=sound(), texts=(text,))
    again = Plan.model_validate_json(made.model_dump_json(), strict=True)
    assert again == made
    assert sealed(again).digests == made.digests


@pytest.mark.parametrize(
    "change",
    [
        {"page": PagePlan(entry="index.html", variables={"title": "Other"})},
        {"picture": plans.picture(width=640)},
        {"output": plans.output(options={"preset": "fast"})},
        {"environment": plans.environment(code=digest_of(b"new"))},
        {"environment": plans.environment(font_table={"serif": "Inter"})},
        {"files": (plans.page_file(b"<h1>new</h1>"),)},
        {"recording": Recording(answers=(answer(),))},
    ],
)
def test_whatever_changes_a_picture_changes_the_keys_of_all_chunks(change):
    before, after = plans.plan(), plans.plan(**change)
    for frames in (FrameRange(0, 60), FrameRange(60, 300)):
        assert chunk_key(before, frames) != chunk_key(after, frames)
    assert before.digests.video != after.digests.video
    assert before.digests.plan != after.digests.plan


def test_a_key_depends_on_the_frames_and_not_on_how_the_rest_is_cut():
    made = plans.plan()
    assert chunk_key(made, FrameRange(0, 60)) != chunk_key(made, FrameRange(0, 120))
    cut = plans.plan(cuts=(0, 60, 300))
    part = plans.plan(picture=plans.picture(start=0, stop=120), cuts=(0, 120))
    for other in (cut, part):
        assert chunk_key(made, FrameRange(0, 60)) == chunk_key(other, FrameRange(0, 60))
    assert made.digests.video == cut.digests.video != part.digests.video
    # Where the encoder begins anew anyway, it does not matter to the file either.
    assert made.digests.plan == cut.digests.plan
    between = plans.plan(cuts=(0, 50, 300))
    assert made.digests.plan != between.digests.plan
    kept = plans.output(segment=0)
    whole, halves = plans.plan(output=kept, cuts=(0, 300)), plans.plan(output=kept, cuts=(0, 120, 300))
    assert whole.digests.plan != halves.digests.plan


def test_sound_and_texts_change_no_key_of_pictures():
    silent, heard, louder = plans.plan(), plans.plan(sound=sound()), plans.plan(sound=sound(volume=0.6))
    text = plans.plan(texts=(TextPlan(cues=(Cue(0, 1000, (Run("hello"),)),)),))
    assert {chunk_key(one, WHOLE) for one in (silent, heard, louder, text)} == {chunk_key(silent, WHOLE)}
    assert len({one.digests.video for one in (silent, heard, louder, text)}) == 1
    assert len({one.digests.plan for one in (silent, heard, louder, text)}) == 4
    assert heard.digests.audio != louder.digests.audio
    assert silent.digests.audio is None


def test_names_of_sounds_do_not_matter_for_they_may_hold_a_port_of_the_day():
    one = plans.plan(sound=sound(source="blob:http://127.0.0.1:4001/a", name="#a"))
    other = plans.plan(sound=sound(source="blob:http://127.0.0.1:5002/b", name="#b"))
    assert one.digests.audio == other.digests.audio


def test_a_film_counts_where_it_is_shown_and_what_it_is_counts_everywhere():
    def key(file, frames):
        return chunk_key(plans.plan(files=(plans.page_file(), file)), frames)

    shown, before = FrameRange(120, 180), FrameRange(0, 60)
    other = film(digest=digest_of(b"other film"))
    assert key(film(), shown) != key(other, shown)
    assert key(film(), before) == key(other, before)
    longer = film(facts=film().facts.model_copy(update={"seconds": 3.0}))
    assert key(film(), before) != key(longer, before)


def test_spare_files_and_those_of_the_sound_change_no_key():
    spare = PlanFile(name="notes.txt", digest=digest_of(b"notes"), bytes=5, spare=True)
    song = PlanFile(name="song.mp3", digest=digest_of(b"song"), bytes=4, frames=(), sound=True)
    with_all = plans.plan(files=(plans.page_file(), spare, song))
    assert chunk_key(with_all, WHOLE) == chunk_key(plans.plan(), WHOLE)


def test_where_and_when_an_answer_came_from_changes_nothing_and_what_it_is_does():
    def digests(**other):
        return plans.plan(recording=Recording(answers=(answer(**other),))).digests

    first = digests(headers=(("content-type", "text/css"), ("x-request-id", "1")))
    assert (
        digests(by=AnsweredBy.CACHE, headers=(("x-request-id", "2"), ("content-type", "text/css"))) == first
    )
    for other in (
        {"headers": (("content-type", "text/plain"),)},
        {"headers": (("content-type", "text/css"), ("access-control-allow-origin", "*"))},
        {"headers": (("content-type", "text/css"),), "status": 404},
        {"headers": (("content-type", "text/css"),), "blob": digest_of(b"other"), "bytes": 5},
    ):
        assert digests(**other) != first


def test_keys_of_many_chunks_are_those_of_each():
    made = plans.plan(files=(plans.page_file(), film()), cuts=(0, 60, 120, 300))
    ranges = [chunk.range for chunk in made.chunks]
    assert chunk_keys(made, ranges) == tuple(chunk_key(made, frames) for frames in ranges)
    assert len(set(chunk_keys(made, ranges))) == 3
