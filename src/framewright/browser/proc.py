"""What ``/proc`` tells of a tree of processes. On systems without it the answers are empty."""

from __future__ import annotations

import os
from dataclasses import dataclass

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class ProcessFacts:
    """One process.

    Attributes:
        session: the id of its session.
        cpu_seconds: its own, and that of its children that have ended.
        started: clock ticks after boot; with the pid it names a process for ever.
    """

    pid: int
    parent: int
    session: int
    state: str
    cpu_seconds: float
    started: int


def process_facts(pid: int) -> ProcessFacts | None:
    """Facts of a process, or None when there is none."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            # The name in brackets may hold anything, brackets and blanks too.
            fields = file.read().rpartition(b")")[2].split()
        return ProcessFacts(
            pid=pid,
            parent=int(fields[1]),
            session=int(fields[3]),
            state=fields[0].decode(),
            cpu_seconds=sum(map(int, fields[11:15])) / _TICKS,
            started=int(fields[19]),
        )
    except (OSError, IndexError, ValueError):
        return None


def process_tree(leader: int) -> list[ProcessFacts]:
    """All processes of a session, and all that descend from its leader, the dead but unburied left out."""
    try:
        pids = [int(name) for name in os.listdir("/proc") if name.isdigit()]
    except OSError:
        return []
    known = {facts.pid: facts for facts in map(process_facts, pids) if facts is not None}
    return [
        facts for facts in known.values() if facts.state not in {"Z", "X"} and _belongs(facts, leader, known)
    ]


def _belongs(facts: ProcessFacts, leader: int, known: dict[int, ProcessFacts]) -> bool:
    for _ in range(64):
        if leader in {facts.session, facts.pid}:
            return True
        parent = known.get(facts.parent)
        if parent is None:
            return False
        facts = parent
    return False


def resident_bytes(pid: int) -> int:
    """Memory in RAM, shared pages counted in full: cheap (30 µs), and never too little."""
    try:
        with open(f"/proc/{pid}/statm", "rb") as file:
            return int(file.read().split()[1]) * _PAGE
    except (OSError, IndexError, ValueError):
        return 0


def fair_bytes(pid: int) -> int:
    """Memory in RAM, every shared page divided by those who share it (PSS): exact, and takes milliseconds.

    Without the right to read it, the pages that are shared with nobody.
    """
    try:
        with open(f"/proc/{pid}/smaps_rollup", "rb") as file:
            for line in file:
                if line.startswith(b"Pss:"):
                    return int(line.split()[1]) * 1024
    except (OSError, IndexError, ValueError):
        pass
    try:
        with open(f"/proc/{pid}/statm", "rb") as file:
            _, resident, shared = file.read().split()[:3]
        return (int(resident) - int(shared)) * _PAGE
    except (OSError, ValueError):
        return 0
