"""What a render needs lies in the store when it begins: every file by its digest, and none that has changed."""

from __future__ import annotations

import pytest

from framewright.executors.temporal.manifest import options_of
from framewright.executors.temporal.publishing import publish_plan, publish_project
from framewright.executors.temporal.values import Manifest
from framewright.model.errors import CompositionError
from framewright.model.frames import FrameRate
from framewright.model.output import Codec, Format
from framewright.model.settings import Settings
from framewright.render.bundle import Bundle
from framewright.render.options import RenderOptions
from framewright.render.planning.document import read_document
from framewright.stores import open_store
from truth import planned


@pytest.fixture
async def store(tmp_path):
    found = open_store(str(tmp_path / "store"), Settings.read())
    yield found
    await found.close()


@pytest.fixture
def bundle(tmp_path):
    plan = planned.plan((Format.MP4, Codec.H264), FrameRate.parse("25"), (0, 10, 20))
    project = planned.write(tmp_path / "plan", plan).with_name("plan-project")
    return Bundle(plan, project, tmp_path / "blobs")


async def test_a_plan_and_its_files_lie_there_once(store, bundle):
    sent = []
    reference = await publish_plan(bundle, store, on_progress=sent.append)
    assert (await store.get(bundle.plan.files[0].digest)).read_bytes() == (
        bundle.root / "index.html"
    ).read_bytes()
    document = (await store.get(reference.document)).read_bytes()
    assert read_document(document, "it") == bundle.plan
    assert (reference.digest, reference.chunks, reference.frames) == (bundle.plan.digests.plan, 2, 20)
    assert (sent[-1].files, sent[-1].bytes) == (sent[-1].of_files, sent[-1].of_bytes)
    lying = await store.list("blobs/")
    assert await publish_plan(bundle, store) == reference
    assert [one.name for one in await store.list("blobs/")] == [one.name for one in lying]


@pytest.mark.parametrize("change", ["written", "gone"])
async def test_a_file_that_has_changed_since_it_was_planned(store, bundle, change):
    page = bundle.root / "index.html"
    page.write_text("<p>other</p>") if change == "written" else page.unlink()
    with pytest.raises(CompositionError) as raised:
        await publish_plan(bundle, store)
    assert raised.value.code == "FILE_CHANGED"
    assert str(page) in raised.value.message


async def test_a_project_travels_with_what_its_options_name(store, tmp_path):
    project = tmp_path / "my-title"
    (project / "pictures").mkdir(parents=True)
    (project / ".git").mkdir()
    (project / "index.html").write_text("<!doctype html><p>page</p>")
    (project / "pictures" / "a b.svg").write_text("<svg/>")
    (project / ".git" / "config").write_text("not for others")
    words = tmp_path / "words.de.srt"
    words.write_text("1\n00:00:00,000 --> 00:00:01,000\nda\n")
    options = RenderOptions.parse(format="mp4", fps=25, subtitles=[words])
    reference = await publish_project(str(project), options, store, Settings.read(), slots=6)
    manifest = Manifest.model_validate_json((await store.get(reference.manifest)).read_bytes())
    assert (manifest.entry, manifest.slots) == ("index.html", 6)
    assert [file.name for file in manifest.files] == ["index.html", "pictures/a%20b.svg"]
    for file, path in zip(manifest.files, ("index.html", "pictures/a b.svg"), strict=True):
        assert (await store.get(file.digest)).read_bytes() == (project / path).read_bytes()
    (beside,) = manifest.beside
    assert (await store.get(beside.digest)).read_bytes() == words.read_bytes()
    assert options_of(manifest, tmp_path).subtitles[0].path.name == beside.name
    again = await publish_project(str(project), options, store, Settings.read(), slots=6)
    assert again == reference, "the same project has the same name"
