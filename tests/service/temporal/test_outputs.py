"""Finished files are fetched once for all who want them at the same time, whole, and make room for later ones."""

from __future__ import annotations

import asyncio
import zipfile

import pytest

from framewright.executors.temporal.values import OutputFile
from framewright.model.errors import StoreError
from framewright.model.output import Format
from framewright.model.settings import Settings
from framewright.service.temporal.outputs import Outputs, digest_of_files
from framewright.stores import open_store


@pytest.fixture
async def store(tmp_path):
    async with open_store(str(tmp_path / "store"), Settings.read()) as opened:
        yield opened


async def stored(store, folder, name, data) -> OutputFile:
    path = folder / "given"
    path.write_bytes(data)
    return OutputFile(name=name, digest=await store.put(path), bytes=len(data))


@pytest.fixture
async def outputs(store, tmp_path):
    found = Outputs(tmp_path / "outputs", store, 250)
    (tmp_path / "outputs").mkdir()
    (tmp_path / "outputs" / "of an earlier service").write_text("old")
    await found.open()
    return found


async def test_one_file_is_fetched_once_and_gone_when_there_are_too_many(
    store, outputs, tmp_path, monkeypatch
):
    files = [(await stored(store, tmp_path, "", bytes([number]) * 100),) for number in range(3)]
    fetched = []
    get = type(store).get

    async def counting(self, digest):
        fetched.append(digest)
        return await get(self, digest)

    monkeypatch.setattr(type(store), "get", counting)

    async def read(number):
        async with outputs.file(files[number], Format.MP4) as path:
            await asyncio.sleep(0.05)
            return path.read_bytes()

    assert set(await asyncio.gather(*(read(0) for _ in range(5)))) == {bytes([0]) * 100}
    assert len(fetched) == 1
    async with outputs.file(files[0], Format.MP4) as held:
        assert await read(1) == bytes([1]) * 100
        assert await read(2) == bytes([2]) * 100
        # What somebody reads stays, however much there is.
        assert held.exists()
    names = {path.name for path in (tmp_path / "outputs").iterdir()}
    assert len(names) == 2
    assert digest_of_files(files[2]) in names
    assert await read(1) == bytes([1]) * 100


async def test_a_sequence_is_one_archive_whose_bytes_are_the_same_everywhere(store, outputs, tmp_path):
    files = [await stored(store, tmp_path, f"frame_{number:06d}.png", b"%d" % number) for number in (2, 1)]
    async with outputs.file(files, Format.PNG_SEQUENCE) as first:
        data = first.read_bytes()
        with zipfile.ZipFile(first) as archive:
            assert {name: archive.read(name) for name in archive.namelist()} == {
                "frame_000001.png": b"1",
                "frame_000002.png": b"2",
            }
    other = Outputs(tmp_path / "elsewhere", store, 250)
    await other.open()
    async with other.file(files, Format.PNG_SEQUENCE) as second:
        assert second.read_bytes() == data
    assert digest_of_files(files) != digest_of_files(files[:1])


async def test_nothing_is_left_of_what_cannot_be_fetched(store, outputs, tmp_path):
    there = await stored(store, tmp_path, "frame_000001.png", b"1")
    lacking = OutputFile(name="../../escape.png", digest="0" * 64, bytes=1)
    for files, kind in (([lacking], Format.MP4), ([there, lacking], Format.PNG_SEQUENCE)):
        with pytest.raises(StoreError) as missing:
            async with outputs.file(files, kind):
                pass
        assert missing.value.code == "BLOB_MISSING"
    assert not (tmp_path / "escape.png").exists()
    left = [path for path in (tmp_path / "outputs").iterdir() if path.suffix != ".frames"]
    assert left == []


async def test_what_is_shown_once_is_gone_afterwards(outputs, tmp_path):
    async with outputs.scratch(b"picture", ".jpg") as place:
        assert place.read_bytes() == b"picture"
    assert list((tmp_path / "outputs").iterdir()) == []
