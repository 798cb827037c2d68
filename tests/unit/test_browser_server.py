import asyncio
import contextlib
import os
import socket

import pytest

from framewright.browser import FileServer
from framewright.browser.media_types import media_type


@pytest.fixture
def root(tmp_path):
    site = tmp_path / "site"
    (site / "sub").mkdir(parents=True)
    (site / "index.html").write_text("<h1>home</h1>")
    (site / "sub/index.html").write_text("<h1>sub</h1>")
    (site / "digits.bin").write_bytes(b"0123456789")
    (site / "a b#?ü%41.txt").write_text("odd")
    (site / "..dots").write_text("dots")
    (site / "empty.js").write_text("")
    (site / "inside.txt").symlink_to("digits.bin")
    (site / "linked").symlink_to("sub")
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "site-twin").mkdir()
    (tmp_path / "site-twin/secret.txt").write_text("secret")
    (site / "out.txt").symlink_to(tmp_path / "secret.txt")
    (site / "outdir").symlink_to(tmp_path)
    (site / "loop").symlink_to("loop")
    os.mkfifo(site / "pipe")
    return site


async def ask(server, target, *, method="GET", **headers):
    """One request, byte by byte: no client tidies the path up before it is sent."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(server.origin.rpartition(":")[2]))
    lines = [f"{method} {target} HTTP/1.1", "Host: x", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    writer.write("\r\n".join([*lines, "", ""]).encode())
    answer = await asyncio.wait_for(reader.read(), 30)
    writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    status, *fields = head.decode("latin-1").split("\r\n")
    return (
        int(status.split()[1]),
        {name.lower(): value.strip() for name, _, value in (field.partition(":") for field in fields)},
        body,
    )


async def test_it_knows_what_was_asked_for_and_is_not_there(root):
    async with FileServer(root) as server:
        for target in ("/digits.bin", "/sub/no%20one.png?v=1", "//gone/", "/out.txt"):
            await ask(server, target)
        assert server.served == {"digits.bin"}
        assert server.lacked == {"sub/no one.png", "gone", "out.txt"}


JAIL = [
    ("/", 200, b"<h1>home</h1>"),
    ("/index.html?version=2", 200, b"<h1>home</h1>"),
    ("/sub/", 200, b"<h1>sub</h1>"),
    ("/digits.bin", 200, b"0123456789"),
    ("//digits.bin", 200, b"0123456789"),
    ("/sub/../digits.bin", 200, b"0123456789"),
    ("/a%20b%23%3F%C3%BC%2541.txt", 200, b"odd"),
    ("/..dots", 200, b"dots"),
    ("/inside.txt", 200, b"0123456789"),
    ("/linked/index.html", 200, b"<h1>sub</h1>"),
    ("/empty.js", 200, b""),
    ("/missing", 404, None),
    ("/sub/missing/", 404, None),
    ("/digits.bin/", 200, b"0123456789"),
    ("/digits.bin/x", 404, None),
    ("/out.txt", 404, None),
    ("/outdir/secret.txt", 404, None),
    ("/outdir/site/digits.bin", 200, b"0123456789"),
    ("/../secret.txt", 404, None),
    ("/%2e%2e/secret.txt", 404, None),
    ("/..%2fsecret.txt", 404, None),
    ("/sub/%2e%2e/%2e%2e/secret.txt", 404, None),
    ("/../site-twin/secret.txt", 404, None),
    ("/%2fetc/passwd", 404, None),
    ("//etc/passwd", 404, None),
    ("/digits.bin%00.html", 404, None),
    ("/%ff%fe", 404, None),
    ("/loop", 404, None),
    ("/pipe", 404, None),
    ("/" + "a" * 5000, 404, None),
]


async def test_the_jail(root):
    async with FileServer(root) as server:
        for target, status, body in JAIL:
            answer = await ask(server, target)
            assert answer[0] == status, target
            assert body is None or answer[2] == body, target
            assert b"secret" not in answer[2], target


RANGES = [
    ("bytes=0-3", 206, "0-3/10", b"0123"),
    ("bytes=4-", 206, "4-9/10", b"456789"),
    ("bytes=-3", 206, "7-9/10", b"789"),
    ("bytes=8-100", 206, "8-9/10", b"89"),
    ("bytes=10-", 416, "*/10", None),
    (None, 200, None, b"0123456789"),
]


@pytest.mark.parametrize("target", ["/digits.bin", "/held.mp4"])
async def test_ranges(root, target):
    async with FileServer(root, documents={"held.mp4": b"0123456789"}) as server:
        for wished, status, content_range, body in RANGES:
            answer = await ask(server, target, **({"Range": wished} if wished else {}))
            assert answer[0] == status, wished
            if content_range is not None:
                assert answer[1]["content-range"].removeprefix("bytes ") == content_range, wished
            if body is not None:
                assert (answer[2], answer[1]["accept-ranges"]) == (body, "bytes"), wished


async def test_names_that_are_no_utf8(root):
    (root / os.fsdecode(b"caf\xe9.txt")).write_text("coffee")
    async with FileServer(root) as server:
        status, _, body = await ask(server, "/caf%E9.txt?x=%FF")
    assert (status, body) == (200, b"coffee")


async def test_documents_come_first_and_may_lie_anywhere(root):
    documents = {"index.html": b"<h1>mine</h1>", "/gen/x.js": b"1", "ü b.txt": b"2"}
    async with FileServer(root, documents=documents) as server:
        assert (await ask(server, "/index.html"))[2] == b"<h1>mine</h1>"
        assert (await ask(server, "/"))[2] == b"<h1>mine</h1>"
        status, headers, body = await ask(server, "/gen/x.js")
        assert (status, headers["content-type"], body) == (200, "text/javascript; charset=utf-8", b"1")
        assert (await ask(server, "/%C3%BC%20b.txt"))[2] == b"2"


async def test_head_and_other_methods(root):
    async with FileServer(root) as server:
        status, headers, body = await ask(server, "/digits.bin", method="HEAD")
        assert (status, headers["content-length"], body) == (200, "10", b"")
        assert (await ask(server, "/digits.bin", method="POST"))[0] == 405
        assert (await ask(server, "/digits.bin", method="OPTIONS"))[0] == 204


async def test_files_are_fresh_each_time_and_harmless_across_origins(root):
    async with FileServer(root) as server:
        _, headers, _ = await ask(server, "/digits.bin")
        assert headers["cache-control"] == "no-cache"
        assert headers["access-control-allow-origin"] == "*"
        (root / "digits.bin").write_bytes(b"new")
        assert (await ask(server, "/digits.bin"))[2] == b"new"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.js", "text/javascript; charset=utf-8"),
        ("a.mjs", "text/javascript; charset=utf-8"),
        ("A.HTML", "text/html; charset=utf-8"),
        ("a.css", "text/css; charset=utf-8"),
        ("a.json", "application/json"),
        ("a.wasm", "application/wasm"),
        ("a.woff2", "font/woff2"),
        ("a.svg", "image/svg+xml"),
        ("a.mp4", "video/mp4"),
        ("a.webm", "video/webm"),
        ("a.glb", "model/gltf-binary"),
        ("a.b.webp", "image/webp"),
        ("noext", "application/octet-stream"),
        ("a.nonsense", "application/octet-stream"),
    ],
)
def test_media_types(name, kind):
    assert media_type(name) == kind


async def test_it_closes_at_once_with_connections_open(root):
    (root / "large.bin").write_bytes(bytes(30_000_000))
    async with contextlib.AsyncExitStack() as stack:
        server = await stack.enter_async_context(FileServer(root))
        port = int(server.origin.rpartition(":")[2])
        idle = [await asyncio.open_connection("127.0.0.1", port) for _ in range(2)]
        stalled = idle[1][1]
        stalled.write(b"GET /large.bin HTTP/1.1\r\nHost: x\r\n\r\n")
        await idle[1][0].readexactly(1000)
        await asyncio.wait_for(stack.aclose(), 20)
        for _, writer in idle:
            writer.close()
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", port), 5)


async def test_it_closes_in_the_middle_of_an_answer_and_leaves_nothing_running(root):
    with (root / "film.bin").open("wb") as file:
        file.truncate(1 << 30)
    before = asyncio.all_tasks()
    async with FileServer(root) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(server.origin.rpartition(":")[2]))
        writer.write(b"GET /film.bin HTTP/1.1\r\nHost: x\r\n\r\n")
        await reader.readline()
        assert len(asyncio.all_tasks() - before) > 1  # not only the server's own
    assert asyncio.all_tasks() == before
    with contextlib.suppress(ConnectionError):
        assert len(await reader.read(1 << 30)) < 1 << 30
    writer.close()


async def test_two_servers_do_not_meet(root, tmp_path):
    async with FileServer(root) as one, FileServer(tmp_path / "site-twin") as other:
        assert one.origin != other.origin
        assert (await ask(other, "/secret.txt"))[0] == 200
        assert (await ask(one, "/secret.txt"))[0] == 404


async def test_an_answer_does_not_wait_for_an_acknowledgement(root):
    async with FileServer(root) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(server.origin.rpartition(":")[2]))
        writer.write(b"GET /digits.bin HTTP/1.1\r\nHost: x\r\n\r\n")
        await reader.readuntil(b"0123456789")
        (connection,) = server._server.server_state.connections
        theirs = connection.transport.get_extra_info("socket")
        assert theirs.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        writer.close()
