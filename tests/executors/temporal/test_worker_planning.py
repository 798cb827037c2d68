"""A project is planned on a worker, and drawn by browsers that get its films when frames need them."""

from __future__ import annotations

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

import framewright
from framewright.executors.temporal.activities import WorkerActivities
from framewright.executors.temporal.names import output_document
from framewright.executors.temporal.plan_work import _within
from framewright.executors.temporal.publishing import publish_project
from framewright.executors.temporal.values import (
    AssembleOrder,
    Bounds,
    ChunkOrder,
    CutsOrder,
    ForgetOrder,
    Manifest,
    Output,
    ProjectReference,
)
from framewright.executors.temporal.workplace import open_workplace
from framewright.model.frames import FrameRange
from framewright.model.settings import Settings
from framewright.render.options import RenderOptions
from framewright.stores.opening import open_store
from truth import footage, pages

WISHES = {"fps": "5", "quality": "draft", "chunk_frames": 10, "format": "mp4"}
PAGE = """<!doctype html><style>body { margin: 0 }</style>
<div data-composition-id="main" data-width="128" data-height="72" data-duration="4" data-no-timeline>
<video id="a" src="a.mp4" data-start="0" data-duration="0.8" muted width="64"></video>
<video id="b" src="b.mp4" data-start="3" data-duration="0.8" muted width="64"></video></div>"""


@pytest.fixture
def page(tmp_path):
    for name, first in (("a", 0), ("b", 100)):
        (tmp_path / "page").mkdir(exist_ok=True)
        footage.write(tmp_path / "page" / f"{name}.mp4", frames=24, fps=30, first=first)
    return pages.write(tmp_path / "page", PAGE)


@pytest.fixture
def store(tmp_path):
    return open_store(str(tmp_path / "store"), Settings.read())


async def published(page, store) -> ProjectReference:
    return await publish_project(str(page), RenderOptions.parse(**WISHES), store, Settings.read(), slots=2)


async def test_a_project_is_planned_and_gets_its_films_when_frames_need_them(page, store, tmp_path) -> None:
    project = await published(page, store)
    async with open_workplace(store, Settings.read(), worker="me", slots=1, workers=1) as here:
        does = WorkerActivities(here)
        plan = await ActivityEnvironment().run(does.plan, project)
        assert (plan.chunks, plan.frames, plan.sound, plan.store) == (2, 20, False, store.uri)
        # An attempt whose answer was lost is not made again.
        assert await ActivityEnvironment().run(does.plan, project) == plan

        cuts = await ActivityEnvironment().run(does.read_cuts, CutsOrder(plan=plan, first=0, stop=2))
        assert cuts.starts == (0, 10, 20)
        pids, films = set(), []
        for index, (start, stop) in enumerate(((0, 10), (10, 20))):
            order = ChunkOrder(plan=plan, index=index, start=start, stop=stop)
            await ActivityEnvironment().run(does.render_chunk, order)
            pids.add(here.hands.hands[0].slot.pid)
            films.append(sorted(path.name for path in here.layouts.places[0].glob("project/*.mp4")))
        assert films == [["a.mp4"], ["a.mp4", "b.mp4"]]
        assert len(pids) == 1
        made = await ActivityEnvironment().run(does.assemble, AssembleOrder(plan=plan))
        output = Output.model_validate_json(await store.read(output_document(plan.digest)))
        found = (await store.get(output.files[0].digest)).read_bytes()
        assert made.bytes == len(found)

        await ActivityEnvironment().run(does.forget, ForgetOrder(plan=plan, indices=(1,)))
        with pytest.raises(ApplicationError) as refused:
            await ActivityEnvironment().run(does.assemble, AssembleOrder(plan=plan))
        assert refused.value.type == "PieceError"
        assert refused.value.details[0]["chunks"] == [1]
    here_alone = tmp_path / "alone.mp4"
    await framewright.render_async(page, here_alone, **WISHES)
    assert here_alone.read_bytes() == found


@pytest.mark.parametrize(
    ("bound", "code"),
    [
        ({"frames": 19}, "RUN_FRAMES"),
        pytest.param({"duration": 3.9}, "RUN_DURATION", marks=pytest.mark.thorough),
        pytest.param({"pixels": 128 * 72 - 1}, "RUN_PIXELS", marks=pytest.mark.thorough),
    ],
)
async def test_what_a_service_sends_stays_within_its_bounds(page, store, bound, code) -> None:
    wide = {"duration": 60.0, "frames": 100, "pixels": 10_000, "page_network": "none"}
    project = await publish_project(
        str(page),
        RenderOptions.parse(**WISHES),
        store,
        Settings.read(),
        slots=2,
        bounds=Bounds(**{**wide, **bound}),
    )
    async with open_workplace(store, Settings.read(), worker="me", slots=1, workers=1) as here:
        with pytest.raises(ApplicationError) as refused:
            await ActivityEnvironment().run(WorkerActivities(here).plan, project)
    assert (refused.value.type, refused.value.details[0]["code"]) == ("LimitError", code)
    assert refused.value.non_retryable


@pytest.mark.parametrize(
    ("own", "asked", "holds"),
    [("any", "none", "none"), ("none", "any", "none"), ("public", "any", "public"), ("any", "any", "any")],
)
def test_the_stricter_word_on_the_network_counts(own, asked, holds) -> None:
    settings = Settings.read(page_network=own)
    bounds = Bounds(duration=1.0, frames=1, pixels=1, page_network=asked)
    assert _within(settings, bounds).page_network == holds
    assert _within(settings, None).page_network == own


async def test_what_is_no_project_is_refused(store, tmp_path) -> None:
    file = tmp_path / "text"
    outside = Manifest(
        entry="../index.html", files=({"name": "../index.html", "digest": "0" * 64, "bytes": 0},)
    )
    async with open_workplace(store, Settings.read(), worker="me", slots=1, workers=1) as here:
        for text, code in (
            ("{}", None),
            ('{"entry": 7}', "MANIFEST_INVALID"),
            (outside.model_dump_json(), None),
        ):
            file.write_text(text)
            reference = ProjectReference(store=store.uri, manifest=await store.put(file))
            with pytest.raises(ApplicationError) as refused:
                await ActivityEnvironment().run(WorkerActivities(here).plan, reference)
            assert refused.value.details[0]["code"] in {code, "MANIFEST_INVALID", "BLOB_MISSING"}


async def test_a_plan_of_another_store_is_told_as_such(page, store) -> None:
    elsewhere = {
        "store": "file:///elsewhere",
        "document": "1" * 64,
        "digest": "2" * 64,
        "environment": "3" * 64,
    }
    async with open_workplace(store, Settings.read(), worker="me", slots=1, workers=1) as here:
        order = ChunkOrder(
            plan={**elsewhere, "chunks": 1, "frames": 1, "sound": False}, index=0, start=0, stop=1
        )
        with pytest.raises(ApplicationError, match="file:///elsewhere") as refused:
            await ActivityEnvironment().run(WorkerActivities(here).render_chunk, order)
    assert refused.value.details[0]["code"] == "STORE_OTHER"
    assert not refused.value.non_retryable


async def test_what_a_machine_lacks_another_may_have(page, store, tmp_path) -> None:
    project = await published(page, store)
    place = tmp_path / "full"
    settings = Settings.read(tmpdir=place)
    place.write_text("no folder")
    async with open_workplace(store, settings, worker="me", slots=1, workers=1) as here:
        with pytest.raises(ApplicationError) as refused:
            await ActivityEnvironment().run(WorkerActivities(here).plan, project)
    assert (refused.value.type, refused.value.details[0]["code"]) == ("SetupError", "PROFILE_FAILED")
    assert not refused.value.non_retryable


@pytest.mark.thorough
async def test_a_plan_is_kept_whatever_the_cache_throws_out(page, store, tmp_path, monkeypatch) -> None:
    fetched = []
    get = type(store).get

    async def noting(self, digest):
        fetched.append(digest)
        return await get(self, digest)

    monkeypatch.setattr(type(store), "get", noting)
    project = await published(page, store)
    async with open_workplace(store, Settings.read(), worker="me", slots=1, workers=1) as here:
        plan = await ActivityEnvironment().run(WorkerActivities(here).plan, project)
        async with here.layouts.hold(plan) as layout:
            fetched.clear()
            first = await layout.lay_frames(FrameRange(0, 10))
            needed = list(fetched)
            assert len(needed) == len(set(needed)) == 2
            for digest in needed:
                await store.drop(digest)
            second = await layout.lay_frames(FrameRange(0, 20))
            assert len(fetched) == 3
            assert first.root == second.root
            assert (second.root / "a.mp4").read_bytes() == (page / "a.mp4").read_bytes()
