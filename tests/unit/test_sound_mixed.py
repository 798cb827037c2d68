"""The sound of a plan as a committed piece: found again, given up without a trace, and told in its own words."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pytest

from framewright.media import read_sound_piece
from framewright.model.errors import CompositionError, PlanError, StalledError
from framewright.model.output import Codec, Format, Quality
from framewright.model.piece import SoundResult
from framewright.model.plan import (
    Chunk,
    Digests,
    Environment,
    OutputPlan,
    PagePlan,
    PicturePlan,
    Plan,
    SoundPiecePlan,
)
from framewright.model.sound import Dropped, SoundPlan, SoundTrack, Unheard
from framewright.render.bundle import Bundle
from framewright.render.sound_piece import mix_sound
from truth import tones

if TYPE_CHECKING:
    from pathlib import Path

SAMPLES = 48_000


def planned(sound: SoundPlan | None, *, audio: str | None = "a" * 64, box: Format = Format.MP4) -> Plan:
    return Plan(
        page=PagePlan(entry="index.html"),
        picture=PicturePlan(
            width=64, height=64, scale=1, rate="30", frames=30, start=0, stop=30, mode="seek", capture="stream"
        ),
        output=OutputPlan(
            format=box, codec=Codec.H264, quality=Quality.DRAFT, alpha=False, encoder="libx264",
            pixel_format="yuv420p", segment=60,
        ),
        environment=Environment(
            browser="Chromium 1", browser_digest="b" * 64, machine="x86_64", libraries={}, framewright="0",
            code="c" * 64, fonts={},
        ),
        chunks=(Chunk(index=0, start=0, stop=30, cost=1),),
        files=(),
        sound=None if sound is None else SoundPiecePlan(
            mix=sound, sources={}, dropped=(Dropped(name="#b", why=Unheard.MUTED),)
        ),
        digests=Digests(video="d" * 64, audio=audio, plan="e" * 64),
    )  # fmt: skip


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    tone = tones.write(tmp_path / "tone.wav", tones.tone(1, 440, db=-6.0))
    plan = planned(SoundPlan(tracks=(SoundTrack(name="#a", source="tone.wav"),), samples=SAMPLES))
    return Bundle(plan, tmp_path, tmp_path, {"tone.wav": tone})


def left_in(folder: Path) -> list[str]:
    return sorted(child.name for child in folder.iterdir())


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "pieces").mkdir()
    return tmp_path / "pieces" / "sound.piece"


async def test_a_mix_is_a_piece_with_its_account(bundle: Bundle, place: Path) -> None:
    told: list[float] = []
    result = await mix_sound(bundle.plan, bundle, place, on_progress=told.append)
    assert left_in(place.parent) == ["sound.piece", "sound.piece.json"]
    assert SoundResult.model_validate_json((place.parent / "sound.piece.json").read_bytes()) == result
    assert (result.key, result.samples, result.codec) == ("a" * 64, SAMPLES, "aac")
    assert result.bytes == place.stat().st_size
    assert (result.report.tracks, result.report.limited, len(result.report.dropped)) == (1, 0, 1)
    assert result.report.peak == pytest.approx(-6.0, abs=0.01)
    assert told == sorted(told)
    assert told[-1] == 1
    piece = read_sound_piece(place)
    assert sum(packet.duration for packet in piece.packets()) == SAMPLES + 1024


async def test_it_is_made_once(bundle: Bundle, place: Path) -> None:
    first = await mix_sound(bundle.plan, bundle, place)
    stamp = place.stat().st_mtime_ns
    assert await mix_sound(bundle.plan, Bundle(bundle.plan, None, place, {}), place) == first
    assert place.stat().st_mtime_ns == stamp


async def test_a_changed_piece_and_one_of_another_plan_are_made_again(bundle: Bundle, place: Path) -> None:
    first = await mix_sound(bundle.plan, bundle, place)
    whole = place.read_bytes()
    place.write_bytes(whole[:-1] + b"\x01")
    again = await mix_sound(bundle.plan, bundle, place)
    assert place.read_bytes() == whole
    assert again.digest == first.digest
    other = planned(bundle.plan.sound.mix, audio="f" * 64, box=Format.MOV)
    louder = await mix_sound(other, bundle, place)
    assert (louder.key, louder.codec) == ("f" * 64, "pcm_s24le")
    assert place.read_bytes() != whole


@pytest.mark.parametrize("plan", [planned(None), planned(SoundPlan(samples=1), audio=None)])
async def test_a_plan_without_sound_is_told(bundle: Bundle, place: Path, plan: Plan) -> None:
    with pytest.raises(PlanError) as caught:
        await mix_sound(plan, bundle, place)
    assert caught.value.code == "PLAN_SOUNDLESS"


async def test_a_source_that_is_missing_or_breaks_is_told_and_leaves_nothing(
    bundle: Bundle, place: Path, tmp_path: Path
) -> None:
    with pytest.raises(CompositionError, match="#a"):
        await mix_sound(bundle.plan, Bundle(bundle.plan, None, place, {}), place)
    whole = tones.write(tmp_path / "whole.flac", tones.tone(3, 440)).read_bytes()
    (tmp_path / "cut.flac").write_bytes(whole[: len(whole) // 4])
    with pytest.raises(CompositionError) as caught:
        await mix_sound(
            bundle.plan, Bundle(bundle.plan, None, place, {"tone.wav": tmp_path / "cut.flac"}), place
        )
    assert caught.value.code == "SOUND_CORRUPT"
    assert left_in(place.parent) == []


async def test_a_cancelled_mix_ends_and_leaves_nothing(bundle: Bundle, place: Path, monkeypatch) -> None:
    begun = threading.Event()

    def endless(*_):
        while True:
            begun.set()
            yield np.zeros((480, 2), np.float32)

    monkeypatch.setattr(sys.modules["framewright.render.mixing"], "mix", endless)
    task = asyncio.create_task(mix_sound(bundle.plan, bundle, place))
    assert await asyncio.to_thread(begun.wait, 30)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert left_in(place.parent) == []
    assert all(thread.name != "sound" for thread in threading.enumerate())


async def test_a_mix_that_stands_still_is_given_up(bundle: Bundle, place: Path, monkeypatch) -> None:
    gate = threading.Event()

    def stuck(*_):
        yield np.zeros((480, 2), np.float32)
        gate.wait(60)

    monkeypatch.setattr(sys.modules["framewright.render.mixing"], "mix", stuck)
    monkeypatch.setattr(sys.modules["framewright.render.sound_piece"], "_PATIENCE", 0.1)
    began = time.monotonic()
    try:
        with pytest.raises(StalledError) as caught:
            await mix_sound(bundle.plan, bundle, place, stall_seconds=0.3)
    finally:
        gate.set()
    assert caught.value.code == "SOUND_STALLED"
    assert time.monotonic() - began < 30
    assert left_in(place.parent) == []


async def test_the_plan_for_two_looks_tells_a_fraction_of_both(bundle: Bundle, place: Path) -> None:
    plan = planned(bundle.plan.sound.mix.model_copy(update={"loudness": -20.0}))
    told: list[float] = []
    result = await mix_sound(plan, bundle, place, on_progress=told.append)
    assert told[-1] == 1
    assert result.report.raised != 0
    assert result.samples == Fraction(plan.picture.stop, 30) * 48_000
