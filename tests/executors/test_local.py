"""The local executor: by the suite that every executor has to pass, and what only it promises."""

from __future__ import annotations

import asyncio
import subprocess
from dataclasses import replace

import pytest
from conformance import Conformance, Making

from framewright.executors.local import LocalExecutor
from framewright.model.events import ChunkState
from framewright.render.planning.digests import sealed


class TestProcesses(Conformance):
    keeps = True

    def executor(self):
        return LocalExecutor(processes=2)

    # Thorough for others.
    async def test_what_may_be_tried_again_is(self, commission, tmp_path, browser_files):
        await super().test_what_may_be_tried_again_is(commission, tmp_path, browser_files)


# Whole renders of other tests go this way by themselves.
@pytest.mark.long
class TestThisProcess(Conformance):
    keeps = True

    def executor(self):
        return LocalExecutor(processes=1)


@pytest.mark.thorough
async def test_two_renders_of_the_same_share_a_cache(commission, tmp_path):
    one, other = (
        Making(commission.bundle, tmp_path / "one"),
        Making(commission.bundle, tmp_path / "other", cache=tmp_path / "one"),
    )
    await asyncio.gather(one.make(LocalExecutor(processes=1)), other.make(LocalExecutor(processes=1)))
    assert one.path.read_bytes() == other.path.read_bytes() == commission.reference


@pytest.mark.thorough
async def test_a_cache_that_cannot_be_written_is_no_hindrance(commission, tmp_path):
    (tmp_path / "file").mkdir()
    (tmp_path / "file" / "cache").write_text("no folder")
    making = Making(commission.bundle, tmp_path / "out", cache=tmp_path / "file")
    await making.make(LocalExecutor(processes=1))
    assert making.path.read_bytes() == commission.reference


@pytest.mark.thorough
async def test_a_full_cache_is_given_up_for_the_disk_of_the_output(commission, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("needs the right to mount a small disk")
    try:
        making = Making(commission.bundle, tmp_path / "out", cache=disk)
        await making.make(LocalExecutor(processes=1))
        assert making.path.read_bytes() == commission.reference
        assert making.states(ChunkState.FAILED), "the disk was large enough"
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


@pytest.mark.thorough
async def test_a_change_of_the_sound_renders_no_frame_again(commission, tmp_path):
    making = Making(commission.bundle, tmp_path / "out")
    await making.make(LocalExecutor(processes=1))
    plan = commission.bundle.plan
    quieter = sealed(
        plan.model_copy(
            update={
                "sound": plan.sound.model_copy(
                    update={"mix": plan.sound.mix.model_copy(update={"loudness": -30.0})}
                )
            }
        )
    )
    again = Making(replace(commission.bundle, plan=quieter), tmp_path / "again", cache=tmp_path / "out")
    await again.make(LocalExecutor(processes=1))
    assert {event.state for event in again.told} == {ChunkState.REUSED}
    assert again.path.read_bytes() != commission.reference
