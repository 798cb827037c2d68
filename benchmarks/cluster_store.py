"""A server that speaks S3 on loopback, and what it was asked."""

from __future__ import annotations

import contextlib
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BUCKET = "renders"
_ASKED = re.compile(r'"([A-Z]+) /' + BUCKET + r'/(\w+)/?\S* HTTP/1\.\d" (\d{3})')
_LISTED = re.compile(r'"GET /' + BUCKET + r'/?\?\S* HTTP/1\.\d" (\d{3})')


class Asked:
    """Reads the server's log from where it was read before."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._read = 0

    def since(self) -> Counter[str]:
        """Requests since the last call, such as ``PUT blobs``; refused ones by their status."""
        with self._log.open("rb") as file:
            file.seek(self._read)
            text = file.read().decode(errors="replace")
            self._read = file.tell()
        found: Counter[str] = Counter()
        for method, kind, status in _ASKED.findall(text):
            found[f"{method} {kind}" + ("" if status < "400" else f" {status}")] += 1
        found["GET list"] += len(_LISTED.findall(text))
        return +found


@contextlib.contextmanager
def counting_server(folder: Path) -> Iterator[Asked]:
    """The server, with an environment that leads to it: ``s3://renders``."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    endpoint, log = f"http://127.0.0.1:{port}", folder / "server.log"
    before = dict(os.environ)
    with log.open("wb") as words:
        server = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=words,
        )
        try:
            _make_bucket(f"{endpoint}/{BUCKET}", server)
            os.environ.update(
                AWS_ENDPOINT_URL=endpoint,
                AWS_ALLOW_HTTP="true",
                AWS_REGION="us-east-1",
                AWS_ACCESS_KEY_ID="benchmark",
                AWS_SECRET_ACCESS_KEY="benchmark",
            )
            yield Asked(log)
        finally:
            server.kill()
            server.wait()
            os.environ.clear()
            os.environ.update(before)


def _make_bucket(address: str, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60.0
    while True:
        try:
            with urllib.request.urlopen(urllib.request.Request(address, method="PUT"), timeout=30):
                return
        except OSError:
            if server.poll() is not None or time.monotonic() > until:
                raise
            time.sleep(0.1)
