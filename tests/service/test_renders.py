"""Renders over HTTP: started, listed, watched, ended and taken home."""

from __future__ import annotations

import json

import aiohttp
import pytest

from truth.grids import thorough

ASKED = {"composition": {"html": "<p>hi</p>"}, "name": "film"}


@pytest.fixture
async def web(address):
    async with aiohttp.ClientSession(address) as session:
        yield session


async def started(web, **more):
    async with web.post("/v1/renders", json=ASKED | more) as answer:
        assert answer.status == 202, await answer.text()
        job = await answer.json()
        assert answer.headers["Location"] == job["links"]["self"] == f"/v1/renders/{job['id']}"
        return job["id"]


async def problem(answer):
    assert answer.headers["Content-Type"] == "application/problem+json", await answer.text()
    said = json.loads(await answer.read())
    assert said["status"] == answer.status
    assert said["request"] == answer.headers["X-Request-Id"]
    return said["code"]


async def events(answer):
    """All events of an answer that ends."""
    found = []
    for block in (await answer.text()).split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if "data" in lines:
            data = json.loads(lines["data"])
            assert data["event"] == lines["event"]
            assert data["at"].endswith("Z")
            found.append((int(lines["id"]), data))
    return found


async def test_a_render_from_start_to_end(web, desk):
    job = await started(web)
    await desk.finish(job)
    async with web.get(f"/v1/renders/{job}") as answer:
        shown = await answer.json()
    assert (shown["state"], shown["progress"]["fraction"]) == ("done", 1.0)
    async with web.get(shown["links"]["output"]) as answer:
        assert answer.content_type == "video/mp4"
        assert await answer.read() == desk.output_path.read_bytes()
    async with web.get(f"/v1/renders/{job}/frames/latest.jpg") as answer:
        assert (answer.status, answer.content_type) == (200, "image/jpeg")
    async with web.get(f"/v1/renders/{job}/report") as answer:
        assert (await answer.json())["frames"] == 60
    async with web.get("/v1/renders", params={"state": "done"}) as answer:
        assert [one["id"] for one in (await answer.json())["jobs"]] == [job]


async def test_events_come_again_from_any_point_on(web, desk):
    job = await started(web)
    await desk.finish(job)
    async with web.get(f"/v1/renders/{job}/events") as answer:
        assert answer.content_type == "text/event-stream"
        every = await events(answer)
    assert [every[0][1]["event"], every[-1][1]["event"]] == ["queued", "done"]
    assert [number for number, _ in every] == list(range(1, len(every) + 1))
    async with web.get(f"/v1/renders/{job}/events", headers={"Last-Event-ID": "5"}) as answer:
        assert await events(answer) == every[5:]
    async with web.get(f"/v1/renders/{job}/events?after=7") as answer:
        assert await events(answer) == every[7:]


async def test_the_same_key_is_one_job(web):
    headers = {"Idempotency-Key": "k1"}
    async with web.post("/v1/renders", json=ASKED, headers=headers) as one:
        first = (await one.json())["id"]
    async with web.post("/v1/renders", json=ASKED, headers=headers) as two:
        assert (two.status, (await two.json())["id"]) == (202, first)
    async with web.post("/v1/renders", json=ASKED | {"fps": 10}, headers=headers) as other:
        assert (other.status, await problem(other)) == (409, "KEY_REUSED")


async def test_a_full_queue_says_when_to_come_again(web, desk):
    desk.queue = 1
    await started(web)
    async with web.post("/v1/renders", json=ASKED) as answer:
        assert (answer.status, answer.headers["Retry-After"]) == (429, "7")
        assert await problem(answer) == "QUEUE_FULL"


async def test_cancelling_and_retrying(web, desk):
    job = await started(web)
    async with web.post(f"/v1/renders/{job}/retry") as answer:
        assert await problem(answer) == "JOB_NOT_OVER"
    async with web.delete(f"/v1/renders/{job}") as answer:
        assert (answer.status, (await answer.json())["state"]) == (200, "cancelled")
    async with web.delete(f"/v1/renders/{job}") as answer:
        assert (answer.status, await problem(answer)) == (409, "JOB_OVER")
    async with web.post(f"/v1/renders/{job}/retry") as answer:
        assert (answer.status, (await answer.json())["attempt"]) == (202, 2)
    await desk.finish(job)
    async with web.post(f"/v1/renders/{job}/retry") as answer:
        assert await problem(answer) == "JOB_DONE"


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"crf": 20, "bitrate": "2M"}, "RATE_CONTROL_INVALID"),
        *thorough(
            ({"format": "webm", "codec": "h264"}, "CODEC_INVALID"),
            ({"loudness": -16, "skip_audio": True}, "AUDIO_CONTRADICTS"),
            ({"fps": "thirty"}, "FPS_INVALID"),
            ({"scale": 99}, "SCALE_INVALID"),
        ),
        ({"subtitles": ["/etc/passwd"]}, "FILE_OUTSIDE"),
    ],
)
async def test_what_no_page_can_mend_is_refused_at_once(web, options, code):
    for route in ("/v1/renders", "/v1/renders:stream"):
        async with web.post(route, json=ASKED | options) as answer:
            assert (answer.status, await problem(answer)) == (422, code)
    async with web.get("/v1/renders") as answer:
        assert (await answer.json())["jobs"] == []
