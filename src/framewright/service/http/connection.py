"""One connection: how long it may take to ask, and how long to take the answer."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from framewright.model.job import Problem

if TYPE_CHECKING:
    import asyncio

HEAD_SECONDS = 20.0
"""The head of a request may take so long from its first byte, and the first byte from the connection on."""
UNTAKEN_SECONDS = 60.0
"""An answer of which nothing is taken for so long is given up."""
MOST_CONNECTIONS = 800
"""At a time. More are closed at once: each holds a descriptor, of which a process has often 1024."""


class Connection(H11Protocol):
    """uvicorn's, with the limits that it leaves to others."""

    _due: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        """Begin to count."""
        super().connection_made(transport)
        if len(self.connections) > MOST_CONNECTIONS:
            transport.abort()
            return
        opened = transport.get_extra_info("socket")
        if opened is not None:
            # The system counts, also what uvicorn has handed over already; a buffer that never drains would stay.
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, round(UNTAKEN_SECONDS * 1000))
        self._wait_for_head()

    def data_received(self, data: bytes) -> None:
        """Count on as long as no request is whole."""
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete:
            self._stop_waiting()
        elif self._due is None:
            self._wait_for_head()

    def on_response_complete(self) -> None:
        """Count anew: the next request may have come in part."""
        super().on_response_complete()
        if self._due is None and not self.transport.is_closing():
            self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop counting."""
        self._stop_waiting()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP as everything else is answered."""
        problem = Problem(
            title="Bad Request", status=400, detail=msg, code="REQUEST_INVALID", error="MalformedError"
        )
        head = h11.Response(
            status_code=400,
            reason=b"Bad Request",
            headers=[(b"content-type", b"application/problem+json"), (b"connection", b"close")],
        )
        for event in (head, h11.Data(data=problem.model_dump_json().encode()), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _wait_for_head(self) -> None:
        self._due = self.loop.call_later(HEAD_SECONDS, self._late)

    def _stop_waiting(self) -> None:
        if self._due is not None:
            self._due.cancel()
            self._due = None

    def _late(self) -> None:
        self._due = None
        if self.cycle is None or self.cycle.response_complete:
            self.transport.close()
