"""Which finished pieces a plan takes: by its keys, on its seams, whole, and of files that are what they were."""

from __future__ import annotations

import pytest

from framewright.executors.cuts import Cuts
from framewright.executors.piece_cache import PieceCache
from framewright.executors.reuse import family_of, find_pieces
from framewright.model.frames import FrameRange
from framewright.model.output import Codec, Format, Quality
from framewright.model.piece import ChunkResult
from framewright.model.plan import (
    Chunk,
    Digests,
    Environment,
    OutputPlan,
    PagePlan,
    PicturePlan,
    Plan,
)
from framewright.model.report import TimeSpent
from framewright.render.committing import commit, sidecar_of
from framewright.render.planning.digests import chunk_key, sealed
from framewright.render.workbench import piece_name
from framewright.stores.blobs import digest_of

NOTHING = "0" * 64
_TIME = TimeSpent(opening=0, rendering=0, finishing=0, encoder_busy=0, waiting_for_pictures=0)


def plan_of(*cuts, segment=10, seed=1):
    return sealed(
        Plan(
            page=PagePlan(entry="index.html", seed=seed),
            picture=PicturePlan(
                width=64,
                height=36,
                scale=1,
                rate="5",
                frames=100,
                start=cuts[0],
                stop=cuts[-1],
                mode="seek",
                capture="stream",
            ),
            output=OutputPlan(
                format=Format.MP4,
                codec=Codec.H264,
                quality=Quality.DRAFT,
                alpha=False,
                crf=20,
                encoder="libx264",
                pixel_format="yuv420p",
                segment=segment,
            ),
            environment=Environment(
                browser="Chromium 1",
                browser_digest=NOTHING,
                machine="x86_64",
                libraries={},
                framewright="0",
                code=NOTHING,
                fonts={},
            ),
            chunks=tuple(
                Chunk(index=index, start=start, stop=stop, cost=1)
                for index, (start, stop) in enumerate(zip(cuts, cuts[1:], strict=False))
            ),
            files=(),
            digests=Digests(video=NOTHING, plan=NOTHING),
        )
    )


@pytest.fixture
def cache(tmp_path):
    return PieceCache(tmp_path / "pieces", largest=10**6, oldest=3600)


@pytest.fixture
def shelf(cache):
    with cache.shelf(family_of(plan_of(0, 100))) as shelf:
        yield shelf


def put(shelf, plan, start, stop, **facts):
    frames = FrameRange(start, stop)
    key = chunk_key(plan, frames)
    path = shelf.place(piece_name(frames, key), ".mp4")
    path.write_bytes(b"packets")
    result = ChunkResult(
        key=key,
        start=start,
        stop=stop,
        digest=digest_of(b"packets"),
        bytes=7,
        fingerprints=(),
        parameters=NOTHING,
        unchanged=0,
        workers=1,
        capture="stream",
        time=_TIME,
        **facts,
    )
    sidecar_of(path).write_text(result.model_dump_json())
    return path


def found(plan, shelf, root=None):
    return [(frames.start, frames.stop) for frames in find_pieces(plan, shelf, root)]


def test_pieces_of_other_cuts_are_taken_where_the_encoder_begins_anew(shelf):
    plan = plan_of(0, 50, 100)
    for start, stop in ((0, 30), (30, 70), (80, 100), (70, 75)):
        put(shelf, plan, start, stop)
    assert found(plan, shelf) == [(0, 30), (30, 70), (80, 100)]
    assert found(plan_of(0, 75, 100), shelf) == [(0, 30), (30, 70), (70, 75), (80, 100)], (
        "75 is a cut of its own"
    )
    assert found(plan_of(0, 75), shelf) == [(0, 30), (30, 70), (70, 75)], "or its end"
    assert found(plan_of(35, 100), shelf) == [(80, 100)]


def test_with_a_bitrate_only_its_own_chunks_are_taken(shelf):
    plan = plan_of(0, 33, 100, segment=0)
    put(shelf, plan, 0, 33)
    put(shelf, plan, 40, 60)
    assert found(plan, shelf) == [(0, 33)]


def test_a_piece_under_another_key_is_not_taken(shelf):
    put(shelf, plan_of(0, 100, seed=2), 0, 50)
    assert found(plan_of(0, 100), shelf) == []


def test_a_broken_piece_gives_way_to_others(shelf):
    plan = plan_of(0, 100)
    whole, half = put(shelf, plan, 0, 100), put(shelf, plan, 0, 50)
    whole.write_bytes(b"pockets")
    assert found(plan, shelf) == [(0, 50)]
    assert half.exists() and not whole.exists() and not sidecar_of(whole).exists()


def test_a_piece_that_stands_there_never_loses_its_account_to_another_that_is_as_good(shelf, tmp_path):
    plan = plan_of(0, 100)
    path = put(shelf, plan, 0, 50)
    account = sidecar_of(path)
    before, result = account.stat().st_ino, ChunkResult.model_validate_json(account.read_bytes())
    attempt = tmp_path / "attempt"
    attempt.write_bytes(b"packets")
    commit(attempt, path, result)
    assert account.stat().st_ino == before
    path.write_bytes(b"pockets")
    commit(attempt, path, result)
    assert path.read_bytes() == b"packets" and account.stat().st_ino != before


def test_a_piece_of_another_environment_is_not_taken(shelf):
    plan = plan_of(0, 100)
    put(shelf, plan, 0, 50, drift=("The browser is another.",))
    assert found(plan, shelf) == []


@pytest.mark.parametrize("name", ["data%FF.json", "../data.json", "/etc/hostname", "gone.json"])
def test_files_that_no_plan_names_must_be_what_they_were(shelf, tmp_path, name):
    plan, root = plan_of(0, 100), tmp_path / "page"
    root.mkdir()
    (root / "data\udcff.json").write_bytes(b"old")
    (tmp_path / "data.json").write_bytes(b"old")
    path = put(shelf, plan, 0, 50, unplanned=((name, digest_of(b"old")),))
    if name == "data%FF.json":
        assert found(plan, shelf, root) == [(0, 50)]
        (root / "data\udcff.json").write_bytes(b"new")
    assert found(plan, shelf, root) == []
    assert not path.exists(), "whoever renders these frames must not find it either"


def test_a_piece_that_lacked_a_file_is_used_until_that_comes(shelf, tmp_path):
    plan, root = plan_of(0, 100), tmp_path / "page"
    (root / "art").mkdir(parents=True)
    put(shelf, plan, 0, 50, lacking=("late%20one.png", "art", "../page", "/"))
    assert found(plan, shelf, root) == [(0, 50)]
    (root / "late one.png").write_bytes(b"new")
    assert found(plan, shelf, root) == []
    put(shelf, plan, 0, 50, lacking=("art",))
    (root / "art" / "index.html").write_bytes(b"new")
    assert found(plan, shelf, root) == []


def test_a_piece_of_files_that_were_written_meanwhile_is_not_taken(shelf, tmp_path):
    plan = plan_of(0, 100)
    put(shelf, plan, 0, 50, changed=("index.html",))
    assert found(plan, shelf, tmp_path) == []


def test_the_family_is_that_of_all_ranges(shelf):
    assert family_of(plan_of(0, 100)) == family_of(plan_of(20, 60, 80))
    assert family_of(plan_of(0, 100)) != family_of(plan_of(0, 100, seed=2))


def test_cuts_off_the_grid_are_remembered_as_long_as_there_are_pieces_of_them(cache, shelf):
    plan, cuts = plan_of(0, 33, 71, 100), Cuts(cache)
    cuts.remember(plan, family_of(plan))
    assert cuts.recall(plan.digests.video) is None
    path = put(shelf, plan, 33, 71)
    assert cuts.recall(plan.digests.video) == (FrameRange(0, 33), FrameRange(33, 71), FrameRange(71, 100))
    assert cuts.recall(NOTHING) is None
    shelf.remove(path)
    assert cuts.recall(plan.digests.video) is None
    next((cache.folder / "cuts").iterdir()).write_text('{"family": "')
    assert cuts.recall(plan.digests.video) is None


def test_cuts_on_the_grid_are_remembered_too_but_not_a_single_chunk(cache, shelf):
    plan = plan_of(0, 100)
    Cuts(cache).remember(plan, family_of(plan))
    assert not (cache.folder / "cuts").exists()
    plan = plan_of(0, 30, 100)
    Cuts(cache).remember(plan, family_of(plan))
    assert len(list((cache.folder / "cuts").iterdir())) == 1
