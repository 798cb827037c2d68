"""Fetching from a hostile world: every answer has a limit of time and size, and only the web is asked."""

import gzip
import socket
import threading
import time

import pytest

from framewright.composition.remote import Allowance, BlobFolder, Fetcher, FetchError, NetworkPolicy
from truth.far import far_server

MIB = 2**20


def flood(handler):
    """Five GB, if anybody takes them."""
    handler.send_response(200)
    handler.end_headers()
    piece = bytes(MIB)
    for _ in range(5 * 1024):
        handler.wfile.write(piece)


def drip(handler):
    """A byte now and then, for ever."""
    handler.send_response(200)
    handler.end_headers()
    for _ in range(3000):
        handler.wfile.write(b".")
        time.sleep(0.02)


def silence(handler):
    stopped.wait(30)


def broken(handler):
    handler.send_response(200)
    handler.send_header("content-length", "1000")
    handler.end_headers()
    handler.wfile.write(b"half")


stopped = threading.Event()
HUGE = gzip.compress(bytes(40 * MIB))
REPLIES = {
    "/text": (200, {"content-type": "text/plain", "x-twice": "1"}, b"text"),
    "/zipped": (200, {"content-encoding": "gzip"}, gzip.compress(b"text")),
    "/bomb": (200, {"content-encoding": "gzip"}, HUGE),
    "/moved": (302, {"location": "/text"}, b""),
    "/declared": lambda handler: (
        handler.send_response(200),
        handler.send_header("content-length", str(5 * 2**30)),
        handler.end_headers(),
    ),
    "/flood": flood,
    "/drip": drip,
    "/silence": silence,
    "/broken": broken,
    "/five": (200, {}, bytes(5 * MIB)),
}


@pytest.fixture(scope="module")
def far():
    with far_server(REPLIES) as server:
        yield server
        stopped.set()


async def fetch(url, folder, *, policy=None, timeout=20.0, largest=8 * MIB, total=100 * MIB, **asked):
    async with Fetcher(
        policy or NetworkPolicy(), timeout=timeout, largest=largest, allowance=Allowance(total)
    ) as fetcher:
        return await fetcher.fetch(url, BlobFolder(folder), **asked)


async def test_an_answer_lies_in_the_folder_by_its_digest(far, tmp_path):
    fetched = await fetch(f"{far.origin}/text", tmp_path, headers={"x-a": "1"})
    assert (fetched.status, fetched.bytes, fetched.header("content-type")) == (200, 4, "text/plain")
    assert BlobFolder(tmp_path).read(fetched.blob) == b"text"
    assert far.headers[-1]["x-a"] == "1"
    assert "cookie" not in far.headers[-1]


async def test_bodies_are_decompressed_and_redirections_are_left_to_the_page(far, tmp_path):
    fetched = await fetch(f"{far.origin}/zipped", tmp_path)
    assert BlobFolder(tmp_path).read(fetched.blob) == b"text"
    moved = await fetch(f"{far.origin}/moved", tmp_path)
    assert (moved.status, moved.header("location")) == (302, "/text")
    assert far.asked[-1] == "/moved"


@pytest.mark.parametrize("path", ["declared", "flood", "bomb"])
async def test_what_is_too_large_is_refused_early(far, tmp_path, path):
    with pytest.raises(FetchError, match="larger than 8 MiB"):
        await fetch(f"{far.origin}/{path}", tmp_path)
    assert list(tmp_path.iterdir()) == []


async def test_many_that_are_too_large_together_are_refused(far, tmp_path):
    async with Fetcher(
        NetworkPolicy(), timeout=20, largest=8 * MIB, allowance=Allowance(12 * MIB)
    ) as fetcher:
        for _ in range(2):
            await fetcher.fetch(f"{far.origin}/five", BlobFolder(tmp_path))
        with pytest.raises(FetchError, match="together"):
            await fetcher.fetch(f"{far.origin}/five", BlobFolder(tmp_path))


@pytest.mark.parametrize("path", ["drip", "silence"])
async def test_what_takes_too_long_is_given_up(far, tmp_path, path):
    with pytest.raises(FetchError, match=r"did not answer within 0\.5 s"):
        await fetch(f"{far.origin}/{path}", tmp_path, timeout=0.5)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("file:///etc/passwd", "only http"),
        ("ftp://far.example/a", "only http"),
        ("http://", "names no host"),
        ("http://user:secret@far.example/", "passwords"),
        ("http://169.254.169.254/latest/meta-data", "metadata"),
        ("http://[::ffff:169.254.169.254]/", "metadata"),
        ("http://metadata.google.internal/", "metadata"),
        ("http://far.example:99999/", "no valid address"),
        ("http://127.0.0.1:1/", "cannot be reached"),
        ("http://nobody.invalid/", "not known here"),
        ("http://a" + "b" * 70_000 + "/", "too long"),
    ],
)
async def test_what_cannot_be_fetched_is_told_in_words(tmp_path, url, reason):
    with pytest.raises(FetchError, match=reason):
        await fetch(url, tmp_path)


async def test_what_breaks_off_is_no_answer(far, tmp_path):
    with pytest.raises(FetchError, match="broke off"):
        await fetch(f"{far.origin}/broken", tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1/", "http://10.0.0.1/", "http://[::1]/", "http://192.168.1.1/", "http://0.0.0.0/"],
)
async def test_a_policy_for_strangers_pages_leaves_private_networks_alone(tmp_path, url):
    with pytest.raises(FetchError, match="private networks"):
        await fetch(url, tmp_path, policy=NetworkPolicy(private=False))


@pytest.fixture
def names(monkeypatch):
    """What names stand for: a list of addresses each, of which every question takes one, and the last one for ever."""
    known: dict[str, list[str]] = {}
    asked: list[str] = []
    of_the_machine = socket.getaddrinfo

    def look_up(host, *rest, **more):
        found = known.get(host)
        asked.append(host)
        if found is None:
            return of_the_machine(host, *rest, **more)
        return of_the_machine(found.pop(0) if len(found) > 1 else found[0], *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    known["asked"] = asked
    return known


async def test_a_name_cannot_stand_for_a_private_address(far, names, tmp_path):
    address = far.origin.replace("127.0.0.1", "inside.example")
    names["inside.example"] = ["127.0.0.1"]
    assert (await fetch(f"{address}/text", tmp_path)).status == 200
    before = list(far.asked)
    with pytest.raises(FetchError, match="cannot be reached|not known"):
        await fetch(f"{address}/text", tmp_path, policy=NetworkPolicy(private=False))
    assert far.asked == before
    for address in ("169.254.169.254", "fd00:ec2::254"):
        names["inside.example"] = [address]
        with pytest.raises(FetchError, match="cannot be reached|not known"):
            await fetch("http://inside.example/text", tmp_path)


async def test_a_name_that_changes_its_mind_is_judged_by_what_is_connected_to(
    far, names, tmp_path, monkeypatch
):
    judge = NetworkPolicy.refusal_of_address
    # 127.0.0.1 stands for the world outside here, and 127.0.0.2 for a private network.
    monkeypatch.setattr(
        NetworkPolicy,
        "refusal_of_address",
        lambda policy, one: None if one == "127.0.0.1" else judge(policy, one),
    )
    names["turns.example"] = ["127.0.0.1", "127.0.0.2"]
    address = far.origin.replace("127.0.0.1", "turns.example")
    policy = NetworkPolicy(private=False)
    assert (await fetch(f"{address}/text", tmp_path, policy=policy)).status == 200
    asked = len(far.asked)
    with pytest.raises(FetchError, match="cannot be reached|not known"):
        await fetch(f"{address}/text", tmp_path, policy=policy)
    # One question for each connection: there is none in between for which another answer could come.
    assert names["asked"].count("turns.example") == 2
    assert len(far.asked) == asked


@pytest.mark.parametrize(
    "host", ["127.1", "2130706433", "0x7f000001", "0177.0.0.1", "127.0.0.1.", "[::ffff:7f00:1]"]
)
async def test_no_spelling_of_digits_leads_inside(far, tmp_path, host):
    before = list(far.asked)
    with pytest.raises(FetchError, match="private networks"):
        await fetch(
            f"{far.origin.replace('127.0.0.1', host)}/text", tmp_path, policy=NetworkPolicy(private=False)
        )
    assert far.asked == before


async def test_no_connection_is_made_where_the_letters_were_misread(far, tmp_path, monkeypatch):
    monkeypatch.setattr(NetworkPolicy, "refusal", lambda *_: None)
    before = list(far.asked)
    for host in ("127.0.0.1", "127.1", "2130706433"):
        with pytest.raises(FetchError, match="cannot be reached|not known|no valid address"):
            await fetch(
                f"{far.origin.replace('127.0.0.1', host)}/text", tmp_path, policy=NetworkPolicy(private=False)
            )
    assert far.asked == before


async def test_proxies_are_not_for_strangers_pages(far, tmp_path, monkeypatch):
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", far.origin)
    with pytest.raises(FetchError, match="through a proxy"):
        await fetch("http://far.example/a", tmp_path, policy=NetworkPolicy(private=False))


async def test_proxies_of_the_environment_are_used(far, tmp_path, monkeypatch):
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", far.origin)
    far.replies["http://far.example/a"] = (200, {}, b"by proxy")
    fetched = await fetch("http://far.example/a", tmp_path)
    assert BlobFolder(tmp_path).read(fetched.blob) == b"by proxy"


async def test_other_proxies_are_told_and_this_machine_needs_none(far, tmp_path, monkeypatch):
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", "socks5://127.0.0.1:1")
    with pytest.raises(FetchError, match="none of HTTP"):
        await fetch("http://far.example/a", tmp_path)
    assert (await fetch(f"{far.origin}/text", tmp_path)).status == 200
