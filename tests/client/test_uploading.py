"""A project is sent file by file, and only as it was when it was listed."""

import asyncio

import pytest
from pretend import problem

from framewright.client import AsyncClient
from framewright.model.errors import CompositionError
from framewright.model.service_errors import ServerGoneError, TooLargeError


async def test_a_file_that_breaks_off_is_sent_again(service, client, project):
    (project / "big.bin").write_bytes(b"x" * 3_000_000)

    async def cut(request):
        await request.content.read(1000)
        request.transport.abort()

    service.fault("PUT blob", cut, cut)
    upload = await client.upload(project)
    assert (upload.files, upload.name) == (3, "my-title")
    assert len(service.blobs) == 3


async def test_the_same_bytes_travel_once(service, client, project):
    for number in range(5):
        (project / f"{number}.txt").write_text("the same")
    await client.upload(project)
    assert service.asked("PUT blob") == 3


@pytest.mark.parametrize("change", ["shorter", "longer", "gone", "other"])
async def test_a_file_that_changes_on_the_way_is_named(service, client, project, change):
    path = project / "big.bin"
    path.write_bytes(b"x" * 1_000_000)

    async def changed(request):
        match change:
            case "shorter":
                path.write_bytes(b"x")
            case "longer":
                path.write_bytes(b"y" * 2_000_000)
            case "other":
                path.write_bytes(b"y" * 1_000_000)
            case _:
                path.unlink()

    service.fault("POST manifest", changed)
    with pytest.raises(CompositionError) as error:
        await client.upload(project)
    assert error.value.code in {"FILE_CHANGED", "UNREADABLE"}
    assert "big.bin" in error.value.message


async def test_files_that_are_cleaned_up_meanwhile_are_sent_again(service, client, project):
    async def forget(request):
        service.blobs.clear()

    service.fault("POST manifest", forget, forget)
    await client.upload(project)
    assert service.asked("PUT blob") == 4


async def test_a_service_that_forgets_everything_is_given_up(service, client, project):
    async def forget(request):
        service.blobs.clear()

    service.fault("POST manifest", *[forget] * 20)
    with pytest.raises(ServerGoneError) as error:
        await client.upload(project)
    assert error.value.code == "UPLOAD_LOST"


@pytest.mark.parametrize("route", ["POST manifest", "PUT blob"])
async def test_too_much_is_refused_once(service, base, project, route):
    async def refuse(request):
        await request.read()
        return problem(413, "UPLOAD_TOO_LARGE", "TooLargeError")

    service.fault(route, *[refuse] * 9)
    async with AsyncClient(base, patience=5) as client:
        with pytest.raises(TooLargeError):
            await client.upload(project)
    assert service.asked(route) <= 2


async def test_a_service_that_takes_nothing_more_is_asked_again(service, client, project, monkeypatch):
    monkeypatch.setattr("framewright.client.uploading._SILENT_SECONDS", 0.3)
    (project / "big.bin").write_bytes(b"x" * 40_000_000)
    never = asyncio.Event()

    async def stall(request):
        request.transport.pause_reading()
        await never.wait()

    async def by_size(request):
        return await stall(request) if int(request.headers["Content-Length"]) > 1_000_000 else None

    service.fault("PUT blob", by_size, by_size, by_size)
    await client.upload(project)
    never.set()
    assert service.asked("PUT blob") == 4


async def test_an_empty_file_is_a_file(service, client, project):
    (project / "empty.txt").write_text("")
    await client.upload(project)
    assert b"" in service.blobs.values()
