"""Uploads as a service keeps them: known again, bounded, cleaned up, and never half there."""

from __future__ import annotations

import asyncio
import errno
import os
import time
from contextlib import asynccontextmanager

import pytest
from archives import PAGE, tarred, zipped
from blake3 import blake3

from framewright.model.job_request import CompositionSource
from framewright.model.upload import UploadFile, UploadManifest
from framewright.service.database import Database
from framewright.service.desk import Caller
from framewright.service.errors import (
    BusyError,
    ConflictError,
    RequestError,
    TooLargeError,
    UnavailableError,
    UnknownError,
)
from framewright.service.settings import ServiceSettings
from framewright.service.sources import Sources
from framewright.service.uploads import Intake, Uploads
from framewright.service.uploads.book import BLOCK

ME, ANOTHER = Caller("me", frozenset({"read", "write"})), Caller("another", frozenset({"read", "write"}))


class Service:
    """Uploads with their database."""

    def __init__(self, settings, database, uploads):
        self.settings = settings
        self.database = database
        self.uploads = uploads
        self.intake = Intake(settings, uploads)

    async def send(self, archive, caller=ME, **more):
        return await self.intake.take_archive(pieces(archive), caller, **more)

    async def blob(self, content, caller=ME):
        return await self.intake.take_blob(digest(content), pieces(content), caller)

    async def age(self, days):
        def older(db):
            db.execute("UPDATE uploads SET used = used - ?", (days * 86400,))

        await self.database.run(older)
        for folder, _, names in os.walk(self.settings.data_folder / "blobs"):
            for name in names:
                path = os.path.join(folder, name)
                then = os.stat(path).st_mtime - days * 86400
                os.utime(path, (then, then))

    async def job(self, upload, state):
        def insert(db):
            db.execute(
                "INSERT INTO jobs (id, owner, name, state, request, source, upload, created, queued) "
                "VALUES (hex(randomblob(8)), 'me', 'film', ?, '{}', '{}', ?, 0, 0)",
                (state, upload),
            )

        await self.database.run(insert)

    def left(self):
        """What lies in the data folder beside the database."""
        data = self.settings.data_folder
        return sorted(
            os.path.relpath(os.path.join(folder, name), data)
            for folder, _, names in os.walk(data)
            for name in names
            if not name.startswith("service.sqlite3")
        )


@asynccontextmanager
async def serving(folder, **settings):
    found = ServiceSettings(data=folder, **settings)
    async with Database(folder / "service.sqlite3") as database, Uploads(found, database) as uploads:
        yield Service(found, database, uploads)


@pytest.fixture
async def service(tmp_path):
    async with serving(tmp_path) as found:
        yield found


async def pieces(content, size=1000):
    for start in range(0, len(content), size):
        yield content[start : start + size]


def digest(content):
    return blake3(content).hexdigest()


def manifest(files, name="film"):
    told = [UploadFile(path=path, digest=digest(one), bytes=len(one)) for path, one in files.items()]
    return UploadManifest(name=name, files=tuple(told))


async def test_a_project_and_how_it_is_known_again(service):
    upload, fresh = await service.send(
        zipped({"film/index.html": PAGE, "film/a/b.html": b"<p>", "film/x.txt": b"x"})
    )
    assert fresh
    assert (upload.name, upload.by, upload.files, upload.bytes) == ("film", "me", 3, len(PAGE) + 4)
    assert upload.pages == ("index.html", "a/b.html")
    found, folder = await service.uploads.open(upload.id, ME)
    assert found.id == upload.id
    assert (folder / "index.html").read_bytes() == PAGE
    assert (folder / "index.html").stat().st_mode & 0o222 == 0
    # Packed otherwise and in another order, it is the same.
    again, fresh = await service.send(
        tarred({"x.txt": b"x", "a/b.html": b"<p>", "index.html": PAGE}, packed=True)
    )
    assert (again.id, fresh) == (upload.id, False)
    # Another's is another.
    other, fresh = await service.send(
        zipped({"index.html": PAGE, "a/b.html": b"<p>", "x.txt": b"x"}), ANOTHER, name="x"
    )
    assert fresh
    assert (other.id != upload.id, other.digest == upload.digest, other.name) == (True, True, "x")
    assert not list((service.settings.data_folder / "incoming").iterdir())


async def test_a_folder_is_only_taken_off_where_it_holds_the_page(service):
    upload, _ = await service.send(zipped({"a/index.html": PAGE, "b/x": b"x"}))
    assert upload.pages == ("a/index.html",)
    upload, _ = await service.send(zipped({"a/sub/index.html": PAGE}))
    assert upload.pages == ("a/sub/index.html",)


async def test_what_is_others_is_unknown(service):
    upload, _ = await service.send(zipped({"index.html": PAGE}))
    for ask in (service.uploads.open, service.uploads.show, service.uploads.remove):
        for one in (upload.id, "a" * 26):
            with pytest.raises(UnknownError) as refused:
                await ask(one, ANOTHER)
            assert refused.value.code == "UPLOAD_UNKNOWN"
    assert (await service.uploads.page(ANOTHER)).uploads == ()
    everything = await service.uploads.page(Caller("boss", frozenset({"admin"})))
    assert [one.id for one in everything.uploads] == [upload.id]


async def test_the_list_comes_in_pages(service):
    sent = [(await service.send(zipped({"index.html": PAGE, "n": str(n).encode()})))[0].id for n in range(5)]
    seen, before = [], None
    while True:
        page = await service.uploads.page(ME, before=before, limit=2)
        seen += [one.id for one in page.uploads]
        before = page.next
        if before is None:
            break
    assert seen == sent[::-1]


async def test_removing(service):
    upload, _ = await service.send(zipped({"index.html": PAGE}))
    await service.job(upload.id, "running")
    with pytest.raises(ConflictError) as refused:
        await service.uploads.remove(upload.id, ME)
    assert refused.value.code == "UPLOAD_NEEDED"
    await service.database.run(lambda db: db.execute("UPDATE jobs SET state = 'failed'"))
    await service.uploads.remove(upload.id, ME)
    assert service.left() == []
    # The job is still there, without it.
    kept = await service.database.run(lambda db: db.execute("SELECT upload FROM jobs").fetchall())
    assert [row[0] for row in kept] == [None]


async def test_nothing_is_left_of_what_was_refused(service):
    for archive in (
        zipped({"index.html": PAGE, "../x": b""}),
        zipped({"a": os.urandom(5000)})[:200],
        b"noise" * 500,
    ):
        with pytest.raises(RequestError):
            await service.send(archive)
        assert service.left() == []
    assert (await service.uploads.page(ME)).uploads == ()


async def test_a_body_that_is_too_large(tmp_path):
    async with serving(tmp_path, upload=5000) as service:
        for taking in (service.send, service.blob):
            with pytest.raises(TooLargeError) as refused:
                await taking(os.urandom(5001))
            assert refused.value.code == "BODY_TOO_LARGE"
        assert service.left() == []


async def test_a_caller_that_leaves_in_the_middle(service):
    arrived = asyncio.Event()

    async def endless():
        yield zipped({"index.html": PAGE})[:50]
        yield os.urandom(3 << 20)
        arrived.set()
        await asyncio.Event().wait()

    for taking in (
        service.intake.take_archive(endless(), ME),
        service.intake.take_blob("0" * 64, endless(), ME),
    ):
        arrived.clear()
        task = asyncio.create_task(taking)
        await arrived.wait()
        assert service.left()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert service.left() == []


@pytest.mark.parametrize("where", ["folders.commit", "database"])
async def test_whoever_leaves_while_it_is_filed_finds_it_whole_or_not_at_all(service, monkeypatch, where):
    files = {"index.html": PAGE}
    began = asyncio.Event()
    loop = asyncio.get_running_loop()
    commit = service.uploads.folders.commit

    def slow(made, upload):
        loop.call_soon_threadsafe(began.set)
        if where == "folders.commit":
            time.sleep(0.2)
        commit(made, upload)

    monkeypatch.setattr(service.uploads.folders, "commit", slow)
    task = asyncio.create_task(service.send(zipped(files)))
    await began.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    listed = (await service.uploads.page(ME)).uploads
    assert [one.files for one in listed] == [1]
    assert service.left() == [f"uploads/{listed[0].id}/index.html"]


async def test_two_uploads_of_one_project_at_once(service):
    archive = zipped({"index.html": PAGE})
    found = await asyncio.gather(*(service.send(archive) for _ in range(3)))
    assert len({upload.id for upload, _ in found}) == 1
    assert sorted(fresh for _, fresh in found) == [False, False, True]
    assert len(service.left()) == 1


async def test_too_many_bodies_at_once(service):
    hold = asyncio.Event()

    async def slow():
        await hold.wait()
        yield zipped({"index.html": PAGE})

    tasks = [asyncio.create_task(service.intake.take_archive(slow(), ME)) for _ in range(8)]
    await asyncio.sleep(0)
    with pytest.raises(BusyError) as refused:
        await service.send(zipped({"index.html": PAGE}))
    assert refused.value.code == "UPLOADS_BUSY"
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert (await service.send(zipped({"index.html": PAGE})))[1]


async def test_a_full_disk_is_told_as_such(service, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(service.uploads.folders, "commit", full)
    with pytest.raises(UnavailableError) as refused:
        await service.send(zipped({"index.html": PAGE}))
    assert (refused.value.code, refused.value.retryable) == ("DISK_FULL", True)
    assert service.left() == []


async def test_what_an_end_in_the_middle_leaves_is_swept(tmp_path):
    async with serving(tmp_path) as service:
        kept, _ = await service.send(zipped({"index.html": PAGE}))
        lost, _ = await service.send(zipped({"index.html": PAGE, "x": b"x"}))
        await service.blob(b"blob")
    (tmp_path / "uploads" / "b" / "half").mkdir(parents=True)
    (tmp_path / "incoming" / "c").mkdir()
    (tmp_path / "incoming" / "c" / "archive").write_bytes(b"x")
    next((tmp_path / "blobs").iterdir()).joinpath(".partial-1-x").write_bytes(b"x")
    (tmp_path / "uploads" / lost.id).rename(tmp_path / "elsewhere")
    async with serving(tmp_path) as service:
        assert [one.id for one in (await service.uploads.page(ME)).uploads] == [kept.id]
        assert sorted(os.listdir(tmp_path / "uploads")) == [kept.id]
        assert not os.listdir(tmp_path / "incoming")
        assert not [name for name in service.left() if ".partial" in name]
        assert service.uploads.blobs.loose == 4 + BLOCK


async def test_what_is_unused_for_long_is_removed(service):
    old, _ = await service.send(zipped({"index.html": PAGE}))
    needed, _ = await service.send(zipped({"index.html": PAGE, "a": b"a"}))
    await service.job(needed.id, "queued")
    await service.blob(b"loose")
    await service.age(8)
    named, _ = await service.send(zipped({"index.html": PAGE, "b": b"b"}))
    await service.uploads.clean()
    found = {one.id for one in (await service.uploads.page(ME)).uploads}
    assert found == {needed.id, named.id}
    assert old.id not in str(service.left())
    assert service.uploads.blobs.loose == 0


async def test_the_oldest_unused_make_room(tmp_path):
    async with serving(tmp_path, uploads=3 * (1100 + 3 * BLOCK)) as service:
        first, _ = await service.send(zipped({"index.html": PAGE, "a": bytes(1000)}))
        second, _ = await service.send(zipped({"index.html": PAGE, "b": bytes(1000)}))
        third, _ = await service.send(zipped({"index.html": PAGE, "c": bytes(1000)}))
        # Just sent: whoever did so is about to use them.
        with pytest.raises(TooLargeError) as refused:
            await service.send(zipped({"index.html": PAGE, "d": bytes(1000)}))
        assert refused.value.code == "UPLOADS_FULL"
        await service.age(1)
        await service.job(first.id, "running")
        await service.uploads.open(second.id, ME)
        fourth, _ = await service.send(zipped({"index.html": PAGE, "d": bytes(1000)}))
        found = {one.id for one in (await service.uploads.page(ME)).uploads}
        assert found == {first.id, second.id, fourth.id}
        assert third.id not in str(service.left())
        with pytest.raises(TooLargeError):
            await service.blob(bytes(1000))
        assert len(service.left()) == 6


async def test_tiny_pages_take_room_too(tmp_path):
    async with serving(tmp_path, uploads=5 * 2 * BLOCK) as service:
        for number in range(4):
            await service.uploads.keep_page(f"<p>{number}", ME, name="page")
        with pytest.raises(TooLargeError):
            await service.uploads.keep_page("<p>one more", ANOTHER, name="page")


async def test_a_project_file_by_file(service):
    files = {"index.html": PAGE, "a/b.txt": b"b", "a/c.txt": b"b", "empty": b""}
    answer, fresh = await service.intake.take_manifest(manifest(files), ME)
    assert (answer.upload, fresh) == (None, False)
    assert set(answer.missing) == {digest(PAGE), digest(b"b"), digest(b"")}
    for content in (PAGE, b"b"):
        stored, fresh = await service.blob(content)
        assert (stored.digest, stored.bytes, fresh) == (digest(content), len(content), True)
    assert (await service.blob(PAGE))[1] is False
    answer, _ = await service.intake.take_manifest(manifest(files), ME)
    assert answer.missing == (digest(b""),)
    await service.blob(b"")
    answer, fresh = await service.intake.take_manifest(manifest(files), ME)
    assert fresh
    assert answer.upload is not None
    _, folder = await service.uploads.open(answer.upload.id, ME)
    assert {path: (folder / path).read_bytes() for path in files} == files
    # Linked, so that nothing takes room twice.
    assert service.uploads.blobs.loose == 0
    again, fresh = await service.intake.take_manifest(manifest(files, "other"), ME)
    assert (again.upload.id, fresh) == (answer.upload.id, False)
    # And it is the same project as an archive.
    assert (await service.send(zipped(files)))[0].id == answer.upload.id


async def test_a_digest_opens_nobody_elses_file(service):
    await service.blob(b"secret")
    files = {"index.html": b"secret"}
    answer, _ = await service.intake.take_manifest(manifest(files), ANOTHER)
    assert answer.missing == (digest(b"secret"),)
    # Nor does a token whose name looks like a path.
    odd = Caller("../me", frozenset({"write"}))
    assert (await service.intake.take_manifest(manifest(files), odd))[0].missing
    assert (await service.blob(b"secret", odd))[1]


async def test_a_file_that_is_not_what_its_address_says(service):
    with pytest.raises(RequestError) as refused:
        await service.intake.take_blob(digest(b"one"), pieces(b"other"), ME)
    assert refused.value.code == "BLOB_DIFFERS"
    assert service.left() == []
    await service.blob(b"one")
    lying = UploadManifest(name="x", files=(UploadFile(path="index.html", digest=digest(b"one"), bytes=4),))
    with pytest.raises(RequestError) as refused:
        await service.intake.take_manifest(lying, ME)
    assert refused.value.code == "BLOB_DIFFERS"


@pytest.mark.parametrize(
    ("paths", "code"),
    [
        (["../x"], "NAME_REFUSED"),
        (["/x"], "NAME_REFUSED"),
        (["a", "A"], "NAME_TWICE"),
        (["a", "a"], "NAME_TWICE"),
        (["a", "a/b"], "NAME_TWICE"),
        ([".DS_Store"], "ARCHIVE_EMPTY"),
    ],
)
async def test_manifests_are_held_to_the_rules_of_archives(service, paths, code):
    await service.blob(b"x")
    files = tuple(UploadFile(path=path, digest=digest(b"x"), bytes=1) for path in paths)
    with pytest.raises(RequestError) as refused:
        await service.intake.take_manifest(UploadManifest(name="x", files=files), ME)
    assert refused.value.code == code


async def test_manifests_have_limits(tmp_path):
    async with serving(tmp_path, upload_files=2, upload_size=100) as service:
        for files, code in (
            ({"a": b"1", "b": b"2", "c": b"3"}, "ARCHIVE_TOO_MANY"),
            ({"a": bytes(101)}, "ARCHIVE_TOO_LARGE"),
        ):
            with pytest.raises(TooLargeError) as refused:
                await service.intake.take_manifest(manifest(files), ME)
            assert refused.value.code == code


async def test_a_page_of_a_request_is_an_upload(service):
    sources = Sources(service.settings, service.uploads)
    found = await sources.resolve(CompositionSource(html="<h1>Grüße</h1>"), ME)
    again = await sources.resolve(CompositionSource(html="<h1>Grüße</h1>"), ME)
    assert found == again
    with open(found.composition, encoding="utf-8-sig") as file:
        assert file.read() == "<h1>Grüße</h1>"
    other = await sources.resolve(CompositionSource(html="<h1>Grüße</h1>"), ANOTHER)
    assert other.upload != found.upload
    with pytest.raises(RequestError) as refused:
        await sources.resolve(CompositionSource.model_construct(html="\ud800<p>", upload=None), ME)
    assert refused.value.code == "HTML_INVALID"
