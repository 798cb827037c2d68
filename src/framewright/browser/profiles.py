"""Temporary profiles: one for each browser, gone with it, and swept up when its owner was killed."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import time
from pathlib import Path

from framewright.browser.proc import process_facts
from framewright.model.errors import SetupError

_PREFIX = "framewright-browser"
_NAME = re.compile(rf"{_PREFIX}-(\d+)-(\d+)-(\d+)-\w+")


def profile_folder(parent: Path | None) -> Path:
    """Where profiles lie: the folder that was asked for, or the system's for temporary files."""
    return parent or Path(tempfile.gettempdir())


def make_profile(parent: Path | None = None) -> Path:
    """An empty folder whose name says which process owns it.

    Args:
        parent: where; None: the system's folder for temporary files.

    Raises:
        SetupError: ``PROFILE_FAILED``.
    """
    folder = profile_folder(parent)
    pid = os.getpid()
    facts = process_facts(pid)
    started = facts.started if facts else 0
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(prefix=f"{_PREFIX}-{_pid_namespace()}-{pid}-{started}-", dir=folder))
    except OSError as error:
        raise SetupError(
            f"A browser cannot keep its files in {folder} ({error.strerror}): let FRAMEWRIGHT_TMPDIR name another folder.",
            code="PROFILE_FAILED",
        ) from error


def sweep_profiles(folder: Path) -> list[Path]:
    """Remove the profiles whose owners have died, and say which."""
    swept = []
    for path in folder.glob(f"{_PREFIX}-*"):
        match = _NAME.fullmatch(path.name)
        # Containers may share the folder, but not our numbering of processes.
        if match is None or int(match[1]) != _pid_namespace():
            continue
        owner = process_facts(int(match[2]))
        if owner is None or owner.started != int(match[3]):
            remove_profile(path)
            swept.append(path)
    return swept


def remove_profile(path: Path) -> None:
    """Remove a profile; a process that is just dying may still write there, so more than once."""
    for _ in range(20):
        shutil.rmtree(path, ignore_errors=True)
        if not path.exists():
            return
        time.sleep(0.05)


def _pid_namespace() -> int:
    try:
        return os.stat("/proc/self/ns/pid").st_ino
    except OSError:
        return 0
