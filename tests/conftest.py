"""What every test shares: a place for temporary files that is ours alone, and a look at what was left behind."""

from __future__ import annotations

import os
import re
import shutil
import signal
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from truth import remains

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from framewright.model.report import RenderReport

_ALL_THOROUGH = re.compile(r"^pytestmark = .*\bpytest\.mark\.thorough\b", re.MULTILINE)


def pytest_configure() -> None:
    """Hear Ctrl-C: in the background of a script a process is deaf to it, and so is all that it starts."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Files whose tests are all thorough are not even read where none is wanted: making some of those takes seconds."""
    if collection_path.suffix != ".py" or "not thorough" not in config.option.markexpr:
        return None
    return True if _ALL_THOROUGH.search(collection_path.read_text(encoding="utf-8")) else None


@pytest.fixture(scope="session")
def browser_files() -> Iterator[Path]:
    """The folder in which all browsers of this test process keep their profiles; it names them in /proc as ours."""
    folder = Path(tempfile.mkdtemp(prefix="framewright-tests-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def known_machine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache folder that knows the digests of this machine's browser and fonts, which are read once for all tests."""
    from framewright.model.settings import Settings
    from framewright.render.planning.environment import read_environment

    folder = tmp_path_factory.mktemp("known") / "cache"
    read_environment(Settings(cache=folder))
    return folder


@pytest.fixture(autouse=True)
def _browser_files_in_place(
    browser_files: Path, known_machine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path.with_name(f"{tmp_path.name}-cache")
    shutil.copytree(known_machine, cache, dirs_exist_ok=True)
    monkeypatch.setenv("FRAMEWRIGHT_TMPDIR", str(browser_files))
    monkeypatch.setenv("FRAMEWRIGHT_CACHE", str(cache))
    # Whoever renders the same twice wants to see it rendered twice.
    monkeypatch.setenv("FRAMEWRIGHT_PIECE_CACHE_SIZE", "0")


@pytest.fixture(scope="module", autouse=True)
def _nothing_left_behind(browser_files: Path) -> Iterator[None]:
    """After each module: no browser of ours, no profile folder, no growing heap of open descriptors, the same priority."""
    before, policy = remains.descriptors(), os.sched_getscheduler(0)
    yield
    remains.assert_gone(browser_files)
    assert os.sched_getscheduler(0) == policy, "whatever this process starts comes before everything else now"
    after = remains.descriptors()
    # An event loop or a warm library may keep a few; a render that forgets one pipe would forget many.
    grown = {
        kind: after[kind] - before.get(kind, 0) for kind in after if after[kind] > before.get(kind, 0) + 8
    }
    assert not grown, f"descriptors left open: {grown}"


@pytest.fixture
def render(tmp_path: Path, browser_files: Path) -> Callable[..., Render]:
    """Render a folder into ``out/`` and check that nothing but the output came to stand there.

    ``render(page, "a.mp4", workers=2)`` returns what was written and what was reported; keywords are those of
    :func:`framewright.render`.
    """

    import framewright

    def run(composition: Path, name: str = "out.mp4", **wishes: Any) -> Render:
        folder = tmp_path / "out"
        folder.mkdir(exist_ok=True)
        beside = set(folder.iterdir())
        report = framewright.render(composition, folder / name, **wishes)
        assert set(folder.iterdir()) == beside | {folder / name}
        assert report.output.path == str(folder / name)
        assert remains.files(browser_files) == []
        return Render(folder / name, report)

    return run


class Render(NamedTuple):
    """A finished render: where it stands, and its report."""

    path: Path
    report: RenderReport
