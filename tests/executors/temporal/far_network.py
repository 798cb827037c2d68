"""A network of its own for some processes, joined to this machine's by a cable that can be pulled. Needs root."""

from __future__ import annotations

import secrets
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class NoNetworkError(Exception):
    """This machine does not let us make one."""


@dataclass(frozen=True)
class FarNetwork:
    """Make it with :func:`far_network`.

    Attributes:
        here: the address of this machine, as seen from there.
        before: runs a command there.
    """

    name: str
    here: str

    @property
    def before(self) -> tuple[str, ...]:
        return ("ip", "netns", "exec", self.name)

    @property
    def _cable(self) -> str:
        return f"{self.name}-a"

    def pull(self) -> None:
        """Nothing comes through any more, in either direction, and nobody is told."""
        _ip("link", "set", self._cable, "down")

    def plug_in(self) -> None:
        """As before."""
        _ip("link", "set", self._cable, "up")

    def lay(self) -> None:
        near, far = self._cable, f"{self.name}-b"
        there = self.here.rpartition(".")[0] + ".2"
        _ip("netns", "add", self.name)
        _ip("link", "add", near, "type", "veth", "peer", "name", far, "netns", self.name)
        _ip("addr", "add", f"{self.here}/30", "dev", near)
        _ip("-n", self.name, "addr", "add", f"{there}/30", "dev", far)
        for link in (
            ("link", "set", near, "up"),
            *(("-n", self.name, "link", "set", one, "up") for one in (far, "lo")),
        ):
            _ip(*link)


@contextmanager
def far_network() -> Iterator[FarNetwork]:
    """A network that is gone in the end. Raises NoNetworkError."""
    # Of the block for measuring networks (RFC 2544), which nobody routes.
    made = FarNetwork(f"fw{secrets.token_hex(3)}", f"198.18.{secrets.randbelow(256)}.1")
    try:
        try:
            made.lay()
        except (OSError, subprocess.CalledProcessError) as error:
            raise NoNetworkError(str(error)) from error
        yield made
    finally:
        # The cable goes with the end that lies there.
        subprocess.run(["ip", "netns", "del", made.name], capture_output=True, check=False)


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], capture_output=True, check=True)
