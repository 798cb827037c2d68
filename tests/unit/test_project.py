"""Opening what the author named."""

from __future__ import annotations

import errno
import os

import pytest

from framewright.composition import Site, open_project
from framewright.composition.project import is_fragment
from framewright.model.errors import CompositionError, FramewrightError, UsageError

WHOLE = "<!doctype html><html><body><p>hello</p></body></html>"


def test_a_folder_is_its_index(tmp_path):
    (tmp_path / "index.html").write_text(WHOLE)
    project = open_project(tmp_path)
    assert (project.root, project.entry, dict(project.documents)) == (tmp_path.resolve(), "index.html", {})


def test_a_file_is_served_from_its_folder(tmp_path):
    page = tmp_path / "a page.htm"
    page.write_text(WHOLE)
    project = open_project(str(page))
    assert (project.root, project.entry) == (tmp_path.resolve(), "a page.htm")


@pytest.mark.parametrize("name", ["a b", "50%", "a#b", "what?", "ünïcode ☃", "a+b&c", "..dots", "caf\udce9"])
def test_odd_names_keep_their_place_in_the_address(tmp_path, name):
    folder = tmp_path / name
    folder.mkdir()
    (folder / f"{name}.html").write_text(WHOLE)
    address = open_project(folder / f"{name}.html").address("http://127.0.0.1:1")
    assert address.startswith("http://127.0.0.1:1/")
    assert not set(" #?☃") & set(address)
    assert address.count("/") == 3


@pytest.mark.parametrize(
    ("html", "fragment"),
    [
        (WHOLE, False),
        ("<HTML><p>", False),
        ("<!DOCTYPE html><title>t</title><p>", False),
        ("<!-- <html> --><div>", True),
        ("<!-- note -->\n<html lang=en>", False),
        ("<?xml version='1.0'?><html>", False),
        ("<head></head><p>", False),
        ("<body class=a>", False),
        ("<header>", True),
        ("<template><div data-composition-id=a></div></template>", True),
        ("<div data-note='<html>'></div>", True),
        ("\n  <style>p{}</style><p>", True),
    ],
)
def test_a_fragment_is_told_by_its_first_tag(html, fragment):
    assert is_fragment(html) is fragment


def test_a_fragment_is_served_inside_a_document(tmp_path):
    page = tmp_path / "piece.html"
    page.write_bytes(b"\xef\xbb\xbf<p>h\xc3\xa4</p>")
    (served,) = open_project(page).documents.items()
    assert served[0] == "piece.html"
    text = served[1].decode()
    assert text.startswith("<!doctype html><html>")
    assert "<body><p>hä</p></body>" in text
    for rule in ("box-sizing:border-box", "margin:0", "overflow:hidden", "background:#000"):
        assert rule in text


def test_fragments_in_other_encodings(tmp_path):
    for name, encoding in (("wide.html", "utf-16"), ("old.html", "cp1252")):
        (tmp_path / name).write_bytes("<p>hä</p>".encode(encoding))
        assert "hä" in open_project(tmp_path / name).documents[name].decode()


@pytest.mark.parametrize(
    ("name", "content", "error", "code"),
    [
        ("missing.html", None, UsageError, "NOT_FOUND"),
        ("missing", None, UsageError, "NOT_FOUND"),
        ("page.html/deeper.html", None, UsageError, "NOT_FOUND"),
        ("nul\0.html", None, UsageError, "NOT_FOUND"),
        ("file:///etc/hostname", None, UsageError, "URL_UNSUPPORTED"),
        ("ftp://example.test/a.html", None, UsageError, "URL_UNSUPPORTED"),
        ("http://", None, UsageError, "URL_INVALID"),
        ("https:///page.html", None, UsageError, "URL_INVALID"),
        ("http://example.test:port/", None, UsageError, "URL_INVALID"),
        ("http://example.test:0/", None, UsageError, "URL_INVALID"),
        ("http://[::1/", None, UsageError, "URL_INVALID"),
        ("http://me:secret@example.test/", None, UsageError, "URL_UNSUPPORTED"),
        ("http://example.test/a page", None, UsageError, "URL_INVALID"),
        ("http://example.test/\n", None, UsageError, "URL_INVALID"),
        ("empty.html", b" \n", CompositionError, "NOT_HTML"),
        ("movie.html", b"\0\0\0 ftypisom<a>", CompositionError, "NOT_HTML"),
        ("photo.html", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", CompositionError, "NOT_HTML"),
        ("prose.html", b"1 < 2, but no page", CompositionError, "NOT_HTML"),
        ("page.txt", WHOLE.encode(), CompositionError, "NOT_HTML"),
        ("movie.mp4", b"\0\0", CompositionError, "NOT_HTML"),
    ],
)
def test_what_is_no_page_is_refused_in_one_sentence(tmp_path, name, content, error, code):
    (tmp_path / "page.html").write_text(WHOLE)
    if content is not None:
        (tmp_path / name).write_bytes(content)
    wanted = name if "://" in name else f"{tmp_path}/{name}"
    with pytest.raises(error) as raised:
        open_project(wanted)
    assert raised.value.code == code
    assert raised.value.message.endswith(".")
    assert "\n" not in raised.value.message


def test_folders_without_an_index(tmp_path):
    with pytest.raises(CompositionError, match=r"index\.html") as raised:
        open_project(tmp_path)
    assert raised.value.code == "NO_INDEX"
    (tmp_path / "index.html").mkdir()
    with pytest.raises(CompositionError) as raised:
        open_project(tmp_path)
    assert raised.value.code == "NO_INDEX"


def test_the_home_of_nobody():
    with pytest.raises(UsageError) as raised:
        open_project("~nobody-has-this-name/page.html")
    assert raised.value.code == "NOT_FOUND"


def test_pipes_do_not_hang(tmp_path):
    os.mkfifo(tmp_path / "pipe.html")
    with pytest.raises(CompositionError) as raised:
        open_project(tmp_path / "pipe.html")
    assert raised.value.code == "NOT_HTML"


def test_links_that_lead_nowhere(tmp_path):
    (tmp_path / "index.html").symlink_to(tmp_path / "gone.html")
    with pytest.raises(FramewrightError):
        open_project(tmp_path)


def test_unreadable_files(tmp_path, monkeypatch):
    page = tmp_path / "page.html"
    page.write_text(WHOLE)

    def refuse(_):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(type(page), "read_bytes", refuse)
    with pytest.raises(CompositionError, match="Permission denied") as raised:
        open_project(page)
    assert raised.value.code == "UNREADABLE"


@pytest.mark.parametrize(
    ("written", "url", "origin"),
    [
        ("HTTPS://Example.test:443", "https://Example.test:443", "https://example.test"),
        ("http://127.0.0.1:8080/a%20b/?c=1#d", "http://127.0.0.1:8080/a%20b/?c=1#d", "http://127.0.0.1:8080"),
        ("http://[::1]:81/x", "http://[::1]:81/x", "http://[::1]:81"),
    ],
)
def test_an_address_is_a_site(written, url, origin):
    site = open_project(written)
    assert site == Site(url)
    assert (site.origin, site.address("http://127.0.0.1:1")) == (origin, url)
