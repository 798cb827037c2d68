"""The page and its files, as the service sends them."""

from __future__ import annotations

import re
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from looking import IN_THE_MODULE

import framewright.service
from truth.grids import thorough

FOLDER = Path(framewright.service.__file__).parent / "dashboard"


pytestmark = IN_THE_MODULE


@pytest_asyncio.fixture(loop_scope="module")
async def session(address):
    async with aiohttp.ClientSession(address) as session:
        yield session


async def test_every_file_is_sent_with_its_type_and_known_again(session):
    types = {".js": "text/javascript", ".css": "text/css", ".html": "text/html", ".svg": "image/svg+xml"}
    sent = [path for path in FOLDER.rglob("*") if path.suffix in types]
    assert len(sent) > 30
    for path in sent:
        where = f"/dashboard/{path.relative_to(FOLDER).as_posix()}"
        async with session.get(where) as answer:
            assert answer.status == 200, where
            assert answer.content_type == types[path.suffix]
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert await answer.read() == path.read_bytes()
            tag = answer.headers["etag"]
        async with session.get(where, headers={"if-none-match": f'"other", {tag}'}) as answer:
            assert answer.status == 304
            assert await answer.read() == b""


async def test_the_page_runs_nothing_but_its_own_files(session):
    async with session.get("/") as answer:
        assert answer.content_type == "text/html"
        policy = answer.headers["content-security-policy"]
        text = await answer.text()
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"<style|<script(?![^>]*\bsrc=)|\sstyle=|\son\w+=", text)
    for address in re.findall(r'(?:src|href)="([^"#]+)"', text):
        async with session.head(address) as answer:
            assert answer.status == 200, address


async def test_no_file_fetches_from_elsewhere_or_makes_markup_of_words():
    for path in [*FOLDER.rglob("*.js"), *FOLDER.rglob("*.css"), *FOLDER.rglob("*.html")]:
        text = path.read_text().replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?://", text), path
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b", text), path


@pytest.mark.parametrize(
    "path", ["service.d.ts", "../app.py", "%2e%2e/app.py", *thorough("modules/", "", "modules//main.js")]
)
async def test_nothing_else_is_sent(session, path):
    async with session.get(f"/dashboard/{path}") as answer:
        assert answer.status == 404
