"""A web server for tests, which answers each path with what it was given."""

from __future__ import annotations

import shutil
import ssl
import subprocess
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


@dataclass(frozen=True)
class Reply:
    """What is sent: HTML unless the headers say otherwise. No status at all closes the connection without a word."""

    body: str | bytes = ""
    status: int | None = 200
    headers: Mapping[str, str] = field(default_factory=dict)


def moved(where: str, status: int = 302) -> Reply:
    """A redirection."""
    return Reply(status=status, headers={"location": where})


@contextmanager
def served(replies: Mapping[str, Reply | str], *, certificate: Path | None = None) -> Iterator[str]:
    """The origin of a server on the loopback address; by https when there is a certificate."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            reply = replies.get(self.path.partition("?")[0], Reply("nothing here", 404))
            reply = Reply(reply) if isinstance(reply, str) else reply
            if reply.status is None:
                return
            body = reply.body.encode() if isinstance(reply.body, str) else reply.body
            self.send_response(reply.status)
            headers = {"content-type": "text/html; charset=utf-8", "content-length": str(len(body))}
            for name, value in (headers | dict(reply.headers)).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, request, client_address):
            """A client that distrusts us hangs up in the middle; nobody need read of it."""

    server = Server(("127.0.0.1", 0), Handler)
    scheme = "http"
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        scheme = "https"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"{scheme}://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def make_certificate(folder: Path) -> Path:
    """A certificate for the loopback address, with its key, that nobody has vouched for."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is needed to make a certificate")
    key, certificate, both = (folder / name for name in ("key.pem", "certificate.pem", "both.pem"))
    command = [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run([*command, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    both.write_bytes(key.read_bytes() + certificate.read_bytes())
    return both
