"""What is told of a job can be taken up anywhere, at any event, without a gap."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framewright.model.events import ChunkState, ChunkTold, Progressed, StageBegan
from framewright.model.job import CancelledTold, Queued, Started
from framewright.service.jobs.board import Board
from framewright.service.temporal import names
from framewright.service.temporal.story import MOST_RECENT, ROOM, StoryBook, ended_after

CREATED = datetime(2026, 1, 1, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return CREATED + timedelta(seconds=seconds)


def chunk(index: int, state: ChunkState, frames: int = 0, attempt: int = 1) -> ChunkTold:
    start = 10 * index
    return ChunkTold(
        chunk=index, state=state, start=start, stop=start + 10, frames=frames, worker="w", attempt=attempt
    )


@st.composite
def renders(draw):
    """What three chunks do, in any order: begin, get on, fail and begin anew, and end."""
    frames, attempts, told = [-1] * 3, [1] * 3, []
    for index, step in draw(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 6)), max_size=60)):
        if frames[index] == 10:
            continue
        if step == 0 and frames[index] >= 0:
            told.append(chunk(index, ChunkState.FAILED, 0, attempts[index]))
            frames[index], attempts[index] = -1, attempts[index] + 1
            continue
        frames[index] = 0 if frames[index] < 0 else min(10, frames[index] + step)
        told.append(chunk(index, ChunkState.RUNNING, frames[index], attempts[index]))
        if frames[index] == 10:
            told.append(chunk(index, ChunkState.DONE, 10, attempts[index]))
        done = len(told)
        told.append(Progressed(frames=done, total=200, rate=None, seconds_left=None, fraction=done / 200))
        told.append(StageBegan(stage="rendering"))
    return told


def book_of(events, last: int = 0) -> StoryBook:
    book = StoryBook(CREATED, last)
    for number, event in enumerate([Queued(position=0), Started(attempt=1), *events]):
        book.add(event, at(number * 0.5))
    return book


@given(renders(), st.data())
def test_whoever_goes_on_anywhere_knows_what_one_knows_who_heard_all(events, data):
    book = book_of(events)
    heard = book.after(0)
    assert [told.id for told in heard] == sorted({told.id for told in heard})
    seen = data.draw(st.integers(0, book.last + 10))
    before = [told for told in book_of(events)._recent if told.id <= seen]
    rest = book.after(seen)
    assert all(told.id > seen for told in rest)
    whole = Board().after_all(book_of(events)._recent)
    known = Board().after_all([*before, *rest])
    for name in ("plan", "progress", "sound", "warnings"):
        assert getattr(known, name) == getattr(whole, name)
    assert [(one.state, one.frames) for one in known.chunks] == [
        (one.state, one.frames) for one in whole.chunks
    ]
    # What is told from now on has greater numbers than all that anybody was told.
    assert book.add(CancelledTold(), at(0)).id > max([seen if rest else 0, *(told.id for told in rest)])


def test_the_times_of_a_chunk_survive():
    book = book_of(
        [
            chunk(0, ChunkState.RUNNING),
            *(chunk(0, ChunkState.RUNNING, n) for n in range(1, 11)),
            chunk(0, ChunkState.DONE, 10),
        ]
    )
    (whole,) = Board().after_all(book._recent).chunks
    (kept,) = Board().after_all(book.told).chunks
    assert kept == whole
    assert len(book.told) < len(book._recent)


def test_ids_go_on_through_attempts_and_after_a_long_silence():
    book = book_of([], last=7_000_000)
    assert book.told[0].id == 7_000_001
    told = book.add(CancelledTold(), at(60), room=ROOM)
    assert told.id == 60_000_000 + ROOM


def test_one_who_is_far_behind_is_told_the_state():
    book = book_of([])
    count, seen = book.count, book.last
    for frames in range(MOST_RECENT + 10):
        book.add(Progressed(frames=frames, total=9999, rate=None, seconds_left=None), at(2))
    found = book.since(count, seen)
    assert [told.told.event for told in found] == ["queued", "started", "progress"]
    assert found[-1].told.frames == MOST_RECENT + 9
    count, seen = book.count, found[-1].id
    later = book.add(CancelledTold(), at(3))
    assert book.since(count, seen) == (later,)


@pytest.mark.parametrize("seen", [0, 1, 2_000_000, 3_000_001, 3_000_002])
def test_of_what_is_over_all_is_told_but_to_those_who_have_heard_the_end(seen):
    book = book_of([chunk(0, ChunkState.DONE, 10)])
    end = book.add(CancelledTold(), at(2), room=ROOM)
    assert end.id == 3_000_000
    story = (*book.told,)
    found = ended_after(story, end.id, seen)
    if seen >= end.id:
        assert found == ()
        return
    assert [told.told for told in found] == [told.told for told in story]
    ids = [told.id for told in found]
    assert ids == sorted(set(ids))
    assert (ids[0] > seen, ids[-1]) == (True, end.id)


def test_ids_of_jobs_sort_the_latest_first_and_lead_nowhere():
    jobs = [names.new_job(at(seconds / 1000)) for seconds in range(0, 50_000, 777)]
    assert jobs == sorted(jobs, reverse=True)
    assert all(names.is_job(job) for job in jobs)
    assert len({names.new_job(CREATED) for _ in range(100)}) == 100
    assert not any(map(names.is_job, ("", "../" + "a" * 23, "A" * 26, "a" * 25, "a" * 27, "a" * 25 + "/")))
    assert names.attempt_of("end-12.json") == ("end", 12)
    assert names.attempt_of("order.json") is None
    assert names.key_document("a", "b/../c").startswith("service/keys/")
    assert names.key_document("a", "b") != names.key_document("ab", "")
