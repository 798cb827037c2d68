"""What is looked at again when a piece is finished: files that were written, that came late, and that were not there."""

from __future__ import annotations

import pytest

from framewright.composition import open_project
from framewright.model.frames import FrameRange
from framewright.model.plan import PlanFile
from framewright.render.house import Asked
from framewright.render.planning.unplanned import (
    changed_files,
    lacking_files,
    notice_of_changed,
    unplanned_files,
)
from framewright.stores import digest_of
from truth import plans


@pytest.fixture
def root(tmp_path):
    root = tmp_path / "project"
    root.mkdir()
    for name in ("index.html", "film one.mp4", "late.png", "late.mp4"):
        (root / name).write_bytes(b"<p>" + name.encode())
    return root


def plan_of(root):
    def file(name, **other):
        content = (root / name).read_bytes()
        return PlanFile(name=name.replace(" ", "%20"), digest=digest_of(content), bytes=len(content), **other)

    return plans.plan(
        files=(file("index.html"), file("film one.mp4", frames=((0, 60),)), file("late.png", spare=True))
    )


def test_files_that_were_written_or_are_gone_are_told_to_those_who_need_them(root, tmp_path):
    plan, early, late = plan_of(root), FrameRange(0, 50), FrameRange(100, 150)
    assert changed_files(plan, early, root, tmp_path) == ()
    (root / "film one.mp4").write_bytes(b"another film")
    (root / "late.png").write_bytes(b"nobody has planned it")
    assert changed_files(plan, early, root, tmp_path) == ("film%20one.mp4",)
    assert changed_files(plan, late, root, tmp_path) == ()
    (root / "index.html").unlink()
    assert changed_files(plan, late, root, tmp_path) == ("index.html",)
    message = notice_of_changed(changed_files(plan, early, root, tmp_path)).message
    assert message.startswith("index.html and 1 more was written")


def test_files_that_came_late_are_named_with_what_they_held(root):
    asked = Asked(
        served=frozenset({"index.html", "late.png", "gone.png"}),
        shown=frozenset({root / "film one.mp4", root / "late.mp4", root.parent / "elsewhere.mp4"}),
        lacked=frozenset({"a b.png"}),
    )
    project = open_project(root)
    names = unplanned_files(plan_of(root), project, asked)
    assert names == (("late.mp4", digest_of(b"<p>late.mp4")), ("late.png", digest_of(b"<p>late.png")))
    assert lacking_files(project, asked) == ("a%20b.png",)
