import asyncio
import json
import os
import shutil
import threading

import pytest

from framewright.model.errors import CompositionError, OutputError, PlanError, StoreError
from framewright.model.frames import FrameRange
from framewright.model.plan import PagePlan, PlanFile, SoundPiecePlan
from framewright.model.recording import AnsweredBy, RecordedAnswer, Recording
from framewright.model.sound import SoundPlan, SoundTrack
from framewright.render.bundle import Bundle
from framewright.render.planning import document
from framewright.render.planning.document import write_document
from framewright.render.planning.folder import fill, open_plan, plan_target, unpacked, write_plan
from framewright.stores import BlobFolder, digest_of
from truth import plans

ODD = b"a b#\xff\xfc%41.txt"
ODD_NAME = "a%20b%23%FF%FC%2541.txt"


def planned(content, **other):
    return PlanFile(**{"digest": digest_of(content), "bytes": len(content)} | other)


@pytest.fixture
def bundle(tmp_path):
    """A project with a page, an odd name in a folder, a film that only the second chunk shows, a recorded body, a song."""
    root = tmp_path / "project"
    (root / "sub").mkdir(parents=True)
    (root / "index.html").write_bytes(b"<h1>page</h1>")
    (root / "sub" / os.fsdecode(ODD)).write_bytes(b"odd")
    (root / "film.mp4").write_bytes(b"film" * 1000)
    song = tmp_path / "song.mp3"
    song.write_bytes(b"song")
    blobs = BlobFolder(tmp_path / "recorded")
    body = blobs.put(b"body{}")
    answer = RecordedAnswer(
        method="GET", url="https://a.test/x.css", status=200, blob=body, by=AnsweredBy.NETWORK
    )
    track = SoundTrack(name="--audio-track", source="song.mp3")
    plan = plans.plan(
        files=(
            planned(b"song", name="song.mp3", kind="added", frames=(), sound=True),
            planned(b"film" * 1000, name="film.mp4", frames=((150, 200),)),
            plans.page_file(),
            planned(b"odd", name=f"sub/{ODD_NAME}"),
            planned(b"body{}", name="https://a.test/x.css", kind="recorded"),
        ),
        recording=Recording(answers=(answer,)),
        sound=SoundPiecePlan(
            mix=SoundPlan(tracks=(track,), samples=10), sources={"song.mp3": digest_of(b"song")}
        ),
    )
    return Bundle(plan, root, blobs.root, {"song.mp3": song})


@pytest.fixture
def folder(bundle, tmp_path):
    write_plan(tmp_path / "plan", bundle.plan, bundle)
    return tmp_path / "plan"


def lay_out(folder, plan, frames, look):
    async def run():
        async with unpacked(folder, plan, frames) as found:
            return look(found)

    return asyncio.run(run())


def contents(found):
    root = found.root
    return {
        os.fsencode(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()
    }


def test_a_plan_is_read_as_it_was_written_wherever_its_folder_goes(bundle, folder, tmp_path):
    assert open_plan(folder) == bundle.plan
    assert open_plan(folder / "plan.json") == bundle.plan
    shutil.move(folder, tmp_path / "elsewhere")
    shutil.rmtree(bundle.root)
    assert open_plan(tmp_path / "elsewhere") == bundle.plan
    assert lay_out(tmp_path / "elsewhere", bundle.plan, FrameRange(120, 300), contents) == {
        b"index.html": b"<h1>page</h1>",
        b"sub/" + ODD: b"odd",
        b"film.mp4": b"film" * 1000,
    }


def test_a_chunk_gets_what_it_needs_and_nothing_of_it_is_left(bundle, folder, browser_files):
    def look(found):
        assert BlobFolder(found.blobs).read(digest_of(b"body{}")) == b"body{}"
        assert found.sources == {}
        return contents(found)

    assert lay_out(folder, bundle.plan, FrameRange(0, 120), look).keys() == {b"index.html", b"sub/" + ODD}
    assert list(browser_files.iterdir()) == []


def test_the_mix_gets_its_sources_by_their_names(bundle, folder):
    def look(found):
        assert {name: path.read_bytes() for name, path in found.sources.items()} == {"song.mp3": b"song"}
        return found.sources["song.mp3"].suffix

    assert lay_out(folder, bundle.plan, "sound", look) == ".mp3"


def test_a_folder_that_may_not_be_written_is_read(bundle, folder):
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    for path in folder.rglob("*"):
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        assert lay_out(folder, open_plan(folder), FrameRange(0, 300), contents)[b"film.mp4"] == b"film" * 1000
    finally:
        for path in folder.rglob("*"):
            path.chmod(0o755)
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before


def blob(folder, content):
    digest = digest_of(content)
    return folder / "blobs" / digest[:2] / digest


def test_a_blob_that_is_missing_cut_off_or_has_one_bit_flipped_is_told_by_whoever_needs_it(bundle, folder):
    film = blob(folder, b"film" * 1000)
    written = film.read_bytes()
    flipped = bytes([written[0] ^ 1]) + written[1:]
    for change, code in ((written[:-1], "BLOB_CHANGED"), (flipped, "BLOB_CHANGED"), (None, "BLOB_MISSING")):
        film.unlink(missing_ok=True)
        if change is not None:
            film.write_bytes(change)
        with pytest.raises(StoreError, match="film.mp4") as raised:
            lay_out(folder, bundle.plan, FrameRange(120, 300), contents)
        assert raised.value.code == code
        # The first chunk does not need it.
        assert lay_out(folder, bundle.plan, FrameRange(0, 120), contents)
    blob(folder, b"song").write_bytes(b"sonG")
    with pytest.raises(StoreError, match="song.mp3"):
        lay_out(folder, bundle.plan, "sound", contents)


def test_what_is_no_plan_of_ours_is_not_replaced_and_a_plan_is(bundle, folder, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "thesis.doc").write_text("x")
    with pytest.raises(OutputError, match="thesis.doc") as raised:
        write_plan(other, bundle.plan, bundle)
    assert raised.value.code == "OUTPUT_FOLDER_IN_USE"
    with pytest.raises(OutputError, match="a plan is a folder"):
        write_plan(other / "thesis.doc", bundle.plan, bundle)
    again = plans.plan(files=bundle.plan.files, cuts=(0, 60, 300))
    write_plan(folder, again, bundle)
    assert open_plan(folder) == again
    assert {path.name for path in tmp_path.iterdir() if path.name.startswith(".")} == set()


def test_a_file_that_changes_after_it_was_listed_is_noticed_and_nothing_is_left(bundle, tmp_path):
    for change in (b"film" * 999 + b"FILM", None):
        if change is None:
            (bundle.root / "film.mp4").unlink()
        else:
            (bundle.root / "film.mp4").write_bytes(change)
        with pytest.raises(CompositionError, match=r"film\.mp4") as raised:
            write_plan(tmp_path / "new", bundle.plan, bundle)
        assert raised.value.code == "FILE_CHANGED"
    assert {path.name for path in tmp_path.iterdir()} == {"project", "song.mp3", "recorded"}


def test_a_full_disk_is_told_and_leaves_nothing(bundle, tmp_path, monkeypatch):
    from framewright.stores import BlobWriter

    def full(self, piece):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(BlobWriter, "write", full)
    with pytest.raises(OutputError) as raised:
        write_plan(tmp_path / "new", bundle.plan, bundle)
    assert raised.value.code == "DISK_FULL"
    assert not [path for path in tmp_path.iterdir() if "new" in path.name]


def broken(folder, change):
    said = json.loads((folder / "plan.json").read_text())
    change(said)
    (folder / "plan.json").write_text(json.dumps(said))
    with pytest.raises(PlanError) as raised:
        open_plan(folder)
    assert str(folder) in raised.value.message
    return raised.value


def test_every_field_that_is_missing_or_of_another_type_is_named(folder):
    written = (folder / "plan.json").read_text()
    said = json.loads(written)
    checked = 0
    for part in ("page", "picture", "output", "environment", "digests", None):
        for name in said[part] if part else said:
            for change in ("drop", "type"):
                (folder / "plan.json").write_text(written)

                def damage(all_of_it, part=part, name=name, change=change):
                    target = all_of_it[part] if part else all_of_it
                    if change == "drop":
                        del target[name]
                    else:
                        target[name] = [[1.5], {"no": "such"}]

                error = None
                changed = json.loads(written)
                damage(changed)
                (folder / "plan.json").write_text(json.dumps(changed))
                try:
                    open_plan(folder)
                except PlanError as raised:
                    error = raised
                if error is None:
                    # A field that had its default may be left out.
                    assert change == "drop", (part, name)
                    continue
                checked += 1
                assert error.code in {"PLAN_INVALID", "PLAN_CHANGED"}
                assert (
                    error.code == "PLAN_CHANGED"
                    or change == "drop"
                    or name in error.message
                    or name == "version"
                )
    assert checked > 60


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        (lambda said: said.update(version=2), "PLAN_NEWER", "version 2"),
        (lambda said: said.update(version="1"), "PLAN_INVALID", "version 1"),
        (lambda said: said.update(version=True), "PLAN_INVALID", "version 1"),
        (lambda said: said.update(more=1), "PLAN_INVALID", "more"),
        (lambda said: said["picture"].update(width="320"), "PLAN_INVALID", "picture.width"),
        (lambda said: said["picture"].update(width=321), "PLAN_CHANGED", "digests"),
        (lambda said: said["picture"].update(rate="fast"), "PLAN_INVALID", "fast"),
        (lambda said: said["output"].update(codec="vp9"), "PLAN_INVALID", "vp9"),
        (lambda said: said["chunks"].pop(), "PLAN_INVALID", "last frame"),
        (lambda said: said["chunks"].reverse(), "PLAN_INVALID", "chunk 0"),
        (lambda said: said["files"][1].update(name="../film.mp4"), "PLAN_INVALID", "outside"),
        (lambda said: said["files"][1].update(name="/etc/passwd"), "PLAN_INVALID", "outside"),
        (lambda said: said["files"][1].update(name="a/%2e%2e/b"), "PLAN_INVALID", "outside"),
        (lambda said: said["files"][1].update(name="index.html"), "PLAN_INVALID", "twice"),
        (lambda said: said["files"][1].update(frames=[[5, 5]]), "PLAN_INVALID", "frames 5 to 5"),
        (lambda said: said["files"][1].update(digest="abc"), "PLAN_INVALID", "files.1.digest"),
        (lambda said: said["files"].pop(2), "PLAN_INVALID", "index.html"),
        (lambda said: said["files"].pop(4), "PLAN_INVALID", "x.css"),
        (lambda said: said["files"].pop(0), "PLAN_INVALID", "song.mp3"),
        (lambda said: said["sound"].update(sources={}), "PLAN_INVALID", "song.mp3"),
        (lambda said: said["digests"].update(video="1" * 64), "PLAN_CHANGED", "changed"),
        (lambda said: said["output"].update(crf=float("nan")), "PLAN_INVALID", ""),
    ],
)
def test_what_is_wrong_with_a_plan_is_said(folder, change, code, words):
    error = broken(folder, change)
    assert error.code == code
    assert words in error.message


@pytest.mark.parametrize(
    "written", [b"", b"[]", b"{", b"\xff\xfe", b"[" * 100_000, b'{"version": 1}', b"null"]
)
def test_what_is_no_document_is_no_plan(folder, written):
    (folder / "plan.json").write_bytes(written)
    with pytest.raises(PlanError) as raised:
        open_plan(folder)
    assert raised.value.code == "PLAN_INVALID"
    assert len(raised.value.message) < 1000


def test_a_plan_that_is_not_there_is_told(tmp_path):
    for path in (tmp_path, tmp_path / "absent", tmp_path / "absent" / "plan.json", "a\0b"):
        with pytest.raises(PlanError) as raised:
            open_plan(path)
        assert raised.value.code == "PLAN_MISSING"
    (tmp_path / "plan.json").mkdir()
    with pytest.raises(PlanError) as raised:
        open_plan(tmp_path)
    assert raised.value.code == "PLAN_UNREADABLE"


def test_a_document_beyond_all_measure_is_refused(folder, monkeypatch):
    monkeypatch.setattr(document, "LARGEST_DOCUMENT", 100)
    with pytest.raises(PlanError, match="bytes") as raised:
        open_plan(folder)
    assert raised.value.code == "PLAN_INVALID"


def test_a_page_of_the_web_has_no_folder(tmp_path):
    plan = plans.plan(page=PagePlan(site="https://a.test/"), files=())
    write_plan(tmp_path / "plan", plan, Bundle(plan, None, tmp_path))
    assert (
        lay_out(tmp_path / "plan", open_plan(tmp_path / "plan"), FrameRange(0, 300), lambda found: found.root)
        is None
    )


def test_documents_are_stable(bundle):
    assert write_document(bundle.plan) == write_document(bundle.plan)
    assert b"/tmp" not in write_document(bundle.plan)


def test_copying_ends_when_it_is_not_wanted_any_more(bundle, tmp_path):
    stopped = threading.Event()
    stopped.set()
    with plan_target(tmp_path / "new") as target, pytest.raises(OutputError):
        fill(target, bundle.plan, bundle, stopped=stopped)
    assert not [path for path in tmp_path.iterdir() if "new" in path.name]
