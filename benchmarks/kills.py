"""Killing: any process of a render is killed at any moment; then the same command must give the bytes of an undisturbed render.

    python benchmarks/kills.py [--trials 50] [--seed 1] [--output results/kills.json]

Every other moment lies anywhere in the render, the others soon after some of its chunks were finished: what was finished before
must not be rendered again.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from framewright.browser.proc import process_tree

CHUNKS, FRAMES = 6, 600
# At 5 frames a second the encoder begins anew every tenth frame.
PAGE = """<!doctype html><html><head><style>body{margin:0} i{position:absolute;width:40px;height:40px;background:teal}
@keyframes go{to{transform:translateX(280px)}} i{animation:go SECONDSs linear both}</style></head><body>
<div data-composition-id="main" data-no-timeline data-width="320" data-height="180" data-duration="SECONDS"><i></i></div>
</body></html>
"""
_LIMIT = 300.0


@dataclass(frozen=True)
class Trial:
    """What became of one.

    Attributes:
        victim: what was killed: ``render``, ``child``, ``browser``, or ``nobody`` where it had ended before.
        survived: the render that was disturbed ended well by itself.
        finished, reused: frames of pieces that were there when it broke off, and that the next one took over.
        same: the file has the bytes of an undisturbed render.
        left: processes that lived on.
    """

    victim: str
    seconds: float
    survived: bool
    finished: int
    reused: int
    same: bool
    left: int

    @property
    def good(self) -> bool:
        """Whether all is as promised."""
        alone = self.victim == "nobody" and not self.survived
        return self.same and not self.left and not alone and self.reused >= self.finished


def write_page(folder: Path, frames: int = FRAMES) -> Path:
    """The composition of all trials."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "index.html").write_text(PAGE.replace("SECONDS", str(frames / 5)))
    return folder


class Run:
    """A render as a command, with the events that it tells."""

    def __init__(self, page: Path, output: Path, cache: Path) -> None:
        self.events: list[dict[str, Any]] = []
        self.output = output
        wishes = ["--fps", "5", "--quality", "draft", "--chunks", str(CHUNKS), "--workers", "2", "--json"]
        environment = {
            **os.environ,
            "FRAMEWRIGHT_CACHE": str(cache),
            "FRAMEWRIGHT_PIECE_CACHE_SIZE": "1G",
        }
        self._words = tempfile.TemporaryFile()  # noqa: SIM115 -- lives as long as this
        self._process = subprocess.Popen(
            [sys.executable, "-m", "framewright", "render", str(page), "-o", str(output), *wishes],
            stdout=subprocess.PIPE,
            stderr=self._words,
            env=environment,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.endswith(b"}\n"):
                self.events.append(json.loads(line))

    def kill_one(self, chance: random.Random) -> str:
        """Kill one of its processes, whichever; what it was."""
        tree = [facts.pid for facts in process_tree(self._process.pid)]
        if not tree:
            return "nobody"
        # Browsers have many processes; each kind shall have its turn.
        kinds: dict[str, list[int]] = {}
        for pid in tree:
            kinds.setdefault(_kind(pid, self._process.pid), []).append(pid)
        kind = chance.choice(sorted(kinds))
        try:
            os.kill(chance.choice(kinds[kind]), signal.SIGKILL)
        except ProcessLookupError:
            return "nobody"
        return kind

    def wait_for_chunks(self, wanted: int) -> None:
        """Until so many have been finished, or the render has ended."""
        until = time.monotonic() + _LIMIT
        while self._process.poll() is None and time.monotonic() < until:
            if sum(event["event"] == "chunk" and event["state"] == "done" for event in self.events) >= wanted:
                return
            time.sleep(0.005)

    def end(self) -> bool:
        """Wait for it; whether it ended well."""
        well = self._process.wait(_LIMIT) == 0
        self._reader.join(_LIMIT)
        return well

    def words(self) -> str:
        """The last that it said to people."""
        self._words.seek(0)
        return self._words.read().decode(errors="replace")[-2000:]

    def left(self) -> int:
        """Its processes that live on, once the kernel had time to end them."""
        until = time.monotonic() + 20
        while (tree := process_tree(self._process.pid)) and time.monotonic() < until:
            time.sleep(0.1)
        return len(tree)

    def frames(self, state: str) -> int:
        """Of chunks in this state."""
        told = [event for event in self.events if event["event"] == "chunk" and event["state"] == state]
        return sum(event["stop"] - event["start"] for event in told)


def _kind(pid: int, render: int) -> str:
    if pid == render:
        return "render"
    try:
        line = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return "browser"
    return "child" if b"framewright.executors" in line else "browser"


def undisturbed(page: Path, folder: Path) -> tuple[bytes, float]:
    """The bytes of the file, and the seconds that it took."""
    began = time.monotonic()
    run = Run(page, folder / "undisturbed.mp4", folder / "cache-undisturbed")
    assert run.end(), "the undisturbed render failed"
    return run.output.read_bytes(), time.monotonic() - began


def attempt(
    page: Path, folder: Path, expected: bytes, moment: tuple[float, int], chance: random.Random
) -> Trial:
    """One trial: disturb a render so many seconds after so many chunks were finished, and run it again if it broke off."""
    folder.mkdir()
    began = time.monotonic()
    first = Run(page, folder / "out.mp4", folder / "cache")
    seconds, chunks = moment
    first.wait_for_chunks(chunks)
    time.sleep(seconds)
    seconds = time.monotonic() - began
    killed = first.kill_one(chance)
    survived = first.end()
    left, reused, finished = first.left(), 0, 0
    if not survived:
        finished = first.frames("done") + first.frames("reused")
        again = Run(page, folder / "out.mp4", folder / "cache")
        assert again.end(), "the render that went on failed"
        left, reused = left + again.left(), again.frames("reused")
    if killed == "nobody" and not survived:
        print(f"It ended by itself: {first.words()}", file=sys.stderr)
    same = (folder / "out.mp4").read_bytes() == expected
    return Trial(killed, round(seconds, 2), survived, finished, reused, same, left)


def choose_moment(number: int, seconds: float, chance: random.Random) -> tuple[float, int]:
    """Seconds after so many chunks were finished: see above."""
    if number % 2:
        return chance.uniform(0, 0.3), chance.randint(1, CHUNKS - 1)
    return chance.uniform(0, seconds), 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--output", type=Path)
    wished = parser.parse_args()
    chance = random.Random(wished.seed)
    trials: list[Trial] = []
    with tempfile.TemporaryDirectory(prefix="framewright-kills-") as name:
        folder = Path(name)
        page = write_page(folder / "page")
        expected, seconds = undisturbed(page, folder)
        for number in range(wished.trials):
            moment = choose_moment(number, seconds, chance)
            trial = attempt(page, folder / str(number), expected, moment, chance)
            trials.append(trial)
            print(number, trial, "" if trial.good else "WRONG", flush=True)
    found = {
        "trials": len(trials),
        "good": sum(trial.good for trial in trials),
        "survived": sum(trial.survived for trial in trials),
        "broke off with finished chunks": sum(trial.finished > 0 for trial in trials),
        "victims": {
            kind: sum(trial.victim == kind for trial in trials) for kind in {t.victim for t in trials}
        },
        "seed": wished.seed,
        "each": [asdict(trial) for trial in trials],
    }
    print(json.dumps({name: value for name, value in found.items() if name != "each"}, indent=2))
    if wished.output is not None:
        wished.output.write_text(f"{json.dumps(found, indent=2)}\n")
    sys.exit(0 if found["good"] == found["trials"] else 1)


if __name__ == "__main__":
    main()
