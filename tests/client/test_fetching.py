"""A finished file arrives whole, or not at all."""

import asyncio

import pytest
from aiohttp import web
from pretend import FILM, cut_after, repr_digest

from framewright.model.errors import OutputError
from framewright.model.job_request import CompositionSource
from framewright.model.service_errors import ServerGoneError

_PAGE = CompositionSource(html="<p>hello</p>")


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr("framewright.client.patience._FIRST_SECONDS", 0.01)


async def test_a_download_goes_on_where_it_broke_off(service, client, tmp_path):
    job = await client.submit(_PAGE)
    service.fault("GET output", *[cut_after(1_000_000, service.output)] * 3)
    await client.output(job.id, tmp_path / "out.mp4")
    assert (tmp_path / "out.mp4").read_bytes() == FILM
    ranges = [headers.get("Range") for headers in service.headers[-4:]]
    assert ranges[0] is None
    begun = [int(one.removeprefix("bytes=").rstrip("-")) for one in ranges[1:]]
    assert begun == [1_000_000, 2_000_000, 3_000_000]


async def test_without_a_tag_it_begins_anew(service, client, tmp_path):
    service.tag = None
    job = await client.submit(_PAGE)
    service.fault("GET output", cut_after(3_000_000, service.output))
    await client.output(job.id, tmp_path / "out.mp4")
    assert (tmp_path / "out.mp4").read_bytes() == FILM


async def test_another_version_is_fetched_from_its_beginning(service, client, tmp_path):
    job = await client.submit(_PAGE)

    async def changed(request):
        service.tag, service.film, service.digest = '"two"', FILM[::-1], repr_digest(FILM[::-1], "blake3")

    service.fault("GET output", cut_after(3_000_000, service.output), changed)
    await client.output(job.id, tmp_path / "out.mp4")
    assert (tmp_path / "out.mp4").read_bytes() == FILM[::-1]


@pytest.mark.parametrize(
    "wrong", [FILM[:-1], FILM + b"x", b"", b"y" * len(FILM)], ids=["short", "long", "none", "other"]
)
async def test_other_bytes_than_the_service_holds_are_refused(service, client, tmp_path, wrong):
    job = await client.submit(_PAGE)
    service.film = wrong
    (tmp_path / "out.mp4").write_text("before")
    with pytest.raises(ServerGoneError) as error:
        await client.output(job.id, tmp_path / "out.mp4")
    assert error.value.code == "DOWNLOAD_BROKEN"
    assert [path.name for path in tmp_path.iterdir()] == ["out.mp4"]
    assert (tmp_path / "out.mp4").read_text() == "before"


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Range": "bytes 5-9/10"},
        {"Content-Range": "nonsense"},
        {},
        {"Content-Range": f"bytes 1000000-{len(FILM) - 1}/{len(FILM)}", "ETag": '"another"'},
    ],
)
async def test_a_part_that_nobody_asked_for_is_refused(service, client, tmp_path, headers):
    job = await client.submit(_PAGE)

    async def part(request):
        return web.Response(status=206, body=b"x", headers=headers)

    service.fault("GET output", cut_after(1_000_000, service.output), part)
    with pytest.raises(ServerGoneError) as error:
        await client.output(job.id, tmp_path / "out.mp4")
    assert error.value.code == "ANSWER_STRANGE"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "digest", [repr_digest(FILM, "blake3"), f"md5=:AA==:, {repr_digest(FILM)}", "md5=:AA==:", None]
)
async def test_digests_that_are_not_known_here_say_nothing(service, client, tmp_path, digest):
    service.digest = digest
    job = await client.submit(_PAGE)
    await client.output(job.id, tmp_path / "out.mp4")
    assert (tmp_path / "out.mp4").read_bytes() == FILM


async def test_a_download_that_never_gets_on_is_given_up(service, base, tmp_path):
    from framewright.client import AsyncClient

    service.fault("GET output", *[cut_after(0, service.output)] * 1000)
    async with AsyncClient(base, patience=0.3) as client:
        job = await client.submit(_PAGE)
        with pytest.raises(ServerGoneError) as error:
            await client.output(job.id, tmp_path / "out.mp4")
    assert error.value.code == "SERVER_GONE"
    assert list(tmp_path.iterdir()) == []


async def test_a_cancelled_download_leaves_nothing(service, client, tmp_path):
    job = await client.submit(_PAGE)
    never, asked = asyncio.Event(), asyncio.Event()

    async def hang(request):
        answer = web.StreamResponse()
        await answer.prepare(request)
        await answer.write(b"x")
        asked.set()
        await never.wait()

    service.fault("GET output", hang)
    task = asyncio.create_task(client.output(job.id, tmp_path / "out.mp4"))
    await asked.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    never.set()
    assert list(tmp_path.iterdir()) == []


async def test_a_full_disk_is_the_disks_fault(service, client):
    job = await client.submit(_PAGE)
    with pytest.raises(OutputError) as error:
        await client.output(job.id, "/dev/full")
    assert error.value.code == "DISK_FULL"
