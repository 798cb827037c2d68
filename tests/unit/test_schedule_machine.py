"""Who renders what when: told in tables, and held against an adversary."""

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from framewright.model.frames import FrameRange
from framewright.model.plan import Chunk
from framewright.schedule.costs import CostCurve
from framewright.schedule.events import (
    CancelRequested,
    ChunkDone,
    ChunkFailed,
    Failure,
    NotShrunk,
    Progress,
    Shrunk,
    SlotFree,
    SlotGone,
    Tick,
)
from framewright.schedule.instructions import Assemble, Cancel, Fail, Split, Start
from framewright.schedule.machine import GRACE, NOBODY, RETRIES, Phase, Scheduler

DIED = Failure("BROWSER_DIED", "The browser died.", retryable=True)
BROKEN = Failure("SCRIPT_ERROR", "The page is broken.")
ELSEWHERE = Failure("ENVIRONMENT_DIFFERS", "Another browser is here.", retryable=True, elsewhere=True)


def chunks(*lengths):
    made, reached = [], 0
    for index, length in enumerate(lengths):
        made.append(Chunk(index=index, start=reached, stop=reached + length, cost=length))
        reached += length
    return made


def scheduler(*lengths, slots=(), **kwargs):
    made = Scheduler(chunks(*lengths), CostCurve.flat(1.0), grid=kwargs.pop("grid", 10), **kwargs)
    out = [*made.handle(Tick(100.0))]
    for slot in slots:
        out += made.handle(SlotFree(slot))
    return made, out


def starts(out):
    return [(each.chunk, each.frames.start, each.slot) for each in out if isinstance(each, Start)]


def test_the_costliest_pieces_go_first():
    _, out = scheduler(10, 40, 20, slots=["a", "b"])
    assert starts(out) == [(1, 10, "a"), (2, 50, "b")]


def test_a_worker_takes_the_next_piece_when_it_is_done_and_the_last_one_assembles():
    made, out = scheduler(10, 40, slots=["a"])
    out = made.handle(ChunkDone(out[0].run, FrameRange(10, 50)))
    assert starts(out) == [(0, 0, "a")]
    assert made.handle(ChunkDone(out[0].run, FrameRange(0, 10))) == (
        Assemble(((0, FrameRange(0, 10)), (1, FrameRange(10, 50)))),
    )
    assert made.phase is Phase.OVER


def test_what_is_committed_is_not_rendered_again():
    _, out = scheduler(30, 30, slots=["a", "b"], committed=[(0, FrameRange(10, 30))])
    assert starts(out) == [(1, 30, "a"), (0, 0, "b")]
    _, out = scheduler(30, committed=[(0, FrameRange(0, 30))])
    assert out == [Assemble(((0, FrameRange(0, 30)),))]
    with pytest.raises(ValueError, match="overlaps"):
        scheduler(30, committed=[(0, FrameRange(0, 20)), (0, FrameRange(10, 30))])


def test_a_failed_piece_goes_to_another_worker_after_a_pause():
    made, out = scheduler(20, 20, slots=["a", "b", "c"], grid=0)
    assert made.handle(ChunkFailed(out[0].run, DIED)) == ()
    assert made.handle(Tick(100.5)) == ()
    assert starts(made.handle(Tick(101.0))) == [(0, 0, "c")]


def test_it_waits_for_another_worker_rather_than_go_back():
    made, out = scheduler(20, 20, slots=["a", "b"])
    made.handle(ChunkFailed(out[0].run, DIED))
    assert made.handle(Tick(110.0)) == ()
    assert starts(made.handle(ChunkDone(out[1].run, FrameRange(20, 40)))) == [(0, 0, "b")]


def test_the_only_worker_gets_it_again_until_the_tries_are_used_up():
    made, out = scheduler(20, slots=["a"])
    now = 100.0
    for _ in range(RETRIES):
        assert made.handle(ChunkFailed(out[0].run, DIED)) == ()
        now += 60
        out = made.handle(Tick(now))
        assert starts(out) == [(0, 0, "a")]
    assert out[0].attempt == RETRIES + 1
    assert made.handle(ChunkFailed(out[0].run, DIED)) == (Fail(DIED),)


def test_a_fatal_error_stops_the_others_and_waits_for_them():
    made, out = scheduler(20, 20, slots=["a", "b"])
    one, other = out
    assert made.handle(ChunkFailed(one.run, BROKEN)) == (Cancel(other.run, "b"),)
    assert made.phase is Phase.STOPPING
    assert made.handle(ChunkFailed(other.run, DIED)) == (Fail(BROKEN),)


def test_runs_that_do_not_stop_are_not_waited_for_long():
    made, out = scheduler(20, slots=["a"])
    assert made.handle(CancelRequested()) == (Cancel(out[0].run, "a"),)
    assert made.handle(Tick(100 + GRACE - 1)) == ()
    (failed,) = made.handle(Tick(100 + GRACE))
    assert failed.failure.code == "CANCELLED"
    assert made.handle(CancelRequested()) == ()


def test_what_no_worker_here_can_do_ends_at_once():
    made, out = scheduler(20, 20, slots=["a", "b"], grid=0)
    assert made.handle(ChunkFailed(out[0].run, ELSEWHERE)) == ()
    made.handle(ChunkDone(out[1].run, FrameRange(20, 40)))
    (again,) = made.handle(Tick(101.0))
    assert again.slot == "b"
    assert made.handle(ChunkFailed(again.run, ELSEWHERE)) == (Fail(ELSEWHERE),)


def test_an_idle_worker_gets_the_tail_of_a_long_piece_on_the_grid():
    made, out = scheduler(100, slots=["a", "b"], opening=2.0)
    (split,) = made.handle(Tick(101.0))
    assert split == Split(out[0].run, "a", 50)
    assert made.handle(Tick(102.0)) == ()
    assert starts(made.handle(Shrunk(split.run, 50))) == [(0, 50, "b")]
    made.handle(ChunkDone(split.run, FrameRange(0, 50)))


def test_a_refused_tail_is_asked_for_further_on():
    made, _ = scheduler(100, slots=["a", "b"])
    (split,) = made.handle(Tick(101.0))
    made.handle(NotShrunk(split.run, split.stop))
    (again,) = made.handle(Tick(102.0))
    assert again.stop > split.stop


def test_a_tail_is_not_split_off_when_it_would_not_pay_or_has_no_grid():
    made, _ = scheduler(100, slots=["a", "b"], opening=60.0)
    assert made.handle(Tick(101.0)) == ()
    made, _ = scheduler(100, slots=["a", "b"], grid=0)
    assert made.handle(Tick(101.0)) == ()


def test_a_run_that_ends_early_leaves_its_rest_to_others():
    made, _ = scheduler(100, slots=["a", "b"])
    (split,) = made.handle(Tick(101.0))
    assert starts(made.handle(ChunkDone(split.run, FrameRange(0, split.stop)))) == [(0, split.stop, "a")]
    assert made.handle(Shrunk(split.run, split.stop)) == ()


def test_a_silent_run_gets_a_twin_and_the_first_to_commit_wins():
    made, out = scheduler(10, slots=["a", "b"], opening=1.0)
    made.handle(Progress(out[0].run, 1))
    assert made.handle(Tick(120.0)) == ()
    (twin,) = made.handle(Tick(200.0))
    assert (twin.frames, twin.slot, twin.attempt) == (FrameRange(0, 10), "b", 2)
    assert made.handle(Tick(201.0)) == ()
    out = made.handle(ChunkDone(twin.run, FrameRange(0, 10)))
    assert [type(each) for each in out] == [Cancel, Assemble]


def test_a_worker_from_which_nothing_is_heard_is_given_up_and_comes_back():
    made, out = scheduler(10, slots=["a"], opening=0.0)
    told = made.handle(Tick(10_000.0))
    assert told == (Cancel(out[0].run, "a"),)
    assert made.handle(Tick(10_060.0)) == ()
    again = made.handle(ChunkFailed(out[0].run, DIED))
    assert starts(again) == [(0, 0, "a")]


def test_a_worker_that_was_given_up_and_is_free_again_starts_anew():
    made, out = scheduler(10, 10, slots=["a", "b"], grid=0, opening=0.0)
    made.handle(ChunkDone(out[1].run, FrameRange(10, 20)))
    made.handle(Tick(10_000.0))
    (again,) = made.handle(Tick(10_001.0))
    assert again.slot == "b"
    assert made.handle(SlotFree("a")) == ()
    assert [type(each) for each in made.handle(ChunkFailed(again.run, BROKEN))] == [Fail]


def test_nobody_is_waited_for_for_ever():
    made, _ = scheduler(10)
    assert made.handle(Tick(100.0 + NOBODY)) == ()
    (failed,) = made.handle(Tick(101.0 + NOBODY))
    assert failed.failure.code == "NO_WORKERS"


class Adversary:
    """Workers that fail, stall, die, come back and answer late or twice, as ``chance`` has it; and then behave."""

    def __init__(self, chance, made):
        self.chance = chance
        self.made = made
        self.now = 0.0
        self.slots = set()
        self.runs = {}
        self.stops = {}
        self.asks = []
        self.past = []
        self.committed = set()
        self.failed_on = {}
        self.unwanted = set()
        self.out = []

    def tell(self, event):
        self.past.append(event)
        for each in self.made.handle(event):
            assert not (self.out and isinstance(self.out[-1], (Assemble, Fail))), "it was over"
            self.out.append(each)
            if isinstance(each, Start):
                self.started(each)
            elif isinstance(each, Split):
                self.asks.append(each)
            elif isinstance(each, Cancel) and each.run in self.runs:
                # Given up, or not wanted any more: what it says from now on is no failure.
                self.unwanted.add(each.run)
                self.failed_on[self.runs[each.run].frames.start] = each.slot

    def started(self, start):
        assert start.slot in self.slots
        busy = {run.slot for run in self.runs.values()}
        assert start.slot not in busy, "two at once on one worker"
        if self.failed_on.get(start.frames.start) == start.slot:
            assert not self.slots - busy - {start.slot}, "back on the same worker, while another is free"
        alike = [run for run in self.runs.values() if run.frames.start == start.frames.start]
        assert len({run.slot for run in alike}) == len(alike)
        self.runs[start.run] = start
        self.stops[start.run] = start.frames.stop

    def pick(self):
        return self.chance.choice(sorted(self.runs)) if self.runs else None

    def done(self, number):
        run = self.runs.pop(number)
        frames = FrameRange(run.frames.start, self.stops[number])
        self.committed.add(frames)
        self.tell(ChunkDone(number, frames))

    def fail(self, number, failure):
        run = self.runs.pop(number)
        self.note_failure(run)
        self.tell(ChunkFailed(number, failure))

    def note_failure(self, run):
        if run.run not in self.unwanted:
            self.failed_on[run.frames.start] = run.slot

    def answer(self):
        ask = self.asks.pop(self.chance.randrange(len(self.asks)))
        if ask.run in self.runs and self.chance.random() < 0.7:
            self.stops[ask.run] = ask.stop
            self.tell(Shrunk(ask.run, ask.stop))
        else:
            self.tell(NotShrunk(ask.run, ask.stop))

    def misbehave(self):
        number = self.pick()
        match self.chance.randrange(10):
            case 0:
                name = f"w{self.chance.randrange(4)}"
                # A worker whose run was given up says so when it is free again, not before.
                if not any(run.slot == name and run.run in self.unwanted for run in self.runs.values()):
                    self.slots.add(name)
                    self.tell(SlotFree(name))
            case 1 if self.slots:
                name = self.chance.choice(sorted(self.slots))
                self.slots.discard(name)
                for run in [run for run in self.runs.values() if run.slot == name]:
                    del self.runs[run.run]
                    self.note_failure(run)
                self.tell(SlotGone(name))
            case 2 | 3 if number:
                self.done(number)
            case 4 if number:
                self.fail(number, DIED)
            case 5 if number:
                run = self.runs[number]
                self.tell(Progress(number, self.chance.randrange(len(run.frames) + 1)))
            case 6 if self.past:
                stale = self.chance.choice(self.past)
                # What is told twice of a run that is still there would be a lie of the worker's.
                if (
                    isinstance(stale, (ChunkDone, ChunkFailed, Progress, Shrunk, NotShrunk))
                    and stale.run not in self.runs
                ):
                    self.tell(stale)
            case 7 if self.asks:
                self.answer()
            case _:
                self.now += self.chance.choice([0.5, 1, 5, 30, 400])
                self.tell(Tick(self.now))

    def behave(self):
        for _ in range(2000):
            if self.made.phase is Phase.OVER:
                return
            if len(self.slots) < 2:
                name = f"w{len(self.slots) + 10}"
                self.slots.add(name)
                self.tell(SlotFree(name))
            while self.asks:
                self.answer()
            for number in sorted(self.runs):
                if number in self.runs:
                    self.done(number)
            self.now += 1
            self.tell(Tick(self.now))
        raise AssertionError("it does not end")


WHATEVER = {
    "lengths": st.lists(st.integers(1, 300), min_size=1, max_size=6),
    "grid": st.sampled_from([0, 1, 10, 60]),
    "steps": st.integers(0, 120),
    "chance": st.randoms(use_true_random=False),
    "end": st.sampled_from(["well", "well", "cancelled", "broken"]),
}


@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(**WHATEVER)
def test_whatever_happens_every_frame_is_there_once_or_the_render_fails(**happens):
    assert_whole_or_failed(**happens)


@pytest.mark.thorough
@settings(deadline=None, max_examples=250, suppress_health_check=[HealthCheck.too_slow])
@given(**WHATEVER)
def test_much_may_happen(**happens):
    assert_whole_or_failed(**happens)


def assert_whole_or_failed(lengths, grid, steps, chance, end):
    made = Scheduler(chunks(*lengths), CostCurve.flat(1.0), grid=grid)
    them = Adversary(chance, made)
    them.tell(Tick(0.0))
    for _ in range(steps):
        them.misbehave()
    if end == "cancelled":
        them.tell(CancelRequested())
    elif end == "broken" and (number := them.pick()):
        them.fail(number, BROKEN)
    them.behave()
    last = them.out[-1]
    if isinstance(last, Assemble):
        frames = [frames for _, frames in last.pieces]
        assert frames[0].start == 0
        assert frames[-1].stop == sum(lengths)
        assert all(a.stop == b.start for a, b in pairwise(frames))
        assert set(frames) <= them.committed
    else:
        assert isinstance(last, Fail)
        code = last.failure.code
        # Without workers for long, or after too many failures of one piece, a retryable error may end it as well.
        assert code in {"CANCELLED", "SCRIPT_ERROR"} or last.failure.retryable
    tried = [each for each in them.out if isinstance(each, Start)]
    per_piece = max((each.attempt for each in tried), default=0)
    # Failed tries, twins, and runs whose end was given away.
    assert per_piece <= 2 * (RETRIES + 1)


@settings(deadline=None, max_examples=30)
@given(chance=st.randoms(use_true_random=False))
def test_the_same_events_give_the_same_instructions(chance):
    first = Adversary(chance, Scheduler(chunks(100, 50, 70), CostCurve.flat(1.0), grid=10))
    first.tell(Tick(0.0))
    for _ in range(60):
        first.misbehave()
    again = Scheduler(chunks(100, 50, 70), CostCurve.flat(1.0), grid=10)
    assert [out for event in first.past for out in again.handle(event)] == first.out


def test_a_single_worker_may_go_through_the_frames_in_order():
    chunks = [Chunk(index=n, start=n * 10, stop=n * 10 + 10, cost=cost) for n, cost in enumerate((1, 9, 5))]
    curve = CostCurve.steps([(chunk.range, chunk.cost) for chunk in chunks])
    for in_order, order in ((False, [1, 2, 0]), (True, [0, 1, 2])):
        machine = Scheduler(chunks, curve, grid=0, in_order=in_order)
        out = [*machine.handle(Tick(0.0)), *machine.handle(SlotFree("a"))]
        begun = []
        while isinstance(out[0], Start):
            begun.append(out[0].chunk)
            out = machine.handle(ChunkDone(out[0].run, out[0].frames))
        assert begun == order
