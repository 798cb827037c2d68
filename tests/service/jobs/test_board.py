from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framewright.model.composition import Notice
from framewright.model.events import (
    ChunkState,
    ChunkTold,
    Decided,
    FellBack,
    Progressed,
    SoundTold,
    Stage,
    StageBegan,
    Warned,
)
from framewright.model.job import CancelledTold, Failed, JobError, JobPlan, Planned, Queued, Started, Told
from framewright.service.jobs.board import MOST_TOLD, Board
from framewright.service.jobs.log_lines import LONGEST_LINE, MOST_LINES

ZERO = datetime(2026, 1, 1, tzinfo=UTC)


def folded(*story, board=None):
    board = board or Board()
    for seconds, event in story:
        board = board.after(event, ZERO + timedelta(seconds=seconds))
    return board


def chunk(state, start, stop, frames=0, **more):
    return ChunkTold(chunk=0, state=ChunkState(state), start=start, stop=stop, frames=frames, **more)


def decided(subject, choice=0, **inputs):
    return Decided(subject=subject, choice=choice, inputs=inputs, reason="so it is.")


def strip_of(board):
    return [(one.state, one.start, one.stop, one.frames) for one in board.chunks]


def test_a_chunk_has_the_times_of_all_its_turns():
    board = folded(
        (5, Started(attempt=1)),
        (6, decided("chunks", 2, cuts=[0, 40, 100])),
        (7, chunk("running", 0, 40, worker="process 1")),
        (9, chunk("running", 0, 40, 10, worker="process 1")),
        (12, chunk("running", 0, 40, 40, worker="process 1")),
        (13, chunk("done", 0, 40, 40, worker="process 1")),
    )
    one, other = board.chunks
    times = (one.known_at, one.began_at, one.first_at, one.captured_at, one.ended_at)
    assert times == (1, 2, 4, 7, 8)
    assert (one.state, one.frames, one.worker) == ("done", 40, "process 1")
    assert (other.state, other.start, other.stop, other.known_at, other.began_at) == (
        "waiting",
        40,
        100,
        1,
        None,
    )


def test_what_is_split_off_or_left_waits():
    cut = (0, Started(attempt=1)), (0, decided("chunks", 1, cuts=[0, 100]))
    board = folded(*cut, (1, chunk("reused", 0, 30, 30)))
    assert strip_of(board) == [("reused", 0, 30, 30), ("waiting", 30, 100, 0)]
    board = folded((2, chunk("running", 30, 100, 20)), (3, chunk("split", 30, 80)), board=board)
    assert strip_of(board)[1:] == [("running", 30, 80, 20), ("waiting", 80, 100, 0)]
    board = folded((4, chunk("running", 80, 100)), (5, chunk("done", 30, 80, 50)), board=board)
    assert strip_of(board)[1:] == [("done", 30, 80, 50), ("running", 80, 100, 0)]


def test_a_failed_chunk_begins_anew_and_a_twin_takes_nothing_back():
    board = folded(
        (0, Started(attempt=1)),
        (1, chunk("running", 0, 50, 30, worker="a")),
        (2, chunk("running", 0, 50, 0, worker="b", attempt=2)),
    )
    assert (board.chunks[0].frames, board.chunks[0].worker) == (30, "a")
    board = folded((3, chunk("failed", 0, 50, message="The browser died.")), board=board)
    assert (board.chunks[0].state, board.chunks[0].message) == ("failed", "The browser died.")
    board = folded((4, chunk("running", 0, 50, 5, worker="b", attempt=2)), board=board)
    one = board.chunks[0]
    assert (one.state, one.frames, one.worker, one.message, one.began_at) == ("running", 5, "b", None, 4)
    board = folded((5, FellBack(code="RUNNER_DIED", message="Again.")), board=board)
    assert strip_of(board) == [("waiting", 0, 50, 5)]


def test_each_attempt_begins_anew_but_for_the_log():
    story = [
        (0, Queued(position=3)),
        (1, Started(attempt=1)),
        (2, StageBegan(stage=Stage.RENDERING)),
        (2, Progressed(frames=7, total=10, rate=1.0, seconds_left=3.0, fraction=0.7)),
        (2, Warned(notice=Notice(code="X", message="look"))),
        (2, FellBack(code="Y", message="again")),
        (2, SoundTold(fraction=0.5)),
        (3, chunk("running", 0, 10)),
    ]
    assert folded(*story[:1]).position == 3
    board = folded(*story)
    assert (board.sound, len(board.warnings), len(board.fallbacks), board.position) == (0.5, 1, 1, None)
    error = JobError(error="E", code="C", message="It fell.", retryable=False, owner="author")
    ended = folded((4, Failed(error=error)), board=board)
    assert (ended.progress.frames, ended.progress.rate, ended.progress.seconds_left) == (7, None, None)
    assert (strip_of(ended), ended.position) == ([("waiting", 0, 10, 0)], None)
    again = folded((9, Started(attempt=2)), board=ended)
    assert again == Board(began=ZERO + timedelta(seconds=9), log=again.log)
    assert again.log[-2].endswith("failed, C: It fell.")
    assert again.log[-1].endswith("started, attempt 2")


def test_whatever_pages_write_the_log_stays_small_and_printable():
    notices = (
        Warned(notice=Notice(code=f"N{n}", message="\x1b[2J\n\r" + "w" * 5000)) for n in range(MOST_LINES * 2)
    )
    board = folded((0, Started(attempt=1)), *((1, one) for one in notices))
    assert len(board.log) == MOST_LINES
    assert len(board.warnings) == MOST_TOLD
    assert all(len(line) <= LONGEST_LINE and line.isprintable() for line in board.log)


def test_a_chunk_that_only_lives_is_no_news_for_the_log():
    begun = ChunkTold(chunk=0, state=ChunkState.RUNNING, start=0, stop=60, worker="here")
    done = begun.model_copy(update={"state": ChunkState.DONE, "frames": 60})
    board = Board()
    for event in (Started(attempt=1), begun, begun, begun, done, done):
        board = board.after(event, ZERO)
    assert [line.split("s  ")[1] for line in board.log] == [
        "started",
        "frames 0 to 59 begun",
        "frames 0 to 59 done",
    ]


def test_a_plan_says_how_many_frames_there_are_before_any_is_done():
    plan = JobPlan(width=640, height=360, scale=1.0, fps="30", frames=30, first_frame=9, seconds=1.0)
    board = folded((0, Started(attempt=1)), (1, Planned(plan=plan)))
    assert (board.plan, board.progress.total, board.progress.frames) == (plan, 30, 0)


@pytest.mark.parametrize("cuts", [None, "0,4", [0], [0, 4, 4], [4, 0], [0, 4.5], [0, True], [-1, 4]])
def test_cuts_that_make_no_sense_are_passed_over(cuts):
    assert folded((0, Started(attempt=1)), (1, decided("chunks", 1, cuts=cuts))).chunks == ()


ranges = st.tuples(st.integers(0, 60), st.integers(1, 30)).map(lambda one: (one[0], one[0] + one[1]))
chunks = st.builds(
    lambda frames, state, share, worker, attempt: chunk(
        state, *frames, round(share * (frames[1] - frames[0])), worker=worker, attempt=attempt
    ),
    ranges,
    st.sampled_from([*ChunkState]),
    st.floats(0, 1.2),
    st.sampled_from(["a", "b", None]),
    st.integers(1, 3),
)
progress = st.builds(
    Progressed,
    frames=st.integers(0, 90),
    total=st.just(90),
    rate=st.none(),
    seconds_left=st.none(),
    fraction=st.floats(0, 1),
)
bounds = st.lists(st.integers(0, 90), min_size=2, max_size=6, unique=True).map(
    lambda cuts: decided("chunks", cuts=sorted(cuts))
)
events = st.one_of(
    chunks, progress, bounds, st.builds(SoundTold, fraction=st.floats(0, 1)), st.just(CancelledTold())
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 9), events), max_size=25))
def test_whatever_is_told_the_strip_is_whole_and_nothing_goes_back(story):
    board = folded((0, Started(attempt=1)))
    now, covered = 0.0, set()
    for pause, event in story:
        now += pause
        before, board = board, folded((now, event), board=board)
        assert board.progress.frames >= before.progress.frames
        assert board.progress.fraction >= before.progress.fraction
        assert (board.sound or 0) >= (before.sound or 0)
        ends = [(one.start, one.stop) for one in board.chunks]
        assert all(start < stop for start, stop in ends)
        assert all(one[1] <= other[0] for one, other in zip(ends, ends[1:], strict=False))
        frames = {frame for start, stop in ends for frame in range(start, stop)}
        assert frames >= covered
        covered = frames
        for one in board.chunks:
            assert 0 <= one.frames <= one.stop - one.start
            times = [one.known_at, one.began_at, one.first_at, one.captured_at, one.ended_at]
            known = [time for time in times if time is not None]
            assert known == sorted(known)
            assert known[-1] <= now + 1e-5
    assert Board.model_validate_json(board.model_dump_json()) == board
    numbered = [
        Told(id=number + 1, at=ZERO + timedelta(seconds=number), told=event)
        for number, (_, event) in enumerate(story)
    ]
    half = len(numbered) // 2
    assert Board().after_all(numbered) == Board().after_all(numbered[:half]).after_all(numbered[half:])
