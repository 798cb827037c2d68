"""What the machine grants to this process: cores and memory by its control group, not by what is screwed in."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# Control groups of version 1 write "no limit" as a huge number of pages.
_NO_LIMIT = 1 << 60


@dataclass(frozen=True, slots=True)
class Machine:
    """Attributes:
    cores: processors; fractions count.
    memory: bytes that may be used in all.
    available: bytes of it that nobody uses now.
    shm: bytes of ``/dev/shm``; None where there is none.
    source: what set the limits: ``cgroup v2``, ``cgroup v1`` or ``machine``.
    """

    cores: float
    memory: int
    available: int
    shm: int | None
    source: str


def read_machine(root: Path = Path("/")) -> Machine:
    """Read cores and memory as the control groups (version 2 or 1) grant them, each limit from the group up to the root.

    Args:
        root: the folder that holds ``proc``, ``sys`` and ``dev``.
    """
    meminfo = _meminfo(root)
    memory, available = meminfo.get("MemTotal", 0), meminfo.get("MemAvailable", 0)
    cores = float(_usable_processors())
    source = "machine"
    for version, folder in _groups(root):
        quota = _quota(folder, version)
        if quota is not None and quota < cores:
            cores, source = quota, f"cgroup v{version}"
        limit, used = _memory(folder, version)
        if limit is not None and limit < memory:
            memory, source = limit, f"cgroup v{version}"
            available = min(available, max(0, limit - used))
    return Machine(cores=cores, memory=memory, available=available, shm=_shm(root), source=source)


def _usable_processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _meminfo(root: Path) -> dict[str, int]:
    try:
        lines = (root / "proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        # Not Linux: what the system's configuration tells.
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        return {"MemTotal": total, "MemAvailable": total}
    pairs = (line.split(":", 1) for line in lines if ":" in line)
    return {name: int(value.split()[0]) * 1024 for name, value in pairs if value.split()}


def _groups(root: Path) -> Iterator[tuple[int, Path]]:
    """The folders of this process's control groups, innermost first, with their version."""
    try:
        lines = (root / "proc/self/cgroup").read_text(encoding="utf-8").splitlines()
    except OSError:
        return
    for line in lines:
        _, controllers, path = line.split(":", 2)
        names = controllers.split(",")
        if not controllers:
            yield from ((2, folder) for folder in _upwards(root / "sys/fs/cgroup", path))
        for name in {"cpu", "memory"} & set(names):
            # The folder bears the name of one controller, or of the pair (cpu,cpuacct).
            for base in (root / "sys/fs/cgroup" / name, root / "sys/fs/cgroup" / controllers):
                yield from ((1, folder) for folder in _upwards(base, path))


def _upwards(base: Path, path: str) -> Iterator[Path]:
    # Inside a container the path may name folders of the host that are not mounted: the existing part counts.
    parts = [part for part in path.split("/") if part not in {"", ".."}]
    for depth in range(len(parts), -1, -1):
        folder = base.joinpath(*parts[:depth])
        if folder.is_dir():
            yield folder


def _quota(folder: Path, version: int) -> float | None:
    if version == 2:
        quota, period = [*_words(folder / "cpu.max"), "max", "100000"][:2]
    else:
        quota = " ".join(_words(folder / "cpu.cfs_quota_us")) or "-1"
        period = " ".join(_words(folder / "cpu.cfs_period_us")) or "100000"
    if quota == "max" or int(quota) <= 0:
        return None
    return int(quota) / int(period)


def _memory(folder: Path, version: int) -> tuple[int | None, int]:
    """Limit and use in bytes. Files that the kernel keeps in memory for speed do not count as used."""
    limit_name, use_name, cache_name = (
        ("memory.max", "memory.current", "inactive_file")
        if version == 2
        else ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
    )
    limit = " ".join(_words(folder / limit_name))
    if not limit.isdigit() or int(limit) >= _NO_LIMIT:
        return None, 0
    use = " ".join(_words(folder / use_name))
    stat = _words(folder / "memory.stat")
    cache = dict(zip(stat[::2], stat[1::2], strict=False)).get(cache_name, "0")
    return int(limit), max(0, int(use or 0) - int(cache))


def _words(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="ascii").split()
    except OSError:
        return []


def _shm(root: Path) -> int | None:
    folder = root / "dev/shm"
    return shutil.disk_usage(folder).total if folder.is_dir() else None
