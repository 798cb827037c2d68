"""Encoders do not take the machine: whoever opens one keeps the priority that it was given."""

from __future__ import annotations

import os
import threading

import pytest

from framewright.media.codec_settings import settings_for
from framewright.media.thread_priority import kept_priority
from framewright.media.video_file import open_codec
from framewright.model.frames import FrameRate
from framewright.model.output import Codec, Format, OutputSpec, Quality
from framewright.model.size import Size


def policies():
    return {os.sched_getscheduler(int(thread)) for thread in os.listdir("/proc/self/task")}


@pytest.fixture
def real_time():
    """Puts threads before everything else, as an encoder does; whoever may not is skipped."""

    def put(thread=0):
        try:
            os.sched_setscheduler(thread, os.SCHED_FIFO, os.sched_param(1))
        except PermissionError:
            pytest.skip("needs the right to run in real time")

    yield put
    os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))


def test_an_av1_encoder_leaves_its_caller_and_its_threads_what_they_were():
    before = len(os.listdir("/proc/self/task"))
    rate = FrameRate.parse("30")
    spec = OutputSpec(Format.MP4, Codec.AV1, Quality.DRAFT)
    codec = open_codec(settings_for(spec, Size(128, 72), rate), rate)
    assert len(os.listdir("/proc/self/task")) > before + 1, "it has threads of its own"
    assert policies() == {os.SCHED_OTHER}
    del codec


def test_what_becomes_real_time_inside_does_not_stay_so(real_time):
    over = threading.Event()
    thread = threading.Thread(target=over.wait)
    with kept_priority():
        real_time()
        thread.start()
    try:
        assert policies() == {os.SCHED_OTHER}
    finally:
        over.set()
        thread.join()


def test_who_runs_in_real_time_goes_on_so(real_time):
    real_time()
    with kept_priority():
        pass
    assert os.sched_getscheduler(0) == os.SCHED_FIFO
