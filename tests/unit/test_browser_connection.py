import asyncio
import contextlib
import os

import pytest

from framewright.browser import cbor
from framewright.browser.connection import CallTimeoutError, Connection, ProtocolError
from framewright.browser.framing import CborFraming, JsonFraming
from framewright.model.errors import BrowserError


class Peer:
    """The browser's side of the pipes, in this process."""

    def __init__(self, framing):
        theirs_in, ours_out = os.pipe()
        ours_in, theirs_out = os.pipe()
        self.framing = framing()
        self.connection = Connection(ours_in, ours_out, framing())
        self.out = theirs_out
        self.inlet = theirs_in
        self.messages = asyncio.Queue()
        os.set_blocking(theirs_in, False)
        asyncio.get_running_loop().add_reader(theirs_in, self.read)

    def read(self):
        data = os.read(self.inlet, 1 << 20)
        if not data:
            asyncio.get_running_loop().remove_reader(self.inlet)
        for message in self.framing.feed(data):
            self.messages.put_nowait(message)

    async def say(self, message):
        await self.say_bytes(self.framing.encode(message))

    async def say_bytes(self, data):
        await asyncio.to_thread(self._write_all, data)

    def _write_all(self, data):
        view = memoryview(data)
        while view:
            view = view[os.write(self.out, view) :]

    def close(self):
        self.connection.close(BrowserError("done", code="BROWSER_DIED"))
        asyncio.get_running_loop().remove_reader(self.inlet)
        for fd in (self.inlet, self.out):
            with contextlib.suppress(OSError):
                os.close(fd)


@pytest.fixture(params=[CborFraming, JsonFraming])
async def peer(request):
    peer = Peer(request.param)
    yield peer
    peer.close()


async def test_answers_find_their_calls_in_any_order(peer):
    calls = [asyncio.create_task(peer.connection.call(f"A.{n}", {"n": n}, timeout=30)) for n in range(5)]
    heard = [await peer.messages.get() for _ in calls]
    for message in reversed(heard):
        await peer.say({"id": message["id"], "result": message["params"]})
    assert [await call for call in calls] == [{"n": n} for n in range(5)]


async def test_large_messages_pass_both_ways_and_the_loop_stays_free(peer):
    text = "ü" * 6_000_000
    beats = 0

    async def beat():
        nonlocal beats
        while True:
            beats += 1
            await asyncio.sleep(0)

    beating = asyncio.create_task(beat())
    call = asyncio.create_task(peer.connection.call("A.b", {"text": text}, timeout=60))
    await asyncio.sleep(0)
    after_sending = beats
    message = await peer.messages.get()
    assert message["params"] == {"text": text}
    assert beats > after_sending + 5
    await peer.say({"id": message["id"], "result": {"text": text}})
    assert (await call)["text"] == text
    beating.cancel()


async def test_small_calls_behind_a_large_one_keep_their_order(peer):
    sent = [peer.connection.send("Big.one", {"text": "x" * 3_000_000})]
    sent += [peer.connection.send(f"Small.{n}") for n in range(3)]
    heard = [(await peer.messages.get())["method"] for _ in sent]
    assert heard == ["Big.one", "Small.0", "Small.1", "Small.2"]


async def test_refusals_and_timeouts_are_told_apart(peer):
    call = asyncio.create_task(peer.connection.call("A.b", timeout=30))
    message = await peer.messages.get()
    await peer.say({"id": message["id"], "error": {"code": -1, "message": "No such thing"}})
    with pytest.raises(ProtocolError, match="refused A.b: No such thing"):
        await call
    with pytest.raises(CallTimeoutError):
        await peer.connection.call("A.c", timeout=0.01)
    late = await peer.messages.get()
    await peer.say({"id": late["id"], "result": {}})  # nobody waits any more, and nothing breaks
    call = asyncio.create_task(peer.connection.call("A.d", timeout=30))
    await peer.say({"id": (await peer.messages.get())["id"], "result": {"fine": True}})
    assert await call == {"fine": True}


async def test_events_go_to_their_session(peer):
    heard = asyncio.Queue()
    peer.connection.listen("", lambda *event: heard.put_nowait(("", *event)))
    peer.connection.listen("S", lambda *event: heard.put_nowait(("S", *event)))
    await peer.say({"method": "A.x", "params": {"n": 1}})
    await peer.say({"method": "A.y", "params": {}, "sessionId": "T"})
    await peer.say({"method": "A.z", "params": {}, "sessionId": "S"})
    assert await heard.get() == ("", "A.x", {"n": 1})
    assert await heard.get() == ("S", "A.z", {})


async def test_an_event_that_its_listener_does_not_understand_costs_no_answer(peer):
    def stumble(method, params):
        raise ValueError(f"{method} {params}")

    peer.connection.listen("", stumble)
    call = asyncio.create_task(peer.connection.call("A.b", timeout=30))
    number = (await peer.messages.get())["id"]
    answer = {"id": number, "result": {"fine": True}}
    encode = peer.framing.encode
    await peer.say_bytes(encode({"method": "A.x", "params": {}}) + encode(answer))
    assert await call == {"fine": True}


async def test_the_end_of_the_browser_ends_every_call(peer):
    ended = asyncio.Event()

    def on_closed():
        peer.connection.close(BrowserError("gone", code="BROWSER_DIED"))
        ended.set()

    peer.connection.on_closed = on_closed
    calls = [asyncio.create_task(peer.connection.call("A.b", timeout=60)) for _ in range(3)]
    await peer.messages.get()
    os.close(peer.out)
    await asyncio.wait_for(ended.wait(), 30)
    for call in calls:
        with pytest.raises(BrowserError, match="gone"):
            await call
    with pytest.raises(BrowserError, match="gone"):
        await peer.connection.call("A.c", timeout=1)


async def test_a_session_can_be_given_up_alone(peer):
    lost = asyncio.create_task(peer.connection.call("A.b", session="S", timeout=60))
    kept = asyncio.create_task(peer.connection.call("A.b", timeout=60))
    heard = [await peer.messages.get() for _ in range(2)]
    peer.connection.abandon("S", BrowserError("lost", code="PAGE"))
    with pytest.raises(BrowserError, match="lost"):
        await lost
    await peer.say({"id": next(one["id"] for one in heard if "sessionId" not in one), "result": {"ok": 1}})
    assert await kept == {"ok": 1}


async def test_a_stream_out_of_step_ends_the_connection():
    peer = Peer(CborFraming)
    try:
        call = asyncio.create_task(peer.connection.call("A.b", timeout=60))
        await peer.messages.get()
        await peer.say_bytes(b"HTTP/1.1 200 OK")
        with pytest.raises(BrowserError, match="broke its protocol"):
            await call
    finally:
        peer.close()


async def test_bytes_arrive_as_they_are():
    peer = Peer(CborFraming)
    try:
        call = asyncio.create_task(peer.connection.call("A.shot", timeout=60))
        number = (await peer.messages.get())["id"]
        await peer.say_bytes(cbor.encode({"id": number, "result": {"data": b"\x89PNG\x00"}}))
        assert (await call)["data"] == b"\x89PNG\x00"
    finally:
        peer.close()
