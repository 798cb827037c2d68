"""What a page wants is measured as soon as it has told it."""

import pytest

from framewright.model.events import Decided
from framewright.model.job import Planned
from framewright.render import RenderOptions
from framewright.service.errors import LimitError
from framewright.service.runner.limits import Measure
from framewright.service.runner.messages import RunLimits

WANTED = RunLimits(duration=1.0, frames=10, pixels=160 * 90)


def decided(subject, choice, **inputs):
    return Decided(subject=subject, choice=choice, inputs=inputs, reason="It is so.")


EVENTS = [
    decided("size", {"width": 160, "height": 90}),
    decided("fps", "10"),
    decided("duration", 1.0, frames=10),
]


def measured(limits, **options):
    told = []
    measure = Measure(limits, RenderOptions(**options), told.append)
    for event in EVENTS:
        measure.take(event)
    return told


def test_what_is_allowed_is_told():
    *before, last = measured(WANTED)
    assert before == EVENTS
    assert isinstance(last, Planned)
    assert (last.plan.width, last.plan.height, last.plan.frames, last.plan.seconds) == (160, 90, 10, 1.0)


@pytest.mark.parametrize(
    ("allowed", "code"),
    [
        ({"pixels": 160 * 90 - 1}, "RUN_PIXELS"),
        ({"frames": 9}, "RUN_FRAMES"),
        ({"duration": 0.9}, "RUN_DURATION"),
    ],
)
def test_what_is_more_is_refused(allowed, code):
    limits = WANTED.model_copy(update=allowed)
    with pytest.raises(LimitError, match="allowed") as raised:
        measured(limits)
    assert raised.value.code == code
    if code != "RUN_PIXELS":
        # A part of it is within the limits.
        *_, last = measured(limits, start_frame=2, end_frame=5)
        assert (last.plan.first_frame, last.plan.frames, last.plan.seconds) == (2, 3, 0.3)
