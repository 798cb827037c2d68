"""What holds a run: a folder that goes with it, what it may take, and what it is told of the machine."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from framewright.model.secrets import public_environment

if TYPE_CHECKING:
    from pathlib import Path

OUT = "out"
"""The folder within that of a run, in which what it makes is made."""

# Whatever else stands in the environment of a service is nobody's business who draws a stranger's page.
_KNOWN = frozenset(
    {
        *("PATH", "HOME", "USER", "LOGNAME", "LANG", "LANGUAGE", "TZ", "PYTHONPATH", "VIRTUAL_ENV"),
        *("LD_LIBRARY_PATH", "SSL_CERT_FILE", "SSL_CERT_DIR", "FONTCONFIG_PATH", "FONTCONFIG_FILE"),
        *("XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "PLAYWRIGHT_BROWSERS_PATH"),
        *("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY"),
    }
)
_KNOWN_PREFIXES = ("LC_", "FRAMEWRIGHT_", "npm_config_", "NPM_CONFIG_")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cage:
    """What holds one run.

    Attributes:
        work: a folder for it alone, which is made, and removed with all that is in it when the run has ended.
        seconds: that it may take.
        memory: bytes that all its processes may have in memory.
        disk: bytes that it may have on disk.
    """

    work: Path
    seconds: float
    memory: int
    disk: int


def caged_environment() -> dict[str, str]:
    """The part of our environment that a runner needs: where programs, fonts, proxies and registries are."""
    return {
        name: value
        for name, value in public_environment().items()
        if name in _KNOWN or name.upper() in _KNOWN or name.startswith(_KNOWN_PREFIXES)
    }


def enter_cage(work: Path, disk: int) -> None:
    """Make this process, and all that it starts, live in a folder.

    Args:
        disk: bytes that one file may have.
    """
    import resource
    import tempfile

    home, temporary = work / "home", work / "tmp"
    for folder in (home, temporary, work / OUT):
        folder.mkdir(mode=0o700)
    # The registry of packages is the machine's choice, and its account with it.
    npmrc = os.path.expanduser("~/.npmrc")
    if "npm_config_userconfig" not in os.environ and os.path.isfile(npmrc):
        os.environ |= {"npm_config_userconfig": npmrc}
    os.environ |= {
        "HOME": str(home),
        "TMPDIR": str(temporary),
        "XDG_CACHE_HOME": str(home / ".cache"),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "XDG_DATA_HOME": str(home / ".local/share"),
        "XDG_STATE_HOME": str(home / ".local/state"),
    }
    tempfile.tempdir = str(temporary)
    os.chdir(work)
    # Writing on is an error then. A picture of a dead process would hold what the page had in memory.
    _bound(resource.RLIMIT_FSIZE, disk)
    _bound(resource.RLIMIT_CORE, 0)


def _bound(kind: int, most: int) -> None:
    import resource

    hard = resource.getrlimit(kind)[1]
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(kind, (most, most))
