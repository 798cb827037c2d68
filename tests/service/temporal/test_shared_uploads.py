"""What one service was sent, the others on the same store have too."""

from __future__ import annotations

from contextlib import asynccontextmanager

import pytest
from desks import ANNE, BERT

from framewright.model.errors import StoreError
from framewright.model.settings import Settings
from framewright.model.upload import UploadFile, UploadManifest
from framewright.service.database import Database
from framewright.service.errors import UnavailableError, UnknownError
from framewright.service.settings import ServiceSettings
from framewright.service.temporal.shared_uploads import SharedUploads
from framewright.service.uploads import Intake, Uploads
from framewright.stores import digest_of, open_store

PAGE, PICTURE = b"<!doctype html><img src='a/b.png'>", b"picture"


@asynccontextmanager
async def service(folder, name):
    """The uploads of one service, with what takes them in."""
    settings = ServiceSettings(data=folder / name)
    (folder / name).mkdir(mode=0o700)
    here = Settings.read(cache=folder / f"{name}-cache")
    async with (
        open_store(str(folder / "store"), here) as store,
        Database(folder / name / "service.sqlite3") as database,
        Uploads(settings, database, elsewhere=SharedUploads(store)) as uploads,
    ):
        yield uploads, Intake(settings, uploads)


async def sent(intake, caller=ANNE, page=PAGE):
    async def body(data):
        yield data

    files = {"index.html": page, "a/b.png": PICTURE}
    manifest = UploadManifest(
        name="film",
        files=[
            UploadFile(path=path, digest=digest_of(data), bytes=len(data)) for path, data in files.items()
        ],
    )
    for data in files.values():
        await intake.take_blob(digest_of(data), body(data), caller)
    answer, _ = await intake.take_manifest(manifest, caller)
    return answer.upload


async def test_an_upload_is_found_at_another_service_by_its_owner_alone(tmp_path):
    async with service(tmp_path, "one") as (one, intake), service(tmp_path, "two") as (two, _):
        upload = await sent(intake)
        for call in (two.open, two.show, two.remove):
            with pytest.raises(UnknownError):
                await call(upload.id, BERT)
        shown = await two.show(upload.id, ANNE)
        assert (shown.id, shown.by, shown.name, shown.digest) == (upload.id, "anne", "film", upload.digest)
        assert shown.created == upload.created
        found, folder = await two.open(upload.id, ANNE)
        assert found.pages == ("index.html",)
        assert (folder / "index.html").read_bytes() == PAGE
        assert (folder / "a" / "b.png").read_bytes() == PICTURE
        with pytest.raises(UnknownError):
            await two.open("a" * 26, ANNE)
        await two.remove(upload.id, ANNE)
        with pytest.raises(UnknownError):
            await two.open(upload.id, ANNE)
        # Who took it has its copy until it is removed there, too.
        await one.remove(upload.id, ANNE)
        with pytest.raises(UnknownError):
            await one.open(upload.id, ANNE)


async def test_the_same_project_sent_to_both_is_one_at_each(tmp_path):
    async with service(tmp_path, "one") as (_, first), service(tmp_path, "two") as (two, second):
        here, there = await sent(first), await sent(second)
        assert here.id != there.id
        found, folder = await two.open(here.id, ANNE)
        assert found.id == there.id
        assert (folder / "index.html").read_bytes() == PAGE


async def test_what_was_cleaned_up_is_unknown_and_a_store_that_is_away_is_said(tmp_path, monkeypatch):
    async with service(tmp_path, "one") as (_, intake), service(tmp_path, "two") as (two, other):
        upload = await sent(intake)
        for blob in (tmp_path / "store" / "blobs").glob(f"*/{digest_of(PICTURE)}"):
            blob.unlink()
        with pytest.raises(UnknownError) as gone:
            await two.open(upload.id, ANNE)
        assert gone.value.code == "UPLOAD_UNKNOWN"
        assert not list((tmp_path / "two").rglob("index.html"))

        async def fail(*_):
            raise StoreError("The store does not answer.", code="STORE_UNAVAILABLE")

        monkeypatch.setattr(two._elsewhere._store, "put", fail)
        with pytest.raises(UnavailableError):
            await sent(other, page=PAGE + b" ")
        assert (await two.page(ANNE)).uploads == ()
