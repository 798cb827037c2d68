from hypothesis import given, settings
from hypothesis import strategies as st

from framewright.service.jobs.hub import Hub
from framewright.service.jobs.line import Line, Waiting
from framewright.service.jobs.story import Story


def waiting(number, queued=0.0, told=0):
    return Waiting(queued, number, str(number), Story(str(number), 0, Hub()), told)


def test_each_is_told_its_last_places_and_before_that_only_now_and_then():
    line, heard = Line(), {}
    for number in range(1000):
        line.add(waiting(number, told=number))
    while len(line):
        line.take(())
        for one, place in line.moved():
            heard.setdefault(one.job, []).append(place)
    last = heard["999"]
    assert last[-10:] == list(range(9, -1, -1))
    assert last == sorted(set(last), reverse=True)
    assert len(last) < 70
    # Nobody hears less than a tenth of the way, or is left with what is long wrong.
    for before, place in zip([999, *last], last, strict=False):
        assert place <= 10 or 0.85 * before <= place <= 0.9 * before


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), max_size=40))
def test_it_is_always_in_order_and_everybody_is_found(story):
    line, there = Line(), []
    for number, (queued, leaves) in enumerate(story):
        line.add(waiting(number, float(queued)))
        there.append((queued, number))
        there.sort()
        if leaves:
            _, gone = there.pop(len(there) // 2)
            assert line.remove(str(gone)).number == gone
            assert line.remove(str(gone)) is None
        assert [(one.queued, one.number) for one in line] == there
        assert [line.position(str(number)) for _, number in there] == list(range(len(there)))
    if there:
        first = str(there[0][1])
        taken = line.take({first})
        assert (None if taken is None else taken.number) == (there[1][1] if len(there) > 1 else None)
        assert line.position(first) == 0
