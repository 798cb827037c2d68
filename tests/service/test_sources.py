"""How a request names its composition, and what of that is opened."""

from __future__ import annotations

import os
from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from framewright.model.job_request import CompositionSource
from framewright.model.upload import Upload
from framewright.service.desk import Caller
from framewright.service.errors import ForbiddenError, RequestError, UnknownError
from framewright.service.settings import ServiceSettings
from framewright.service.sources import Sources

_ID = "a" * 26


class _Shelf:
    """One upload, of one owner."""

    def __init__(self, folder, pages=()):
        self.folder = folder
        self.pages = pages
        self.kept = []

    async def open(self, upload, caller):
        if upload != _ID or caller.name != "local":
            raise UnknownError(f"There is no upload {upload}.", code="UPLOAD_UNKNOWN")
        return self._upload(), self.folder

    async def keep_page(self, html, caller, *, name):
        assert caller.name == "local"
        self.kept.append((html, name))
        (self.folder / "index.html").write_text(html)
        return self._upload()

    def _upload(self):
        now = datetime.now(UTC)
        return Upload(
            id=_ID,
            name="film",
            by="local",
            digest="0" * 64,
            files=1,
            bytes=1,
            pages=self.pages,
            created=now,
            used=now,
        )


def _sources(folder, *, pages=(), **settings):
    return Sources(ServiceSettings(**settings), _Shelf(folder, pages))


async def _refused(sources, kind, code, **source):
    with pytest.raises(kind) as refused:
        await sources.resolve(CompositionSource(**source), Caller())
    assert refused.value.code == code
    return refused.value.message


async def test_an_upload_and_its_pages(tmp_path):
    (tmp_path / "sub").mkdir()
    for name in ("index.html", "b.htm", "sub/index.html", "notes.txt"):
        (tmp_path / name).write_text("<p>")
    sources = _sources(tmp_path)
    found = await sources.resolve(CompositionSource(upload=_ID), Caller())
    assert found.composition == str(tmp_path / "index.html")
    assert (found.root, found.upload, found.name) == (tmp_path, _ID, "film")
    found = await sources.resolve(CompositionSource(upload=_ID, page="sub"), Caller())
    assert (found.composition, found.name) == (str(tmp_path / "sub/index.html"), "film/sub")
    found = await sources.resolve(CompositionSource(upload=_ID, page="b.htm"), Caller())
    assert found.composition == str(tmp_path / "b.htm")
    await _refused(sources, RequestError, "NOT_HTML", upload=_ID, page="notes.txt")
    for page in ("c.html", "../index.html", "/etc/passwd", "a\0b", "sub/../../x.html", "x" * 1000):
        await _refused(sources, UnknownError, "PAGE_UNKNOWN", upload=_ID, page=page)
    await _refused(sources, UnknownError, "UPLOAD_UNKNOWN", upload="b" * 26)
    with pytest.raises(UnknownError):
        await sources.resolve(CompositionSource(upload=_ID), Caller(name="another"))


async def test_an_upload_without_an_index_tells_its_pages(tmp_path):
    (tmp_path / "a.html").write_text("<p>")
    message = await _refused(_sources(tmp_path, pages=("a.html",)), RequestError, "NO_INDEX", upload=_ID)
    assert "'a.html'" in message
    assert "no HTML file" in await _refused(_sources(tmp_path), RequestError, "NO_INDEX", upload=_ID)


async def test_an_inline_page_is_an_upload(tmp_path):
    sources = _sources(tmp_path)
    found = await sources.resolve(CompositionSource(html="<h1>Hello</h1>"), Caller())
    assert (tmp_path / "index.html").read_text() == "<h1>Hello</h1>"
    assert (found.composition, found.upload) == (str(tmp_path / "index.html"), _ID)


async def test_a_path_lies_below_a_root_once_links_are_followed(tmp_path):
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    for folder in (inside / "film", outside):
        folder.mkdir(parents=True)
        (folder / "index.html").write_text("<p>")
    (inside / "notes.txt").write_text("secret")
    (inside / "film2").symlink_to("film")
    (inside / "away").symlink_to(outside)
    (inside / "round").symlink_to("round")
    (inside / "half").mkdir()
    (inside / "half/index.html").symlink_to(outside / "index.html")
    os.mkfifo(inside / "pipe.html")
    sources = _sources(tmp_path, roots=(tmp_path / "none", inside))
    for path in ("film", "film/", "film/index.html", "film2", "./film"):
        found = await sources.resolve(CompositionSource(path=path), Caller())
        assert (found.composition, found.root) == (str(inside / "film/index.html"), inside / "film")
        assert found.upload is None
    for path in ("away", "away/index.html", "half", "round", "nothing", "half/index.html"):
        await _refused(sources, UnknownError, "PATH_UNKNOWN", path=path)
    for path in ("notes.txt", "pipe.html"):
        await _refused(sources, RequestError, "NOT_HTML", path=path)
    for path in (str(outside), "../outside", "film/../../outside", "film\0", "film\\..", ".."):
        await _refused(sources, RequestError, "PATH_INVALID", path=path)
    assert "--root" in await _refused(_sources(tmp_path), ForbiddenError, "PATHS_CLOSED", path="film")


async def test_addresses_are_closed_unless_they_were_opened(tmp_path):
    await _refused(_sources(tmp_path), ForbiddenError, "URLS_CLOSED", url="https://example.org/")
    found = await _sources(tmp_path, urls=True).resolve(
        CompositionSource(url="HTTPS://example.org/a?b"), Caller()
    )
    assert (found.composition, found.root, found.upload) == ("https://example.org/a?b", None, None)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "017700000001",
        "127.0.0.1.",
        "１２７.0.0.1",
        "127。0。0。1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[fe80::1]",
        "[fd00::1]",
        "[fe80::1%25eth0]",
        "0.0.0.0",
        "0",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.0.1",
        "100.64.0.1",
        "169.254.169.254",
        "[fd00:ec2::254]",
        "metadata.google.internal",
        "metadata.google.internal.",
        "METADATA",
        "224.0.0.1",
        "255.255.255.255",
        "localhost",
        "localhost.",
        "a.localhost",
        "1.2.3.256",
        "0x100000000",
    ],
)
async def test_no_spelling_of_an_address_leads_inside(tmp_path, host):
    sources = _sources(tmp_path, urls=True)
    await _refused(sources, ForbiddenError, "URL_FORBIDDEN", url=f"http://{host}/x")


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("file:///etc/passwd", "URL_UNSUPPORTED"),
        ("ftp://example.org/", "URL_UNSUPPORTED"),
        ("http://me:secret@example.org/", "URL_UNSUPPORTED"),
        ("http://me@example.org/", "URL_UNSUPPORTED"),
        ("http://example.org:0/", "URL_INVALID"),
        ("http://example.org:99999/", "URL_INVALID"),
        ("http:///path", "URL_INVALID"),
        ("http://[::1/", "URL_INVALID"),
        ("http://exam ple.org/", "URL_INVALID"),
        ("http://example.org\\@127.0.0.1/", "URL_UNSUPPORTED"),
        ("example.org", "URL_INVALID"),
        ("javascript:alert(1)", "URL_INVALID"),
        ("data:text/html,hello", "URL_INVALID"),
    ],
)
async def test_odd_addresses_are_refused_without_their_passwords(tmp_path, url, code):
    message = await _refused(_sources(tmp_path, urls=True), RequestError, code, url=url)
    assert "secret" not in message


async def test_private_addresses_are_open_where_pages_may_reach_any(tmp_path):
    sources = _sources(tmp_path, urls=True, page_network="any")
    found = await sources.resolve(CompositionSource(url="http://127.0.0.1:3000/"), Caller())
    assert found.composition == "http://127.0.0.1:3000/"
    await _refused(sources, ForbiddenError, "URL_FORBIDDEN", url="http://169.254.169.254/latest")


def test_exactly_one_way_is_given():
    for given in ({}, {"path": "a", "html": "<p>"}, {"path": "a", "page": "b.html"}):
        with pytest.raises(ValidationError):
            CompositionSource(**given)
