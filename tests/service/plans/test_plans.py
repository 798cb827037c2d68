"""Plans over HTTP: each thing is made once, belongs to its caller, and is left when nobody waits for it any more."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

import pytest

from framewright.model.job_request import CompositionSource, PlanRequest
from framewright.service.desk import Caller, Source
from framewright.service.errors import BusyError, UnavailableError, UnknownError
from framewright.service.plans.keeper import Plans

ASKED = {"composition": {"html": "<p>hi</p>"}}
REQUEST = PlanRequest(composition=CompositionSource(html="<p>hi</p>"))
SOURCE = Source(composition="/films/a/index.html", name="a")
ADA, BOB = Caller("ada", frozenset({"write"})), Caller("bob", frozenset({"write"}))
ROOT = Caller("root", frozenset({"admin"}))


async def ask(web, method, path, **more):
    """Status, and what was said: JSON where it is."""
    async with web.request(method, path, **more) as answer:
        body = await answer.read()
        return answer.status, await answer.json(content_type=None) if b"{" in body[:1] else body


async def kept(web, **more):
    status, plan = await ask(web, "POST", "/v1/plans", json=ASKED | more)
    assert status in {200, 201}, plan
    return plan


async def test_from_plan_to_file(web, runs) -> None:
    status, plan = await ask(web, "POST", "/v1/plans", json=ASKED)
    assert status == 201
    assert (plan["frames"], plan["fps"], plan["width"], plan["seconds"]) == (300, "30", 320, 10.0)
    assert [(one["start"], one["stop"], one["done"]) for one in plan["chunks"]] == [
        (0, 180, False),
        (180, 300, False),
    ]
    assert (plan["sound"], plan["links"]["output"], plan["digest"]) == (False, None, plan["digests"]["plan"])
    assert (await ask(web, "POST", "/v1/plans", json=ASKED))[0] == 200
    assert (await ask(web, "GET", plan["links"]["document"]))[1]["digests"] == plan["digests"]

    link = plan["chunks"][1]["link"]
    status, refused = await ask(web, "GET", link)
    assert (status, refused["code"]) == (409, "PIECE_NOT_READY")
    status, made = await ask(web, "POST", link)
    assert (status, made["reused"], made["result"]["start"], made["link"]) == (200, False, 180, link)
    status, again = await ask(web, "POST", link)
    assert (status, again["reused"], again["result"]) == (200, True, made["result"])
    assert runs.done.count("chunk") == 1
    assert await ask(web, "GET", link) == (200, b"frames 180 to 300;")

    status, refused = await ask(web, "POST", plan["links"]["assemble"])
    assert (status, refused["code"]) == (409, "PIECES_MISSING")
    assert "chunk 0;" in refused["detail"]
    status, refused = await ask(web, "GET", f"{plan['links']['self']}/output")
    assert (status, refused["code"]) == (409, "OUTPUT_NOT_READY")
    await ask(web, "POST", plan["chunks"][0]["link"])
    status, file = await ask(web, "POST", plan["links"]["assemble"])
    assert (status, file["reused"], file["report"]["pieces"]) == (200, False, 2)
    assert file["report"]["output"]["path"] == file["output"]["name"]
    assert (await ask(web, "POST", plan["links"]["assemble"]))[1]["reused"]
    shown = (await ask(web, "GET", plan["links"]["self"]))[1]
    assert [one["done"] for one in shown["chunks"]] == [True, True]
    assert shown["output"] == file["output"]
    status, part = await ask(web, "GET", shown["links"]["output"], headers={"Range": "bytes=0-5"})
    assert (status, part) == (206, b"frames")
    counted = (await ask(web, "GET", "/metrics"))[1].decode()
    assert 'framewright_plan_work_total{kind="chunk",outcome="done"} 2.0' in counted
    assert 'route="/v1/plans/{digest}/chunks/{index}"' in counted


async def test_another_wish_for_cuts_is_a_plan_of_its_own(web) -> None:
    first, other = await kept(web), await kept(web, chunks=3)
    assert (len(first["chunks"]), len(other["chunks"])) == (2, 3)
    assert first["digest"] != other["digest"]
    assert first["digests"] == other["digests"]
    assert (await kept(web, chunks=3))["digest"] == other["digest"]


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("GET", "/v1/plans/nothing", "PLAN_UNKNOWN"),
        ("GET", f"/v1/plans/{'0' * 64}", "PLAN_UNKNOWN"),
        ("POST", f"/v1/plans/{'0' * 64}/assemble", "PLAN_UNKNOWN"),
        ("POST", "{self}/chunks/2", "CHUNK_UNKNOWN"),
        ("POST", "{self}/chunks/-1", "CHUNK_UNKNOWN"),
        ("GET", "{self}/chunks/x", "CHUNK_UNKNOWN"),
        ("POST", "{self}/sound", "SOUND_UNKNOWN"),
        ("GET", "{self}/sound", "SOUND_UNKNOWN"),
    ],
)
async def test_what_is_not_there(web, method, path, code) -> None:
    plan = await kept(web)
    status, refused = await ask(web, method, path.format(self=plan["links"]["self"]))
    assert (status, refused["code"]) == (404, code)


async def test_two_who_ask_at_once_share_a_run(web, runs) -> None:
    link = (await kept(web))["chunks"][0]["link"]
    runs.going.clear()
    both = [asyncio.create_task(ask(web, "POST", link)) for _ in range(2)]
    await runs.until(lambda: "chunk" in runs.began)
    runs.going.set()
    answers = await asyncio.gather(*both)
    assert [status for status, _ in answers] == [200, 200]
    assert runs.began.count("chunk") == 1


async def test_what_the_last_caller_leaves_is_called_off(web, runs, plans) -> None:
    plan = await kept(web)
    link = plan["chunks"][0]["link"]
    runs.going.clear()
    both = [asyncio.create_task(ask(web, "POST", link)) for _ in range(2)]
    async with asyncio.timeout(20):
        while not any(one.waiting == 2 for one in plans._work._works.values()):
            await asyncio.sleep(0.01)
    both[0].cancel()
    async with asyncio.timeout(20):
        while any(one.waiting == 2 for one in plans._work._works.values()):
            await asyncio.sleep(0.01)
    assert not runs.left
    both[1].cancel()
    await runs.until(lambda: runs.left == ["chunk"])
    runs.going.set()
    assert (await ask(web, "POST", link))[1]["reused"] is False


async def test_no_more_at_a_time_than_there_is_room_for(web, runs) -> None:
    plan = await kept(web, chunks=3)
    runs.going.clear()
    asked = [asyncio.create_task(ask(web, "POST", one["link"])) for one in plan["chunks"]]
    async with asyncio.timeout(60):
        # Whoever comes last of the three, no other is answered before the first one goes on.
        refused, waiting = await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
    assert [(one.result()[0], one.result()[1]["code"]) for one in refused] == [(429, "PLANS_BUSY")]
    runs.going.set()
    assert [status for status, _ in await asyncio.gather(*waiting)] == [200, 200]
    assert runs.most_at_once == 1


async def test_plans_of_others_are_not_there(plans) -> None:
    plan, fresh = await plans.plan(REQUEST, SOURCE, ADA)
    assert fresh
    with pytest.raises(UnknownError):
        await plans.show(plan.digest, BOB)
    assert (await plans.show(plan.digest, ROOT)).digest == plan.digest
    other, fresh = await plans.plan(REQUEST, replace(SOURCE, name="b"), BOB)
    assert (other.digest, other.name, fresh) == (plan.digest, "b", True)
    assert (await plans.show(plan.digest, ADA)).name == "a"


async def test_a_service_that_stops_says_so(settings, database, runs) -> None:
    async with Plans(settings, database, run=runs) as plans:
        runs.going.clear()
        asking = asyncio.create_task(plans.plan(REQUEST, SOURCE, ADA))
        await runs.until(lambda: bool(runs.began))
    with pytest.raises(UnavailableError) as stopped:
        await asking
    assert stopped.value.code == "STOPPING"
    with pytest.raises(UnavailableError):
        await plans.plan(REQUEST, SOURCE, ADA)
    assert runs.left == ["plan"]
    assert list((settings.data_folder / "plans").iterdir()) == []


async def test_what_has_changed_is_made_again(plans, settings, runs) -> None:
    plan, _ = await plans.plan(REQUEST, SOURCE, ADA)
    for index in range(2):
        await plans.chunk(plan.digest, index, ADA)
    piece = settings.data_folder / "plans" / plan.digest / "pieces" / "chunk-00001.piece"
    piece.write_bytes(b"?" * piece.stat().st_size)
    with pytest.raises(Exception) as broken:
        await plans.assemble(plan.digest, ADA)
    assert broken.value.code == "PIECES_BROKEN"
    assert [one.done for one in (await plans.show(plan.digest, ADA)).chunks] == [True, False]
    await plans.chunk(plan.digest, 1, ADA)
    assert (await plans.assemble(plan.digest, ADA)).report.pieces == 2


async def test_unused_plans_go_and_used_ones_stay(plans, settings, database) -> None:
    plan, _ = await plans.plan(REQUEST, SOURCE, ADA)
    other, _ = await plans.plan(REQUEST.model_copy(update={"chunks": 3}), SOURCE, ADA)
    await plans.sweep()
    assert (await plans.show(plan.digest, ADA)).digest == plan.digest
    old = time.time() - 86_400 * (settings.keep_uploads + 1)
    await database.run(lambda db: db.execute("UPDATE plans SET used = ?", (old,)).rowcount)
    await plans.show(other.digest, ADA)
    async with plans.document(plan.digest, ROOT):
        await database.run(
            lambda db: db.execute("UPDATE plans SET used = ? WHERE digest = ?", (old, plan.digest)).rowcount
        )
        await plans.sweep()
        assert (settings.data_folder / "plans" / plan.digest).exists()
    await plans.sweep()
    assert [one.name for one in (settings.data_folder / "plans").iterdir()] == [other.digest]
    with pytest.raises(UnknownError):
        await plans.show(plan.digest, ADA)


async def test_plans_take_no_more_room_than_outputs_may(settings, database, runs) -> None:
    tight = settings.model_copy(update={"keep_outputs": 1})
    folder = settings.data_folder / "plans"
    async with Plans(tight, database, run=runs) as plans:
        await plans.plan(REQUEST, SOURCE, ADA)
        # Nobody waits for the clock: a plan that came is a reason to look.
        async with asyncio.timeout(30):
            while list(folder.iterdir()):
                await asyncio.sleep(0.05)


async def test_a_service_that_was_killed_leaves_nothing_half_done(settings, database, runs, plans) -> None:
    plan, _ = await plans.plan(REQUEST, SOURCE, ADA)
    half = settings.data_folder / "plans" / ".new-x"
    half.mkdir()
    (half / "blob").write_text("1")
    async with Plans(settings, database, run=runs) as again:
        assert not half.exists()
        assert (await again.show(plan.digest, ADA)).digest == plan.digest


async def test_too_many_are_refused_before_anything_is_spent(settings, database, runs) -> None:
    none = settings.model_copy(update={"queue": 0})
    async with Plans(none, database, run=runs) as plans:
        runs.going.clear()
        first = asyncio.create_task(plans.plan(REQUEST, SOURCE, ADA))
        await runs.until(lambda: bool(runs.began))
        with pytest.raises(BusyError):
            await plans.plan(REQUEST.model_copy(update={"chunks": 3}), SOURCE, ADA)
        runs.going.set()
        assert (await first)[1]
