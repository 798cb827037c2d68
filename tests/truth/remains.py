"""What a render may have left behind: processes, profile folders, half-written files, open descriptors."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sized

_PATIENCE_SECONDS = 20.0


def browsers(marker: Path) -> dict[int, str]:
    """Living browser processes that were started with the folder ``marker`` as their place for temporary files.

    A browser's own process carries it in its arguments. Its helpers carry nothing of ours, so the orphans among
    them are known by a session whose leader is gone and by our working folder.
    """
    found: dict[int, str] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (told := _told(entry, marker)):
            found[int(entry.name)] = told
    return found


def _told(process: Path, marker: Path) -> str | None:
    try:
        arguments = process.joinpath("cmdline").read_bytes().split(b"\0")
        name, state, session = _stat(process)
        if state in "ZX" or not name.startswith(("chrom", "headless")):
            return None
        line = b" ".join(arguments).decode(errors="replace")
        if str(marker) in line:
            return line[:200]
        orphan = not Path(f"/proc/{session}").exists()
        if orphan and process.joinpath("cwd").readlink() == Path.cwd():
            return f"orphan {line[:200]}"
    except OSError:  # it ended while we looked, or belongs to somebody else
        return None
    return None


def _stat(process: Path) -> tuple[str, str, int]:
    text = process.joinpath("stat").read_text()
    name, rest = text[text.index("(") + 1 :].rsplit(")", 1)
    fields = rest.split()
    return name, fields[0], int(fields[3])


def browser_mains(marker: Path) -> list[int]:
    """The processes that a browser consists of at its top: one for each running browser."""
    mains = []
    for process, line in browsers(marker).items():
        if "--type=" not in line and not line.startswith(("orphan", "/bin/sh")):
            mains.append(process)
    return sorted(mains)


def kill(process: int) -> None:
    """Kill a process without warning."""
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)


def files(folder: Path) -> list[str]:
    """Everything below a folder, hidden files included."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def descriptors() -> dict[str, int]:
    """What this process has open, by kind of thing: the pipes, sockets and files that a render may forget."""
    kinds: dict[str, int] = {}
    for entry in Path("/proc/self/fd").iterdir():
        try:
            target = os.readlink(entry)
        except OSError:
            continue
        kind = target.split(":")[0] if ":[" in target else "file"
        kinds[kind] = kinds.get(kind, 0) + 1
    return kinds


def assert_gone(marker: Path) -> None:
    """No browser of ours lives and its temporary folder is empty, at once or after the kernel has caught up."""
    assert_no_browsers(marker)
    _wait_until_empty(lambda: files(marker), "files")


def assert_no_browsers(marker: Path) -> None:
    """No browser of ours lives, at once or after the kernel has caught up."""
    _wait_until_empty(lambda: browsers(marker), "processes")


def _wait_until_empty(look: Callable[[], Sized], kind: str) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while left := look():
        if time.monotonic() > deadline:
            raise AssertionError(f"{kind} left behind: {left}")
        time.sleep(0.1)
