"""Orders for runners, in a cage below the test's own folder, of which nothing may be left."""

from __future__ import annotations

import os
import time
from pathlib import Path

from framewright.service.runner.cage import Cage
from framewright.service.runner.messages import RunLimits, RunProbe, RunRender
from framewright.service.runner.running import run_order

_PATIENCE_SECONDS = 15.0

PAGE = """<!doctype html><html><head><style>
@keyframes go { to { transform: translateX(200px) } }
b { animation: go 1s linear; display: block; width: 40px; height: 40px; background: #c33 }
</style></head><body data-composition-id="main" data-width="160" data-height="90" data-fps="10" data-duration="1"
style="margin:0;background:#246"><b></b>%s</body></html>"""


def runners() -> list[str]:
    """The processes that this test has for runners, and what they have started in their cages."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            line = entry.joinpath("cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            dead = entry.joinpath("stat").read_text().rpartition(")")[2].split()[0] in "ZX"
        except OSError:
            continue
        ours = f"runner.process {os.getpid()} " in f"{line} " or "/cages-of-tests/" in line
        if ours and not dead:
            found.append(line[:150])
    return found


class Hall:
    """Where runs are made.

    Attributes:
        events, log: what was told of the last one.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.project = folder / "project"
        self.project.mkdir()
        self.out = folder / "out"
        self.out.mkdir()
        self.cages = folder / "cages-of-tests"
        self.events: list = []
        self.log: list[str] = []
        self.limits = RunLimits(duration=60.0, frames=1000, pixels=1920 * 1080)
        self.settings: dict = {"page_network": "none"}

    def write(self, text: str = PAGE % "", name: str = "index.html") -> None:
        (self.project / name).write_text(text, encoding="utf-8")

    def _common(self, options, composition):
        return {
            "composition": composition or str(self.project),
            "root": str(self.project),
            "options": options,
            "settings": self.settings,
            "limits": self.limits,
        }

    def render(self, name="film.mp4", composition=None, **options):
        options = {"format": "png-sequence" if name.endswith(".zip") else name[-3:], **options}
        return RunRender(output=str(self.out / name), **self._common(options, composition))

    def probe(self, **options):
        return RunProbe(**self._common(options, None))

    def cage(self, **limits):
        taken = {"seconds": 120.0, "memory": 4 << 30, "disk": 1 << 30, **limits}
        return Cage(work=self.cages / f"run-{time.monotonic_ns()}", **taken)

    async def run(self, order, *, on_event=None, spare=None, **limits):
        self.events, self.log = [], []
        return await run_order(
            order, self.cage(**limits), on_event or self.events.append, on_log=self.log.append, spare=spare
        )

    def assert_gone(self) -> None:
        """No process of a run is left, and no file but what stands in ``out``."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while (left := runners()) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert left == []
        assert not self.cages.exists() or list(self.cages.iterdir()) == []
