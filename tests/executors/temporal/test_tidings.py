"""What looks at a workflow become: events, each once, whatever the looks have missed."""

from __future__ import annotations

from framewright.executors.temporal import activity_names
from framewright.executors.temporal.looking import Doing, Look
from framewright.executors.temporal.references import reference_to
from framewright.executors.temporal.tidings import Tidings
from framewright.executors.temporal.values import Beat, RenderDone, Standing
from framewright.model.events import ChunkState, SoundTold, StageBegan
from truth import plans

PLAN = plans.plan(cuts=(0, 60, 120, 300))
REFERENCE = reference_to(PLAN, store="file:///store", document="d" * 64)


def look(states, *doing, stage="rendering", sound="w"):
    standing = Standing(stage=stage, plan=REFERENCE, states="", sound=sound)
    return Look(True, standing, states, doing)


def chunk(index, *, attempt=1, frames=None, doing="rendering", failure=None):
    beat = None if frames is None else Beat(doing=doing, worker="one", frames=frames, total=60)
    return Doing(
        f"chunk-{index}", activity_names.RENDER_CHUNK, attempt, "one", frames is not None, beat, failure
    )


def told(events):
    return [
        (event.chunk, event.state.value, event.frames, event.attempt) for event in events if event.event == "chunk"
    ]  # fmt: skip


def test_each_change_is_told_once():
    tidings = Tidings(PLAN)
    first = look("rrw", chunk(0, frames=10), chunk(1))
    assert told(tidings.of(first)) == [(0, "running", 10, 1)]
    assert told(tidings.of(first)) == []
    assert told(tidings.of(look("drw", chunk(1, frames=0, doing="opening")))) == [
        (1, "running", 0, 1),
        (0, "done", 60, 1),
    ]
    assert told(tidings.of(look("dud"))) == [(1, "reused", 60, 1), (2, "done", 180, 1)]


def test_a_worker_that_only_looks_whether_the_piece_is_there_renders_nothing():
    assert told(Tidings(PLAN).of(look("rww", chunk(0, frames=0, doing="fetching")))) == []


def test_a_failed_attempt_is_told_with_its_reason():
    tidings = Tidings(PLAN)
    list(tidings.of(look("rww", chunk(0, frames=10))))
    events = list(tidings.of(look("rww", chunk(0, attempt=3, failure="It broke."))))
    assert told(events) == [(0, "failed", 0, 2)]
    assert (events[0].message, events[0].worker) == ("It broke.", "one")
    assert told(tidings.of(look("dww"))) == [(0, "done", 60, 3)]


def test_a_damaged_piece_is_told_and_its_chunk_begins_again():
    tidings = Tidings(PLAN)
    list(tidings.of(look("ddd", stage="assembling")))
    events = list(tidings.of(look("dwd")))
    assert [(event.chunk, event.state) for event in events] == [(1, ChunkState.FAILED)]
    assert "damaged" in events[0].message
    assert told(tidings.of(look("ddd"))) == [(1, "done", 60, 1)]


def test_the_sound_is_done_only_when_it_lies_in_the_store():
    tidings = Tidings(PLAN)
    mixing = Doing(
        "5", activity_names.MIX_SOUND, 1, "one", True, Beat(doing="mixing", worker="one", fraction=1.0), None
    )
    fractions = [event.fraction for event in tidings.of(look("www", mixing, sound="r"))]
    assert fractions == [0.99]
    assert [event.fraction for event in tidings.of(look("www", mixing, sound="d"))] == [1.0]


def test_the_last_stage_begins_once():
    tidings = Tidings(PLAN)
    list(tidings.of(look("ddd", sound="d")))
    stages = [event for _ in range(2) for event in tidings.of(look("ddd", sound="d", stage="assembling"))]
    assert [type(event) for event in stages] == [StageBegan]


def test_what_no_look_has_seen_is_told_at_the_end():
    tidings = Tidings(PLAN)
    list(tidings.of(look("dww", sound="")))
    done = RenderDone(plan=REFERENCE, bytes=1, seconds=1.0, reused=0)
    assert told(tidings.rest(done)) == [(1, "done", 60, 1), (2, "done", 180, 1)]
    unseen = Tidings(PLAN)
    events = list(unseen.rest(done.model_copy(update={"reused": 3})))
    assert {state for _, state, _, _ in told(events)} == {"reused"}
    assert [event.fraction for event in events if isinstance(event, SoundTold)] == [1.0]
