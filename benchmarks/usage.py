"""What a command costs with everything that it starts: wall seconds, CPU seconds, peak memory of the whole tree.

    python benchmarks/usage.py -- framewright render examples/slides -o slides.mp4

`time -v` sees only processes that were waited for; Chromium's helpers are orphaned on purpose, so that it misses most
of a browser. Here the measuring process makes itself the reaper of its descendants' orphans (Linux' child subreaper):
in the end every one of them is its own child, waited for and counted.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_PR_SET_CHILD_SUBREAPER = 36
_LOOK_SECONDS = 0.02
_SAMPLE_SECONDS = 0.2
# Helpers end by themselves a moment after the process that they help.
_GRACE_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Usage:
    """The cost of one command.

    Attributes:
        status: its exit status; negative: the signal that ended it.
        wall: seconds from its start to its end.
        cpu: user and system seconds of it and all its descendants.
        peak_memory: bytes, the largest of the sampled sums over the tree (proportional set size, so that memory
            which processes share counts once); 0 when it was not sampled.
        left_over: descendants that were still there 15 seconds after its end, and were killed.
    """

    status: int
    wall: float
    cpu: float
    peak_memory: int
    left_over: int


class CommandFailedError(Exception):
    """The measured command did not succeed."""


def measure(
    command: Sequence[str],
    *,
    memory: bool = False,
    timeout: float = 3600,
    environment: Mapping[str, str] | None = None,
) -> Usage:
    """Run a command to its end in a measuring process of its own.

    Args:
        memory: sample the memory, which costs some milliseconds a sample.
        timeout: seconds after which the whole tree is killed.

    Raises:
        CommandFailedError: it ended with another status than 0; the message holds the end of what it wrote.
    """
    with tempfile.TemporaryDirectory(prefix="usage-") as folder:
        report, log = Path(folder, "usage.json"), Path(folder, "output.txt")
        watcher = [sys.executable, __file__, "--output", str(report), "--timeout", str(timeout)]
        with log.open("wb") as written:
            subprocess.run(
                [*watcher, *(["--memory"] if memory else []), "--", *command],
                stdin=subprocess.DEVNULL,
                stdout=written,
                stderr=subprocess.STDOUT,
                env=_installed(os.environ if environment is None else environment),
                check=False,
            )
        said = log.read_text(encoding="utf-8", errors="replace")[-2000:]
        if not report.exists():
            raise CommandFailedError(f"{' '.join(command)} could not be measured:\n{said}")
        usage = Usage(**json.loads(report.read_text(encoding="utf-8")))
    if usage.status != 0:
        raise CommandFailedError(f"{' '.join(command)} ended with {usage.status}:\n{said}")
    return usage


def _installed(environment: Mapping[str, str]) -> dict[str, str]:
    """With compiled modules, as every installed program has them: a checkout may be forbidden to keep its own."""
    kept = {name: value for name, value in environment.items() if name != "PYTHONDONTWRITEBYTECODE"}
    if len(kept) < len(environment):
        kept["PYTHONPYCACHEPREFIX"] = str(Path(tempfile.gettempdir(), f"bytecode-{os.getuid()}"))
    return kept


def watch(command: Sequence[str], *, memory: bool, timeout: float) -> Usage:
    """Run a command as a child of this process, which must have no other children. Linux only."""
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "this process cannot become a child subreaper")
    began = time.monotonic()
    child = subprocess.Popen(command)
    status: int | None = None
    ended, peak, left_over, next_sample = began, 0, 0, began
    while True:
        gone, reaped = _reap(child.pid)
        if reaped is not None:
            status, ended = reaped, time.monotonic()
        if gone:
            break
        now = time.monotonic()
        if memory and now >= next_sample:
            peak = max(peak, sum(map(_memory_of, descendants(os.getpid()))))
            next_sample = time.monotonic() + _SAMPLE_SECONDS
        if now > began + timeout or (status is not None and now > ended + _GRACE_SECONDS):
            left = descendants(os.getpid())
            left_over = max(left_over, len(left))
            for process in left:
                with suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)
        time.sleep(_LOOK_SECONDS)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Usage(
        status=-signal.SIGKILL if status is None else status,
        wall=ended - began,
        cpu=used.ru_utime + used.ru_stime,
        peak_memory=peak,
        left_over=left_over,
    )


def _reap(child: int) -> tuple[bool, int | None]:
    """Take away all who have ended. Whether nobody is left; and the child's status, if it was among them."""
    status = None
    while True:
        try:
            pid, code = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return True, status
        if pid == 0:
            return False, status
        if pid == child:
            status = os.waitstatus_to_exitcode(code)


def descendants(root: int) -> list[int]:
    """All processes below one, without itself, as far as they can still be seen."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                # The name, in brackets, may hold blanks and brackets.
                fields = (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()
                children.setdefault(int(fields[1]), []).append(int(entry.name))
    found, todo = [], [root]
    while todo:
        below = children.get(todo.pop(), [])
        found += below
        todo += below
    return found


def _memory_of(process: int) -> int:
    """Bytes: the proportional set size; the resident size where the kernel does not let us see so much."""
    folder = Path(f"/proc/{process}")
    try:
        for line in (folder / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except OSError:
        with suppress(OSError):
            return int((folder / "statm").read_text().split()[1]) * resource.getpagesize()
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(
        description="Measure what a command costs with everything that it starts."
    )
    parser.add_argument("--memory", action="store_true", help="sample the memory of the tree")
    parser.add_argument("--timeout", type=float, default=3600, help="seconds after which the tree is killed")
    parser.add_argument("--output", type=Path, help="file for the result as JSON; without it, it is printed")
    parser.add_argument("command", nargs="+")
    asked = parser.parse_args()
    usage = watch(asked.command, memory=asked.memory or asked.output is None, timeout=asked.timeout)
    if asked.output is not None:
        asked.output.write_text(json.dumps(asdict(usage)), encoding="utf-8")
        return 0
    print(f"wall {usage.wall:.2f} s, cpu {usage.cpu:.2f} s, peak memory {usage.peak_memory / 2**20:.0f} MiB")
    return usage.status


if __name__ == "__main__":
    sys.exit(main())
