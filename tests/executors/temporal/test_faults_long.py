"""The rarer faults of a cluster, and those that take long: run by hand."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import slow_film
from far_network import NoNetworkError, far_network
from real_cluster import Clock, cluster, fairly
from worker_process import until

from framewright.executors.temporal.dev_server import DevServer
from framewright.executors.temporal.executor import TemporalExecutor
from framewright.model.settings import Settings
from framewright.render.job import Job
from framewright.render.telling import Teller
from truth import remains, typefaces
from truth.object_server import Door, ask, object_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from real_cluster import Cluster
    from slow_film import SlowFilm

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]

SERVER_AWAY = 6.0
STORE_AWAY = 10.0
DRAIN = 30.0


@pytest.fixture(scope="module")
def film(tmp_path_factory, browser_files, known_machine) -> SlowFilm:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FRAMEWRIGHT_TMPDIR", str(browser_files))
        settings = Settings(cache=known_machine, piece_cache_size=0)
        return asyncio.run(slow_film.make(tmp_path_factory.mktemp("film"), settings))


@pytest.fixture
async def here(dev_server, queue, tmp_path, browser_files) -> AsyncIterator[Cluster]:
    """A cluster on the server of all tests."""
    async with cluster(dev_server, queue, tmp_path, browser_files) as made:
        yield made


@pytest.fixture
async def alone(queue, tmp_path, browser_files) -> AsyncIterator[Cluster]:
    """A cluster whose server may be killed, for it keeps its state in a file."""
    async with (
        DevServer.start(database=tmp_path / "temporal.db") as server,
        cluster(server, queue, tmp_path, browser_files) as made,
    ):
        yield made


async def test_a_server_that_is_killed_comes_back_to_what_it_knew(alone, film) -> None:
    workers = await alone.start_workers(2)
    render = await alone.render(film.bundle)
    await render.drawing()
    alone.server.kill()
    await asyncio.sleep(SERVER_AWAY)
    assert all(worker.process.poll() is None for worker in workers)
    await alone.server.resume()
    await render.done()
    assert await render.file() == film.alone


async def test_a_worker_and_the_server_are_killed_at_once(alone, film) -> None:
    await alone.start_workers(2)
    render = await alone.render(film.bundle)
    _, victim = await render.caught()
    alone.server.kill()
    victim.kill()
    await asyncio.sleep(SERVER_AWAY)
    await alone.server.resume()
    await render.done()
    assert await render.file() == film.alone
    assert victim.name not in {worker.name for worker in alone.workers if worker.process.poll() is None}


async def test_a_worker_that_is_told_to_leave_drains(here, film) -> None:
    await here.start_workers(2)
    render = await here.render(film.bundle)
    held, leaving = await render.drawing()
    since = Clock()
    leaving.send(signal.SIGTERM)
    await until(lambda: leaving.process.poll() is not None, "the worker has left")
    print(f"drain: {since.seconds} s")
    assert since.seconds < DRAIN + fairly(5)
    assert leaving.process.returncode == 0
    assert leaving.rendering == []
    assert remains.files(leaving.place) == []
    await render.done()
    assert await render.file() == film.alone


async def test_a_process_that_stands_still_is_replaced(here, film) -> None:
    await here.start_workers(1)
    render = await here.render(film.bundle)
    chunk, worker = await render.drawing()
    (child,) = worker.children
    os.kill(child, signal.SIGSTOP)
    since = Clock()

    async def again() -> bool:
        return child not in worker.children and any(one.attempt > 1 for one in (await render.look()).doing)

    await until(again, "the chunk is tried again")
    print(f"stalled process: {since.seconds} s")
    await render.done()
    assert await render.file() == film.alone
    assert worker.process.poll() is None


async def test_a_page_that_stands_still_is_given_up_and_drawn_by_another_browser(here, film) -> None:
    await here.start_workers(1, STALL_TIMEOUT="5", PAGE_TIMEOUT="12")
    render = await here.render(film.bundle)
    _, worker = await render.drawing()
    browsers = worker.browsers
    for process in browsers:
        os.kill(process, signal.SIGSTOP)
    since = Clock()
    await until(lambda: not set(browsers) & set(worker.browsers), "the browser that stands still is gone")
    print(f"stalled page: {since.seconds} s")
    await render.done()
    assert await render.file() == film.alone


async def test_a_browser_that_crashes_is_made_up_for(here, film) -> None:
    await here.start_workers(2)
    render = await here.render(film.bundle)
    _, worker = await render.drawing()
    for browser in remains.browser_mains(worker.place):
        remains.kill(browser)
    await render.done()
    assert await render.file() == film.alone
    assert worker.process.poll() is None


async def test_a_store_that_is_away_for_a_while_is_waited_for(
    dev_server, queue, film, tmp_path, browser_files, monkeypatch
) -> None:
    with object_server() as endpoint:
        for name, value in {
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_ALLOW_HTTP": "true",
            "AWS_ACCESS_KEY_ID": "someone",
            "AWS_SECRET_ACCESS_KEY": "something",
            "AWS_REGION": "us-east-1",
        }.items():
            monkeypatch.setenv(name, value)
        async with cluster(dev_server, queue, tmp_path, browser_files, store="s3://films/faults") as here:
            await here.start_workers(2)
            render = await here.render(film.bundle)
            await render.drawing()
            server = server_of(endpoint)
            os.kill(server, signal.SIGSTOP)
            try:
                await asyncio.sleep(STORE_AWAY)
            finally:
                os.kill(server, signal.SIGCONT)
            ask(f"{endpoint}/films")
            await render.done()
            assert await render.file() == film.alone


async def test_two_clients_that_want_the_same_get_it_of_one_render(
    here, film, tmp_path, dev_server, queue
) -> None:
    await here.start_workers(2)
    told: list[list[object]] = [[], []]
    settings = dev_server.settings.model_copy(update={"queue": queue})

    async def want(number: int) -> bytes:
        output = tmp_path / f"{number}.mp4"
        executor = TemporalExecutor(settings, store=here.store.uri)
        await Job(
            str(film.bundle.root),
            output,
            slow_film.OPTIONS,
            Settings.read(),
            Teller(told[number].append),
            executor=executor,
        ).run()
        return output.read_bytes()

    files = await asyncio.gather(want(0), want(1))
    assert files == [film.alone, film.alone]
    begun = [
        event.inputs["joined"]
        for events in told
        for event in events
        if event.event == "decided" and event.subject == "job"
    ]
    assert sorted(begun) == [False, True]


async def test_a_worker_of_another_environment_gets_nothing_of_it(here, film, tmp_path) -> None:
    (stranger,) = await here.start_workers(1, FONT_TABLE='{"Helvetica": "Inter"}')
    fonts = (
        typefaces.install(tmp_path, Marked_ttf=typefaces.renamed("Tinos-Regular.ttf", "Tinos", "Toner"))
        / "fonts"
    )
    (stranger_with_fonts,) = await here.start_workers(1, FONTS=str(fonts))
    render = await here.render(film.bundle)
    await render.until_states(lambda letters: "r" in letters, "chunks wait for a worker")
    assert await render.chunks() == []
    (ours,) = await here.start_workers(1)
    await render.done()
    assert await render.file() == film.alone
    assert {begun.worker for begun in (await render.began()).values()} == {ours.name}
    for other in (stranger, stranger_with_fonts):
        assert other.done("render_chunk") == other.done("assemble") == []


async def test_a_worker_that_is_cut_off_is_made_up_for(here, film) -> None:
    try:
        stack = ExitStack()
        network = stack.enter_context(far_network())
    except NoNetworkError as error:
        pytest.skip(f"needs the right to make a network: {error}")
    with stack:
        async with Door(f"http://{here.server.address}", host=network.here) as door:
            far = here.begin_worker(address=f"{network.here}:{door.port}", before=network.before)
            await far.ready()
            render = await here.render(film.bundle, window=1)
            lost, _ = await render.caught()
            network.pull()
            far.send(signal.SIGCONT)
            (near,) = await here.start_workers(1)
            await render.done()
            again = (await render.began())[lost.name]
            assert (again.worker, again.attempt) == (near.name, lost.attempt + 1)
            assert await render.file() == film.alone
            # It notices, lets go of what others have done, and works on when the cable is there again.
            network.plug_in()
            await until(lambda: far.process.poll() is None and not far.browsers, "it has let go")
            near.send(signal.SIGTERM)
            await until(lambda: near.process.poll() is not None, "the other has left")
            for name in ("pieces", "outputs", "runs"):
                await here.store.delete(name)
            anew = await here.render(film.bundle)
            await anew.done()
            assert {begun.worker for begun in (await anew.began()).values()} == {far.name}
            assert await anew.file() == film.alone


def server_of(endpoint: str) -> int:
    """The process that listens at an endpoint, which is a child of ours."""
    port = endpoint.rpartition(":")[2]
    for entry in Path("/proc").iterdir():
        try:
            words = entry.joinpath("cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if words[:1] == [os.fsencode(sys.executable)] and words[-2:-1] == [port.encode()]:
            return int(entry.name)
    raise AssertionError(f"nobody listens at {endpoint}")
