"""A long mix is read by processes of their own: the same samples and the same errors, and nothing of them is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from framewright.model.sound import SAMPLE_RATE, Point, SoundGroup, SoundPlan, SoundTrack
from framewright.sound import Account, SoundError, mix
from framewright.sound.dividing import divided, shares
from framewright.sound.mixing import summed
from framewright.sound.processes import ReadingElsewhere
from framewright.sound.reading import BLOCK, Part
from framewright.sound.wire import Order
from truth import tones
from truth.grids import ordinary

SECONDS = 4
LENGTH = SECONDS * SAMPLE_RATE


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("sources")
    noise = np.random.default_rng(3).normal(0, 0.1, (LENGTH, 2))
    made = [
        tones.write(folder / "a.wav", noise),
        tones.write(folder / "b.m4a", noise),
        tones.write(folder / "c.flac", noise[: 3 * 44_100], rate=44_100),
    ]
    whole = tones.write(folder / "whole.flac", tones.tone(SECONDS, 440)).read_bytes()
    (folder / "cut.flac").write_bytes(whole[: len(whole) // 2])
    return {path.name: path for path in (*made, folder / "cut.flac")}


@pytest.fixture(autouse=True)
def always_divided(monkeypatch) -> None:
    monkeypatch.setattr("framewright.sound.dividing.WORTH", 0.0)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})


def planned(*sources: str, **more) -> SoundPlan:
    lane = (Point(t=0, v=0), Point(t=2, v=1))
    return SoundPlan(
        tracks=tuple(
            SoundTrack(
                name=f"#{index}",
                source=source,
                start=index % 7 * 0.11,
                pan=index % 3 * 0.2,
                lane=lane if index % 2 else (),
                rate=1.25 if index == 4 else 1.0,
                group="g" if index % 5 == 0 else None,
            )
            for index, source in enumerate(sources)
        ),
        groups=(SoundGroup(id="g", volume=0.7),),
        samples=LENGTH,
        **more,
    )


def children() -> list[int]:
    return [int(pid) for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()]


def endless(plan: SoundPlan) -> SoundPlan:
    """Longer than what the processes read ahead."""
    tracks = tuple(track.model_copy(update={"loop": True}) for track in plan.tracks)
    return plan.model_copy(update={"tracks": tracks, "samples": 200 * SAMPLE_RATE})


def mixed(plan: SoundPlan, files: dict[str, Path]) -> np.ndarray:
    return np.concatenate(list(mix(plan, files)))


@pytest.mark.parametrize("count", ordinary([5, 12, 30], 12))
def test_who_reads_changes_no_bit(files, monkeypatch, count: int) -> None:
    """With more tracks than the memory that is shared has slots, too."""
    monkeypatch.setattr("framewright.sound.processes._MOST_SLOTS", 8)
    names = [["a.wav", "b.m4a", "c.flac"][index % 3] for index in range(count)]
    plan = planned(*names, first=5_000)
    assert len(divided(plan, files)) == 2
    elsewhere = mixed(plan, files)
    assert children() == []
    monkeypatch.setattr("framewright.sound.mixing.divided", lambda *_: [])
    assert np.abs(elsewhere).max() > 0.1
    assert np.array_equal(elsewhere, mixed(plan, files))


@pytest.mark.thorough
def test_a_loudness_is_measured_by_them_too(files, monkeypatch) -> None:
    plan = planned("a.wav", "b.m4a", loudness=-20.0)
    elsewhere = mixed(plan, files)
    monkeypatch.setattr("framewright.sound.mixing.divided", lambda *_: [])
    assert np.array_equal(elsewhere, mixed(plan, files))


@pytest.mark.parametrize(
    "names",
    [
        ("a.wav", "cut.flac", "b.m4a"),
        pytest.param(("cut.flac", "cut.flac", "a.wav"), marks=pytest.mark.thorough),
    ],
)
def test_what_cannot_be_read_is_told_in_the_same_words(files, monkeypatch, names) -> None:
    plan = planned(*names)
    with pytest.raises(SoundError) as elsewhere:
        mixed(plan, files)
    assert children() == []
    monkeypatch.setattr("framewright.sound.mixing.divided", lambda *_: [])
    with pytest.raises(SoundError) as here:
        mixed(plan, files)
    assert (elsewhere.value.code, elsewhere.value.message) == (here.value.code, here.value.message)
    assert f"#{names.index('cut.flac')}" in here.value.message


def test_whoever_stops_early_leaves_no_process(files) -> None:
    blocks = mix(planned("a.wav", "b.m4a"), files)
    next(blocks)
    assert len(children()) == 2
    blocks.close()
    assert children() == []


def test_a_mix_that_is_given_up_while_it_waits_ends(files) -> None:
    def given_up() -> None:
        if stopped:
            raise ZeroDivisionError  # none that anything else would raise

    stopped: list[int] = []
    blocks = mix(endless(planned("a.wav", "b.m4a")), files, Account(look=given_up))
    next(blocks)
    for child in children():
        os.kill(child, signal.SIGSTOP)
        stopped.append(child)
    with pytest.raises(ZeroDivisionError):
        for _ in blocks:
            pass
    assert children() == []


def test_a_decoder_that_crashes_is_told_with_its_track(files) -> None:
    plan = endless(planned("a.wav", "b.m4a", "c.flac"))
    blocks = summed(plan, files, 0, plan.samples, lambda: None)
    next(blocks)
    os.kill(children()[0], signal.SIGKILL)
    with pytest.raises(
        SoundError, match=r"The sound of #\d cannot be used: .* makes its decoder crash"
    ) as caught:
        list(blocks)
    assert caught.value.code == "SOUND_CORRUPT"
    assert children() == []


def test_a_decoder_that_never_ends_is_told(files) -> None:
    plan = endless(planned("a.wav", "b.m4a"))
    blocks = summed(plan, files, 0, plan.samples, lambda: None)
    next(blocks)
    for child in children():
        os.kill(child, signal.SIGALRM)  # as each process does to itself
    with pytest.raises(SoundError, match="keeps its decoder busy for 120 seconds"):
        list(blocks)


def test_processes_end_when_the_mix_is_killed(files, tmp_path) -> None:
    script = tmp_path / "mix.py"
    script.write_text(
        "import os, sys, pathlib, framewright.sound.dividing as dividing\n"
        "from framewright.sound import mix\n"
        "from framewright.model.sound import SoundPlan\n"
        "dividing.WORTH, os.sched_getaffinity = 0.0, lambda _: {0, 1}\n"
        "files = {name: pathlib.Path(sys.argv[1]) / name for name in ('a.wav', 'b.m4a')}\n"
        "blocks = mix(SoundPlan.model_validate_json(sys.argv[2]), files)\n"
        "next(blocks)\n"
        "print(pathlib.Path(f'/proc/self/task/{os.getpid()}/children').read_text(), flush=True)\n"
        "sys.stdin.read()\n"
    )
    told = endless(planned("a.wav", "b.m4a")).model_dump_json()
    command = [sys.executable, script, files["a.wav"].parent, told]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as mixing:
        readers = [Path(f"/proc/{pid}/cmdline") for pid in mixing.stdout.readline().split()]
        assert len(readers) == 2
        mixing.kill()
    # What is left for a moment is a zombie: its command line is empty.
    assert any(not any(map(command_of, readers)) or time.sleep(0.05) for _ in range(200))


def command_of(place: Path) -> bytes:
    try:
        return place.read_bytes()
    except OSError:
        return b""


def test_where_no_process_can_be_started_it_is_read_here(files, monkeypatch) -> None:
    plan = planned("a.wav", "b.m4a")
    elsewhere = mixed(plan, files)
    for program in ("/nowhere/python", "/bin/false"):
        monkeypatch.setattr(sys, "executable", program)
        assert np.array_equal(elsewhere, mixed(plan, files))
        assert children() == []


def test_slots_are_used_again_only_when_they_were_taken(files) -> None:
    """The mix takes its time with every part: what it holds must not change under it."""
    plan = planned(*["a.wav", "b.m4a"] * 10)
    reading = ReadingElsewhere(
        plan, files, [tuple(range(0, 20, 2)), tuple(range(1, 20, 2))],
        first=0, stop=LENGTH, block=BLOCK, look=lambda: None,
    )  # fmt: skip
    try:
        for place in range(0, LENGTH, BLOCK):
            order: list[int] = []
            for track, _, sound in reading.between(place, min(place + BLOCK, LENGTH)):
                order.append(track)
                before = sound.copy()
                sum(range(20_000))
                assert np.array_equal(sound, before)
            assert order == sorted(set(order))
    finally:
        reading.close()


def test_costs_are_shared_out_evenly() -> None:
    assert shares([9, 1, 1, 1, 6], 2) == [(0,), (1, 2, 3, 4)]
    assert shares([1], 3) == [(0,)]
    parts = shares([1.0] * 7, 3)
    assert sorted(number for part in parts for number in part) == list(range(7))
    assert max(map(len, parts)) == 3


def test_short_mixes_and_single_tracks_start_no_process(files, monkeypatch) -> None:
    assert divided(planned("a.wav"), files) == []
    monkeypatch.setattr("framewright.sound.dividing.WORTH", 2.0)
    assert (
        divided(planned("a.wav", "b.m4a", "missing.wav"), files | {"missing.wav": Path("missing.wav")}) == []
    )
    minutes = planned(*["b.m4a"] * 40).model_copy(update={"samples": 600 * SAMPLE_RATE})
    assert divided(minutes, files) == []
    looped = minutes.model_copy(
        update={"tracks": tuple(track.model_copy(update={"loop": True}) for track in minutes.tracks)}
    )
    assert len(divided(looped, files)) == 2


def test_an_order_arrives_as_it_was_sent(files) -> None:
    plan = planned("a.wav", "b.m4a", loudness=-20.1)
    order = Order(plan, (3, 8), {name: files[name] for name in ("a.wav", "b.m4a")}, 1, 2, 3, 4)
    assert Order.read(order.written()) == order
    assert Part(1, 2, np.zeros((1, 2), np.float32)).track == 1
