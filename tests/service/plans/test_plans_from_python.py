"""The steps of a render by :class:`framewright.Client`, awaited and not."""

from __future__ import annotations

import asyncio

import pytest

from framewright.client import AsyncClient, Client, CompositionSource, ConflictError, UnknownError
from framewright.model.errors import UsageError
from framewright.model.piece import ChunkResult

_PAGE = CompositionSource(html="<p>hi</p>")


@pytest.fixture
def base(web):
    return str(web._base_url).rstrip("/")


async def test_step_by_step(base, runs, tmp_path):
    async with AsyncClient(base) as client:
        plan = await client.plans.make(_PAGE, chunks=2)
        assert (plan.frames, len(plan.chunks), plan.sound) == (300, 2, False)
        assert (await client.plans.document(plan.digest)).digests == plan.digests
        with pytest.raises(ConflictError) as error:
            await client.plans.chunk(plan.digest, 1, tmp_path / "1.piece")
        assert error.value.code == "PIECE_NOT_READY"
        with pytest.raises(ConflictError) as error:
            await client.plans.output(plan.digest, tmp_path / "out.mp4")
        assert error.value.code == "OUTPUT_NOT_READY"
        with pytest.raises(ConflictError) as error:
            await client.plans.assemble(plan.digest)
        assert error.value.code == "PIECES_MISSING"
        made = [await client.plans.render_chunk(plan.digest, one.index) for one in plan.chunks]
        assert [isinstance(one.result, ChunkResult) for one in made] == [True, True]
        assert (await client.plans.render_chunk(plan.digest, 0)).reused
        await client.plans.chunk(plan.digest, 1, tmp_path / "1.piece")
        assert (tmp_path / "1.piece").read_bytes() == b"frames 180 to 300;"
        assert [one.done for one in (await client.plans.show(plan.digest)).chunks] == [True, True]
        assert not (await client.plans.assemble(plan.digest)).reused
        await client.plans.output(plan.digest, tmp_path / "out.mp4")
    assert (tmp_path / "out.mp4").read_bytes() == b"frames 0 to 180;frames 180 to 300;"
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["1.piece", "out.mp4"]
    assert runs.done == ["plan", "chunk", "chunk", "assemble"]


async def test_not_awaited(base, tmp_path):
    def steps():
        with Client(base) as client:
            plan = client.plans.make(_PAGE, chunks=2)
            for one in plan.chunks:
                client.plans.render_chunk(plan.digest, one.index)
            client.plans.chunk(plan.digest, 0, tmp_path / "0.piece")
            client.plans.assemble(plan.digest)
            assert client.plans.show(plan.digest).output == client.plans.output(
                plan.digest, tmp_path / "out.mp4"
            )
            assert client.plans.document(plan.digest).digests == plan.digests
            for step in (
                client.plans.mix_sound,
                lambda digest: client.plans.sound(digest, tmp_path / "sound"),
            ):
                with pytest.raises(UnknownError):
                    step(plan.digest)

    await asyncio.to_thread(steps)
    assert (tmp_path / "0.piece").read_bytes() == b"frames 0 to 180;"


async def test_whoever_leaves_off_calls_off_the_chunk(base, runs):
    async with AsyncClient(base) as client:
        plan = await client.plans.make(_PAGE)
        runs.going.clear()
        asking = asyncio.create_task(client.plans.render_chunk(plan.digest, 0))
        await runs.until(lambda: "chunk" in runs.began)
        asking.cancel()
        await runs.until(lambda: runs.left == ["chunk"])
        runs.going.set()


@pytest.mark.parametrize("digest", ["../renders", "", "a/b"])
async def test_a_digest_leads_nowhere_else(base, runs, digest):
    async with AsyncClient(base) as client:
        with pytest.raises(UsageError):
            await client.plans.show(digest)
        with pytest.raises(UsageError):
            await client.plans.render_chunk(digest, 0)
