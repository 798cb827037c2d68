"""Many renders on one service, with real processes and real browsers: none lost, also when the service is killed."""

import asyncio
import os
import random
import signal
import time
from pathlib import Path

import pytest
from serving import serving, started, story_of

import framewright
from truth import decoding
from truth.pages import Film
from truth.runtimes import write_numbers

FILM = Film(frames=6, fps="10", width=64, height=36)
PATIENCE = 300.0
pytestmark = pytest.mark.thorough


def project(folder, number, film=FILM):
    """A project whose frames count up from a number of its own."""
    write_numbers(folder, film, [number + frame for frame in range(film.frames)])
    return folder


def page(folder, number, film=FILM):
    return (project(folder, number, film) / "index.html").read_text(encoding="utf-8")


def processes(data):
    """Whatever lives in a data folder, or was started for something in it."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            line = entry.joinpath("cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            where = os.readlink(entry / "cwd")
            dead = entry.joinpath("stat").read_text().rpartition(")")[2].split()[0] in "ZX"
        except OSError:
            continue
        if not dead and (str(data) in line or where.startswith(str(data))):
            found.append(f"{entry.name}: {line[:150]}")
    return found


def assert_nothing_lives(data):
    deadline = time.monotonic() + 30
    while left := processes(data):
        assert time.monotonic() < deadline, left
        time.sleep(0.05)


def assert_only_outputs(data):
    assert list((data / "work").iterdir()) == []
    names = {path.name for path in (data / "jobs").rglob("*") if path.is_file()}
    assert names <= {"output.mp4", "latest.jpg"}


async def film_of(web, job, place):
    async with web.get(f"{job['links']['self']}/output") as answer:
        assert answer.status == 200, await answer.text()
        place.write_bytes(await answer.read())
    return place


async def all_at_once(data, tmp_path, count):
    pages = [page(tmp_path / f"page {number}", number) for number in range(count)]
    async with serving(data) as (_, _, web):
        asked = [
            started(web, composition={"html": one}, name=str(number), fps="10")
            for number, one in enumerate(pages)
        ]
        jobs = await asyncio.gather(*asked)
        async with asyncio.timeout(PATIENCE):
            stories = await asyncio.gather(*(story_of(web, job) for job in jobs))
        assert {story[-1]["event"] for story in stories} == {"done"}
        over = []
        for number, job in enumerate(jobs):
            film = await film_of(web, job, tmp_path / f"{number}.mp4")
            assert decoding.numbers(film) == [number + frame for frame in range(FILM.frames)]
            async with web.get(job["links"]["self"]) as answer:
                over.append(await answer.json())
        # Who was taken first is rendered first: the list has the latest first.
        async with web.get("/v1/renders", params={"limit": 100}) as answer:
            listed = [one["id"] for one in (await answer.json())["jobs"]]
        by_start = sorted(over, key=lambda job: job["started"])
        assert [job["id"] for job in by_start] == listed[::-1]
        for one, after in zip(by_start, by_start[1:], strict=False):
            assert after["started"] >= one["ended"], "one at a time"
        for story in stories:
            check_story(story)
    assert_nothing_lives(data)
    assert_only_outputs(data)


def check_story(story):
    ids = [told["id"] for told in story]
    assert ids == sorted(set(ids))
    places = [told["position"] for told in story if told["event"] == "queued"]
    assert places == sorted(places, reverse=True)
    began = next(number for number, told in enumerate(story) if told["event"] == "started")
    assert [told["event"] for told in story[began : began + 3]] == ["started", "stage", "progress"]


async def test_five_renders_asked_for_at_once(tmp_path):
    await all_at_once(tmp_path / "data", tmp_path, 5)


@pytest.mark.long
@pytest.mark.timeout(900)
async def test_twenty_renders_asked_for_at_once(tmp_path):
    await all_at_once(tmp_path / "data", tmp_path, 20)


async def test_a_service_that_is_killed_goes_on_where_it_was(tmp_path):
    data, wishes = tmp_path / "data", {"fps": "10", "quality": "draft", "chunk_frames": 20, "workers": 1}
    long = Film(frames=80, fps="10", width=64, height=36)
    films = [long, FILM, FILM]
    places = [tmp_path / f"page {number}" for number in range(3)]
    pages = [
        page(place, 10 * number, film) for number, (place, film) in enumerate(zip(places, films, strict=True))
    ]
    plain = [tmp_path / f"plain {number}.mp4" for number in range(3)]
    for place, out in zip(places, plain, strict=True):
        await framewright.render_async(place, out, **wishes)
    pieces = {"FRAMEWRIGHT_PIECE_CACHE_SIZE": "1G"}
    async with serving(data, **pieces) as (process, _, web):
        jobs = [await started(web, composition={"html": one}, **wishes) for one in pages]
        heard = await story_of(
            web, jobs[0], until=lambda told: told["event"] == "chunk" and told["state"] == "done"
        )
        assert processes(data), "or the look at processes says nothing"
        process.send_signal(signal.SIGKILL)
        async with asyncio.timeout(60):
            await process.wait()
        assert_nothing_lives(data)
    async with serving(data, **pieces) as (_, _, web):
        async with asyncio.timeout(PATIENCE):
            rest = await asyncio.gather(
                story_of(web, jobs[0], after=heard[-1]["id"]), *(story_of(web, job) for job in jobs[1:])
            )
        first = rest[0]
        assert first[0]["id"] > heard[-1]["id"]
        assert [told["code"] for told in first if told["event"] == "fallback"][-1] == "SERVICE_RESTARTED"
        assert "reused" in {told["state"] for told in first if told["event"] == "chunk"}
        over = []
        for number, job in enumerate(jobs):
            film = await film_of(web, job, tmp_path / f"{number}.mp4")
            assert film.read_bytes() == plain[number].read_bytes()
            async with web.get(job["links"]["self"]) as answer:
                over.append(await answer.json())
        assert [job["attempt"] for job in over] == [1, 1, 1]
        assert [job["started"] for job in over] == sorted(job["started"] for job in over)
    assert_nothing_lives(data)
    assert_only_outputs(data)


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", range(2))
async def test_a_service_that_is_killed_again_and_again_loses_nothing(tmp_path, seed):
    rolled = random.Random(seed)
    data, wishes = tmp_path / "data", {"fps": "10", "quality": "draft", "chunk_frames": 20, "workers": 1}
    film = Film(frames=60, fps="10", width=64, height=36)
    places = [tmp_path / f"page {number}" for number in range(6)]
    pages = [page(place, number, film) for number, place in enumerate(places)]
    plain = [tmp_path / f"plain {number}.mp4" for number in range(6)]
    for place, out in zip(places, plain, strict=True):
        await framewright.render_async(place, out, **wishes)
    environment = {"FRAMEWRIGHT_PIECE_CACHE_SIZE": "1G", "FRAMEWRIGHT_SERVICE_SLOTS": "2"}
    jobs = []
    for kill in range(4):
        async with serving(data, **environment) as (process, _, web):
            while len(jobs) < min(6, 2 * kill + 2):
                jobs.append(await started(web, composition={"html": pages[len(jobs)]}, **wishes))
            # Whatever moment this is, it is one.
            await asyncio.sleep(rolled.uniform(0.0, 6.0))
            process.send_signal(signal.SIGKILL)
            async with asyncio.timeout(60):
                await process.wait()
        assert_nothing_lives(data)
    async with serving(data, **environment) as (_, _, web):
        async with asyncio.timeout(PATIENCE):
            stories = await asyncio.gather(*(story_of(web, job) for job in jobs))
        for number, (job, story) in enumerate(zip(jobs, stories, strict=True)):
            assert story[-1]["event"] == "done"
            ids = [told["id"] for told in story]
            assert ids == sorted(set(ids))
            film_there = await film_of(web, job, tmp_path / f"{number}.mp4")
            assert film_there.read_bytes() == plain[number].read_bytes()
    assert_nothing_lives(data)
    assert_only_outputs(data)
