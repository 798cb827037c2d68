"""What npm is told on this machine: which registry has which packages, and who we are there."""

from __future__ import annotations

import base64
import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

_ASKING_SECONDS = 20.0
_ENVIRONMENT = re.compile(r"npm_config_(.+)", re.IGNORECASE)
_VARIABLE = re.compile(r"\$\{([^}]{1,200})\}")
_LARGEST_FILE = 1 << 20


@dataclass(frozen=True, slots=True)
class NpmConfig:
    """npm's settings, as far as fetching packages needs them.

    Attributes:
        values: by their names in ``.npmrc``.
    """

    values: Mapping[str, str] = field(default_factory=dict)

    def registry_of(self, package: str) -> str | None:
        """The address of the registry that has a package, with a slash at its end; None: no settings name one."""
        scope = package.partition("/")[0] if package.startswith("@") else ""
        wished = self.values.get(f"{scope}:registry") if scope else None
        return _whole(wished or self.values.get("registry"))

    def authorization(self, url: str) -> str | None:
        """The header by which an address of a registry knows us: that of the longest configured prefix."""
        parts = urlsplit(url)
        segments = [segment for segment in parts.path.split("/") if segment]
        for length in range(len(segments), -1, -1):
            prefix = "/".join(["", "", parts.netloc, *segments[:length], ""])
            for place in (prefix, prefix[:-1]):
                if found := self._authorization_at(place):
                    return found
        return None

    def _authorization_at(self, place: str) -> str | None:
        if token := self.values.get(f"{place}:_authToken"):
            return f"Bearer {token}"
        if basic := self.values.get(f"{place}:_auth"):
            return f"Basic {basic}"
        name, password = self.values.get(f"{place}:username"), self.values.get(f"{place}:_password")
        if not (name and password):
            return None
        try:
            clear = base64.b64decode(password, validate=True).decode()
        except ValueError:
            return None
        return f"Basic {base64.b64encode(f'{name}:{clear}'.encode()).decode()}"


@cache
def usual_registry() -> str | None:
    """The registry that npm itself takes where no settings name one. Blocks for a moment, once; None: npm is not here."""
    npm = shutil.which("npm")
    if npm is None:
        return None
    try:
        told = subprocess.run(
            [npm, "config", "get", "registry"],
            cwd=tempfile.gettempdir(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=_ASKING_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    address = told.stdout.strip()
    return _whole(address) if told.returncode == 0 and address.startswith(("http://", "https://")) else None


def _whole(address: str | None) -> str | None:
    return address if not address or address.endswith("/") else f"{address}/"


def read_npm_config(project: Path | None = None, environment: Mapping[str, str] | None = None) -> NpmConfig:
    """The settings of the machine: those of the environment win over the project's, the user's and the system's.

    ``${NAME}`` means a variable of the environment, but not in a project's file: a composition is a stranger's
    program, and could have secrets sent to a registry of its own.
    """
    told = os.environ if environment is None else environment
    given = {name.lower(): value for name, value in told.items() if _ENVIRONMENT.fullmatch(name) and value}
    home = Path(told.get("HOME") or Path.home())
    user = Path(given.get("npm_config_userconfig") or home / ".npmrc")
    system = [given.get("npm_config_globalconfig"), "/etc/npmrc", "/usr/etc/npmrc", "/usr/local/etc/npmrc"]
    values: dict[str, str] = {}
    for path in reversed([Path(one) for one in system if one]):
        values |= _read(path, told)
    values |= _read(user, told)
    if project is not None:
        values |= _read(project / ".npmrc", None)
    for name, value in told.items():
        # Names of scopes and hosts keep their signs there: npm_config_@scope:registry, npm_config_//host/:_authToken.
        match = _ENVIRONMENT.fullmatch(name)
        if match and value:
            key = match[1]
            values[key if key.startswith(("@", "//")) else key.lower().replace("_", "-")] = value
    return NpmConfig(values)


def _read(path: Path, environment: Mapping[str, str] | None) -> dict[str, str]:
    try:
        # To open a pipe or a device would wait for whoever writes it.
        if not path.is_file():
            return {}
        with path.open(encoding="utf-8", errors="replace") as file:
            text = file.read(_LARGEST_FILE)
    except OSError:
        return {}
    values = {}
    for line in text.splitlines():
        key, equals, value = line.strip().partition("=")
        if not equals or key.startswith(("#", ";", "[")):
            continue
        value = value.strip().strip("\"'")
        if _VARIABLE.search(value):
            if environment is None:
                continue
            value = _VARIABLE.sub(lambda match: environment.get(match[1], match[0]), value)
        values[key.strip()] = value
    return values
