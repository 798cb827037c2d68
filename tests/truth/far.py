"""A small web server on a thread of its own that stands for the world outside, and can be cut off."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Reply = tuple[int, dict[str, str], bytes] | Callable[[BaseHTTPRequestHandler], None]


class Far:
    """What a server answers by path, and what it was asked for."""

    def __init__(self, replies: dict[str, Any], port: int) -> None:
        self.replies = replies
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.cut = False
        """Set: whoever asks gets no answer any more, as if the cable were out."""
        self.origin = f"http://127.0.0.1:{port}"


@contextmanager
def far_server(replies: dict[str, Reply], port: int = 0, host: str = "127.0.0.1") -> Iterator[Far]:
    """Serve replies by path: ``(status, headers, body)``, or a function that writes to the handler itself."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            if far.cut:
                self.close_connection = True
                self.connection.close()
                return
            far.asked.append(self.path)
            far.headers.append({name.lower(): value for name, value in self.headers.items()})
            reply = far.replies.get(self.path)
            if callable(reply):
                self.close_connection = True
                reply(self)
                return
            status, headers, body = reply or (404, {}, b"")
            self.send_response(status)
            for name, value in {"content-length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_OPTIONS = do_GET

        def end_headers(self) -> None:
            # Not said, whoever asks next may do so on this connection while it is being closed.
            if self.close_connection:
                self.send_header("connection", "close")
            super().end_headers()

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        allow_reuse_address = True

        def handle_error(self, *_: object) -> None:
            pass  # clients that break off are part of the tests

    with Server((host, port), Handler) as server:
        far = Far(dict(replies), server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield far
        finally:
            server.shutdown()
            thread.join()
