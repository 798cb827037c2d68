"""Recorded once, replayed for everybody else; what the network does not give any more comes from the cache."""

import asyncio

import pytest

from framewright.browser import Answer, Refusal, Request
from framewright.composition import RemoteDesk
from framewright.model.recording import AnsweredBy, Recording
from framewright.model.settings import Settings
from truth.far import far_server

PAGE = {"origin": "http://127.0.0.1:4000", "referer": "http://127.0.0.1:4000/"}


def slow(handler):
    handler.send_response(200)
    handler.end_headers()
    for _ in range(1500):
        handler.wfile.write(b".")
        handler.wfile.flush()
        asyncio.run(asyncio.sleep(0.02))


def echo(handler):
    """Allows whoever asks, as servers do that take credentials."""
    handler.send_response(200)
    handler.send_header("access-control-allow-origin", handler.headers.get("origin", "none"))
    handler.send_header("set-cookie", "a=b")
    handler.send_header("content-length", "1")
    handler.end_headers()
    handler.wfile.write(b"e")


def posted(handler):
    body = handler.rfile.read(int(handler.headers["content-length"]))
    handler.send_response(200)
    handler.send_header("content-length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


REPLIES = {
    "/a": (200, {"content-type": "text/plain", "etag": '"1"', "access-control-allow-origin": "*"}, b"first"),
    "/b": (200, {"cache-control": "max-age=9, immutable"}, b"for ever"),
    "/private": (200, {"cache-control": "no-store"}, b"private"),
    "/moved": (302, {"location": "/a"}, b""),
    "/echo": echo,
    "/post": posted,
    "/slow": slow,
    "/film": (200, {"content-type": "video/mp4"}, bytes(range(256)) * 40_000),
}


@pytest.fixture
def far():
    with far_server(REPLIES) as server:
        yield server


class Desk(RemoteDesk):
    """A desk that remembers what it told, and is asked by path."""

    def __init__(self, far, **changes):
        self.told = []
        self.far = far
        strict = changes.pop("strict", False)
        super().__init__(Settings.read(**changes), strict=strict, on_notice=self.told.append)

    async def ask(self, path, method="GET", body=None, **headers):
        url = path if "://" in path else f"{self.far.origin}{path}"
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.answer(Request(method=method, url=url, headers=PAGE | named, body=body))


def how(recording):
    return {one.url.rpartition("/")[2]: one.by for one in recording.answers}


async def test_one_address_is_fetched_once_whoever_asks(far):
    async with Desk(far) as desk:
        answers = await asyncio.gather(*(desk.ask("/a#part") for _ in range(5)))
        assert {answer.body for answer in answers} == {b"first"}
        far.replies["/a"] = (200, {}, b"second")
        assert (await desk.ask("/a")).body == b"first"
        recording = await desk.freeze()
        assert (await desk.ask("/a")).body == b"first"
        assert far.asked == ["/a"]
        assert how(recording) == {"a": AnsweredBy.NETWORK}
        assert Recording.model_validate_json(recording.model_dump_json()) == recording


async def test_after_the_first_browser_nothing_new_is_fetched(far):
    for strict in (False, True):
        async with Desk(far, strict=strict) as desk:
            await desk.freeze()
            refusal = await desk.ask("/a")
            assert isinstance(refusal, Refusal)
            assert (refusal.code, refusal.fatal) == ("REMOTE_UNKNOWN", strict)
            assert f"{far.origin}/a" in refusal.message
    assert far.asked == []


async def test_without_the_network_the_last_answer_is_used_and_told(far):
    async with Desk(far) as desk:
        for path in ("/a", "/b", "/moved", "/private"):
            await desk.ask(path)
    far.replies["/b"] = (200, {}, b"another")
    async with Desk(far) as desk:
        assert (await desk.ask("/b")).body == b"for ever"
        assert how(await desk.freeze()) == {"b": AnsweredBy.CACHE}
        assert far.asked.count("/b") == 1
    origin, far.origin = far.origin, "http://127.0.0.1:1"
    async with Desk(far) as desk:
        far.origin = "http://127.0.0.1:1"
        gone = await desk.ask("/a")
        assert isinstance(gone, Refusal)  # another address has nothing to do with it
        assert "cannot be reached" in gone.message
        far.origin = origin
        for path in ("/a", "/moved", "/private", "/b"):
            far.replies[path] = (503, {}, b"broken")
        assert (await desk.ask("/a")).body == b"first"
        assert dict((await desk.ask("/moved")).headers)["location"] == "/a"
        assert (await desk.ask("/private")).status == 503  # its server forbids keeping it
        assert (await desk.ask("/b")).body == b"for ever"
        assert [notice.code for notice in desk.told] == ["REMOTE_FROM_CACHE"] * 2
        assert "it answered 503" in desk.told[0].message


async def test_what_has_not_changed_is_not_fetched_again(far):
    async with Desk(far) as desk:
        await desk.ask("/a")
    far.replies["/a"] = lambda handler: (
        handler.send_response(304 if handler.headers.get("if-none-match") == '"1"' else 200),
        handler.send_header("content-length", "0"),
        handler.end_headers(),
    )
    async with Desk(far) as desk:
        assert (await desk.ask("/a")).body == b"first"
        assert how(await desk.freeze()) == {"a": AnsweredBy.CACHE}
        assert desk.told == []


async def test_each_origin_is_allowed_as_the_server_allowed_it(far):
    async with Desk(far) as desk:
        await desk.ask("/echo")
        await desk.freeze()
        headers = dict((await desk.ask("/echo", origin="http://127.0.0.1:5000")).headers)
        assert headers["access-control-allow-origin"] == "http://127.0.0.1:5000"
        assert "set-cookie" not in headers
    assert far.headers[0]["origin"] == PAGE["origin"]
    assert "referer" not in far.headers[0]


async def test_requests_that_carry_something_are_told_apart_by_it(far):
    async with Desk(far) as desk:
        for body in (b"one", b"two", b"one"):
            assert (await desk.ask("/post", method="POST", body=body)).body == body
        assert far.asked == ["/post"] * 2
        await desk.freeze()
        assert (await desk.ask("/post", method="POST", body=b"two")).body == b"two"
        assert isinstance(await desk.ask("/post", method="POST", body=b"three"), Refusal)


async def test_parts_of_a_film_are_cut_from_the_whole(far):
    film = REPLIES["/film"][2]
    async with Desk(far) as desk:
        part = await desk.ask("/film", range="bytes=100-199")
        assert (part.status, part.body) == (206, film[100:200])
        assert dict(part.headers)["content-range"] == f"bytes 100-199/{len(film)}"
        rest = await desk.ask("/film", range="bytes=10000000-")
        assert rest.body == film[10_000_000:]
        first = await desk.ask("/film", range="bytes=0-")
        assert 0 < len(first.body) <= 4 * 2**20  # players come back for more
        assert dict(first.headers)["content-range"].startswith(f"bytes 0-{len(first.body) - 1}/")
        assert (await desk.ask("/film", range=f"bytes={len(film)}-")).status == 416
        assert (await desk.ask("/film")).body == film
    assert far.asked == ["/film"]


async def test_failures_are_recorded_too(far):
    async with Desk(far, remote_size=1000) as desk:
        assert (await desk.ask("/none")).status == 404
        large = await desk.ask("/film")
        assert "larger than" in large.message
        recording = await desk.freeze()
        assert await desk.ask("/film") == large
        assert (await desk.ask("/none")).status == 404
        assert how(recording) == {"none": AnsweredBy.NETWORK, "film": AnsweredBy.NOBODY}
        (film,) = (one for one in recording.answers if one.status is None)
        assert "larger than" in film.failure


async def test_what_is_still_under_way_when_the_page_is_ready_fails_for_all(far, monkeypatch):
    monkeypatch.setattr("framewright.composition.remote_desk._PATIENCE_SECONDS", 0.2)
    async with Desk(far) as desk:
        waiting = asyncio.create_task(desk.ask("/slow"))
        while not far.asked:
            await asyncio.sleep(0.01)
        recording = await desk.freeze()
        first, later = await waiting, await desk.ask("/slow")
        assert isinstance(first, Refusal)
        assert first == later
        assert "before the page was ready" in recording.answers[0].failure


async def test_a_read_only_cache_and_none_at_all_render_too(far, tmp_path):
    (tmp_path / "file").write_text("")
    async with Desk(far, cache=tmp_path / "file") as desk:
        assert isinstance(await desk.ask("/a"), Answer)
    async with Desk(far, cache_size=0) as desk:
        assert isinstance(await desk.ask("/a"), Answer)


async def test_a_corrupted_blob_is_fetched_again(far):
    settings = Settings()
    async with Desk(far) as desk:
        await desk.ask("/b")
    (blob,) = settings.cache_folder.glob("*/blobs/??/*")
    blob.write_bytes(b"fxr ever")
    async with Desk(far) as desk:
        assert (await desk.ask("/b")).body == b"for ever"
        assert far.asked == ["/b", "/b"]


async def test_nothing_is_left_behind(far, browser_files):
    async with Desk(far) as desk:
        await desk.ask("/a")
        assert list(browser_files.glob("framewright-browser-*"))
    assert not list(browser_files.glob("framewright-browser-*"))


async def test_what_is_kept_is_not_for_pages_that_may_not_ask_for_it(far, tmp_path):
    for path in ("/a", "/b"):
        async with Desk(far, cache=tmp_path) as desk:
            assert isinstance(await desk.ask(path), Answer)
        for network in ("public", "none"):
            async with Desk(far, cache=tmp_path, page_network=network) as desk:
                refused = await desk.ask(path)
                assert isinstance(refused, Refusal)
                assert "could not be fetched" in refused.message
