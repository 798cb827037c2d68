import os
import subprocess
import sys

import pytest

from framewright.browser.proc import fair_bytes, process_facts, process_tree, resident_bytes
from framewright.browser.profiles import make_profile, remove_profile, sweep_profiles
from framewright.model.errors import SetupError


def test_a_profile_names_its_owner_and_outlives_a_sweep(tmp_path):
    profile = make_profile(tmp_path / "new")
    assert profile.is_dir()
    assert f"-{os.getpid()}-" in profile.name
    assert sweep_profiles(tmp_path / "new") == []
    assert profile.is_dir()
    remove_profile(profile)
    assert list((tmp_path / "new").iterdir()) == []


def test_profiles_of_the_dead_are_swept_and_nothing_else(tmp_path):
    source = "import sys; from pathlib import Path; from framewright.browser.profiles import make_profile; "
    source += "(make_profile(Path(sys.argv[1])) / 'Default').mkdir()"
    subprocess.run([sys.executable, "-c", source, tmp_path], check=True)
    (left,) = tmp_path.iterdir()
    alien = tmp_path / "framewright-browser-1-99999999-1-abc"  # of another numbering of processes
    other = tmp_path / "framewright-browser-notes"
    alien.mkdir()
    other.mkdir()
    mine = make_profile(tmp_path)
    assert sweep_profiles(tmp_path) == [left]
    assert not left.exists()
    assert sorted(tmp_path.iterdir()) == sorted([alien, other, mine])


def test_a_reused_pid_does_not_keep_a_profile(tmp_path):
    mine = make_profile(tmp_path)
    namespace = mine.name.split("-")[2]
    older = tmp_path / f"framewright-browser-{namespace}-{os.getpid()}-1-abc"
    older.mkdir()
    assert sweep_profiles(tmp_path) == [older]
    assert mine.is_dir()


def test_the_facts_of_a_process():
    own = process_facts(os.getpid())
    assert own is not None
    assert (own.pid, own.parent, own.session) == (os.getpid(), os.getppid(), os.getsid(0))
    assert own.cpu_seconds > 0
    assert process_facts(2**30) is None


def test_a_tree_holds_sessions_and_descendants():
    script = "import subprocess, sys; p = subprocess.Popen(['sleep', '60'], start_new_session=True); print(p.pid, flush=True); p.wait()"
    child = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, start_new_session=True)
    grandchild = int(child.stdout.readline())
    try:
        assert {facts.pid for facts in process_tree(child.pid)} == {child.pid, grandchild}
    finally:
        os.kill(grandchild, 9)
        child.communicate(timeout=30)
    assert process_tree(child.pid) == []


def test_memory_is_never_more_exactly_than_quickly():
    pid = os.getpid()
    assert 0 < fair_bytes(pid) <= resident_bytes(pid) * 1.05
    assert fair_bytes(2**30) == resident_bytes(2**30) == 0


def test_a_place_that_cannot_hold_profiles_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(SetupError, match="FRAMEWRIGHT_TMPDIR") as caught:
        make_profile(tmp_path / "file")
    assert caught.value.code == "PROFILE_FAILED"
