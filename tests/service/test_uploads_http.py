"""Uploads over HTTP."""

from __future__ import annotations

import asyncio
import os

import aiohttp
import pytest
from archives import PAGE, tarred, zipped
from blake3 import blake3


@pytest.fixture
async def web(address):
    async with aiohttp.ClientSession(address) as session:
        yield session


async def code(answer):
    assert answer.headers["Content-Type"] == "application/problem+json", await answer.text()
    return answer.status, (await answer.json(content_type=None))["code"]


async def test_an_archive_from_sending_to_removing(web):
    archive = {"index.html": PAGE, "logo.svg": b"<svg/>"}
    headers = {"content-type": "application/zip"}
    async with web.post("/v1/uploads?name=title", data=zipped(archive), headers=headers) as answer:
        assert answer.status == 201, await answer.text()
        upload = await answer.json()
        assert answer.headers["Location"] == f"/v1/uploads/{upload['id']}"
    assert (upload["name"], upload["files"], upload["pages"]) == ("title", 2, ["index.html"])
    for content, kind in (
        (tarred(archive), "application/x-tar"),
        (tarred(archive, packed=True), "application/gzip"),
    ):
        async with web.post("/v1/uploads", data=content, headers={"content-type": kind}) as answer:
            assert (answer.status, (await answer.json())["id"]) == (200, upload["id"])
    async with web.get("/v1/uploads") as answer:
        assert [one["id"] for one in (await answer.json())["uploads"]] == [upload["id"]]
    async with web.get(f"/v1/uploads/{upload['id']}") as answer:
        assert (await answer.json())["digest"] == upload["digest"]
    async with web.delete(f"/v1/uploads/{upload['id']}") as answer:
        assert (answer.status, await answer.read()) == (204, b"")
    for asked in (web.get, web.delete):
        for name in (upload["id"], "../../x", "A" * 26, "a" * 27):
            async with asked(f"/v1/uploads/{name}") as answer:
                assert answer.status == 404


async def test_a_project_file_by_file(web):
    files = {"index.html": PAGE, "data/a.bin": os.urandom(3 << 20)}
    asked = {
        "name": "film",
        "files": [
            {"path": path, "digest": blake3(one).hexdigest(), "bytes": len(one)}
            for path, one in files.items()
        ],
    }
    async with web.post("/v1/uploads:files", json=asked) as answer:
        said = await answer.json()
        assert (answer.status, said["upload"], len(said["missing"])) == (200, None, 2)
    for content in files.values():
        for status in (201, 200):
            async with web.put(f"/v1/blobs/{blake3(content).hexdigest()}", data=content) as answer:
                assert (answer.status, (await answer.json())["bytes"]) == (status, len(content))
    for status in (201, 200):
        async with web.post("/v1/uploads:files", json=asked) as answer:
            said = await answer.json()
            assert (answer.status, said["missing"], said["upload"]["files"]) == (status, [], 2)


async def test_what_is_refused(web):
    async with web.post("/v1/uploads", data=b"{}", headers={"content-type": "application/json"}) as answer:
        assert await code(answer) == (415, "ARCHIVE_TYPE")
    for content in (b"", b"nonsense"):
        async with web.post(
            "/v1/uploads", data=content, headers={"content-type": "application/zip"}
        ) as answer:
            assert await code(answer) == (422, "ARCHIVE_BROKEN")
    async with web.post(
        "/v1/uploads", data=zipped({"../x": b""}), headers={"content-type": "application/zip"}
    ) as answer:
        assert await code(answer) == (422, "NAME_REFUSED")
    async with web.put("/v1/blobs/abc", data=b"") as answer:
        assert await code(answer) == (404, "DIGEST_INVALID")
    async with web.put(f"/v1/blobs/{'0' * 64}", data=b"x") as answer:
        assert await code(answer) == (422, "BLOB_DIFFERS")
    for asked in (
        {"name": "x", "files": []},
        {"name": "x", "files": [{"path": "x", "digest": "y", "bytes": 1}]},
    ):
        async with web.post("/v1/uploads:files", json=asked) as answer:
            assert await code(answer) == (422, "REQUEST_INVALID")


async def test_bodies_that_are_cut_off_leave_nothing(address, rooms):
    host, port = address.removeprefix("http://").split(":")
    head = (
        "{} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/zip\r\nContent-Length: 5000000\r\n\r\n"
    )
    incoming, blobs = rooms.settings.data_folder / "incoming", rooms.settings.data_folder / "blobs"

    def lying():
        return [name for folder in (incoming, blobs) for _, _, names in os.walk(folder) for name in names]

    for asked in ("POST /v1/uploads", f"PUT /v1/blobs/{'0' * 64}"):
        _, writer = await asyncio.open_connection(host, int(port))
        writer.write(head.format(asked).encode() + os.urandom(2 << 20))
        await writer.drain()
        async with asyncio.timeout(30):
            while not lying():
                await asyncio.sleep(0.01)
        writer.transport.abort()
        async with asyncio.timeout(30):
            while lying() or os.listdir(incoming):
                await asyncio.sleep(0.01)
