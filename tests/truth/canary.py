"""Sockets on this machine that nobody may reach: they count who comes."""

from __future__ import annotations

import contextlib
import selectors
import socket
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Canary:
    """A port of TCP and of UDP, of both protocols of the internet as far as the machine has them.

    Attributes:
        port: the same of all of them.
        heard: who came, and the first bytes of what was said.
    """

    def __init__(self) -> None:
        self.heard: list[str] = []
        self._sockets: list[socket.socket] = []
        first = socket.create_server(("127.0.0.1", 0))
        self.port: int = first.getsockname()[1]
        self._sockets.append(first)
        self._sockets.append(_datagrams(socket.AF_INET, "127.0.0.1", self.port))
        with contextlib.suppress(OSError):
            self._sockets.append(socket.create_server(("::1", self.port), family=socket.AF_INET6))
            self._sockets.append(_datagrams(socket.AF_INET6, "::1", self.port))
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        with selectors.DefaultSelector() as chosen:
            for one in self._sockets:
                one.setblocking(False)
                chosen.register(one, selectors.EVENT_READ)
            while not self._stopped.is_set():
                for key, _ in chosen.select(timeout=0.05):
                    with contextlib.suppress(OSError):
                        self._take(key.fileobj)  # type: ignore[arg-type]

    def _take(self, one: socket.socket) -> None:
        if one.type is socket.SOCK_DGRAM:
            data, sender = one.recvfrom(4096)
            self.heard.append(f"udp {sender}: {data[:40]!r}")
            return
        connection, sender = one.accept()
        with connection:
            connection.settimeout(0.5)
            said = b""
            with contextlib.suppress(OSError):
                said = connection.recv(300)
                connection.sendall(
                    b"HTTP/1.1 200 OK\r\naccess-control-allow-origin: *\r\ncontent-length: 6\r\n\r\ncanary"
                )
            self.heard.append(f"tcp {sender}: {said[:120]!r}")

    def close(self) -> None:
        """Listen no more."""
        self._stopped.set()
        self._thread.join()
        for one in self._sockets:
            one.close()


def _datagrams(family: socket.AddressFamily, host: str, port: int) -> socket.socket:
    made = socket.socket(family, socket.SOCK_DGRAM)
    made.bind((host, port))
    return made


@contextlib.contextmanager
def canary() -> Iterator[Canary]:
    """One that listens."""
    made = Canary()
    try:
        yield made
    finally:
        made.close()
