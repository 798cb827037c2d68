"""Finding a browser: an explicit setting, then PATH, then the caches of Playwright and Puppeteer."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from framewright.model.errors import SetupError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from framewright.model.settings import Settings

HEADLESS_SHELLS = ("chromium-headless-shell", "chrome-headless-shell")
FULL_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_CACHED = (
    ("PLAYWRIGHT_BROWSERS_PATH", "ms-playwright", "chromium_headless_shell-*/*/{shell}"),
    ("PUPPETEER_CACHE_DIR", "puppeteer", "chrome-headless-shell/*/*/{shell}"),
)
_SHELL_NAMES = ("headless_shell", "chrome-headless-shell")
_HAND_OVER = re.compile(r'^\s*(?:exec\s+)?(/[^\s"$]+)\s+"\$@"\s*$', re.MULTILINE)
_WRAPPER_BYTES = 64 * 1024
_VERSION_SECONDS = 30


@dataclass(frozen=True, slots=True)
class BrowserInfo:
    """A browser on this machine.

    Attributes:
        program: what to start.
        version: as it tells itself, such as ``Chromium 156.0.8078.79``; empty when it does not.
        frame_control: it draws a frame when told to, and only then. Only headless shells do.
    """

    program: Path
    version: str
    frame_control: bool


def find_browser(settings: Settings) -> Path:
    """The program to start.

    ``FRAMEWRIGHT_BROWSER`` (``settings.browser``) wins; then headless shells, which have frame control, on PATH and in
    the caches; then full browsers.

    Raises:
        SetupError: ``BROWSER_MISSING`` when there is none, or the setting names no program.
    """
    if settings.browser is not None:
        named = shutil.which(os.path.expanduser(settings.browser))
        if named is None:
            raise SetupError(
                f"{settings.browser} is no program: let FRAMEWRIGHT_BROWSER name a Chromium headless shell.",
                code="BROWSER_MISSING",
            )
        return Path(named)
    for program in _candidates():
        return program
    raise SetupError(
        "No Chromium is installed: run `apt-get install chromium-headless-shell`, "
        "or let FRAMEWRIGHT_BROWSER name a headless shell.",
        code="BROWSER_MISSING",
    )


def describe_browser(program: Path) -> BrowserInfo:
    """What a browser is, by its own word.

    Raises:
        SetupError: ``BROWSER_MISSING`` when it cannot be started.
    """
    try:
        answer = subprocess.run(
            [program, "--version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_VERSION_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SetupError(f"{program} cannot be started: {error}.", code="BROWSER_MISSING") from error
    version = next(iter(answer.stdout.strip().splitlines()), "")
    return BrowserInfo(program, version, has_frame_control(program))


def has_frame_control(program: Path) -> bool:
    """Whether this is a headless shell, judged by the name of the program that runs in the end."""
    return "headless" in real_program(program).name


def real_program(program: Path) -> Path:
    """The program behind a wrapper script that only hands over to it, as Debian's does.

    A wrapper that waits for its child would take our parent-death signal and keep it from the browser.
    """
    resolved = program.resolve()
    try:
        with resolved.open("rb") as file:
            text = file.read(_WRAPPER_BYTES)
    except OSError:
        return resolved
    if not text.startswith(b"#!"):
        return resolved
    found = _HAND_OVER.findall(text.decode(errors="replace"))
    if len(found) == 1 and os.access(found[0], os.X_OK):
        return Path(found[0])
    return resolved


def _candidates() -> Iterator[Path]:
    yield from _on_path(HEADLESS_SHELLS)
    yield from _in_caches()
    yield from _on_path(FULL_BROWSERS)


def _on_path(names: tuple[str, ...]) -> Iterator[Path]:
    for name in names:
        found = shutil.which(name)
        if found is not None:
            yield Path(found)


def _in_caches() -> Iterator[Path]:
    # Unlike Path.home(), it does not fail for users without a home, such as a bare number in a container.
    home = Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"))
    for variable, folder, pattern in _CACHED:
        root = Path(os.environ.get(variable) or home / folder)
        for shell in _SHELL_NAMES:
            # The newest last by number, not by text: 1200 comes after 999.
            found = sorted(root.glob(pattern.format(shell=shell)), key=_numbers)
            yield from (path for path in reversed(found) if os.access(path, os.X_OK))


def _numbers(path: Path) -> list[int]:
    return [int(digits) for digits in re.findall(r"\d+", str(path))]
