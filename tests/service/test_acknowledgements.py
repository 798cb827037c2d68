import socket

import pytest

from framewright.service.http.listening import bound


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_an_answer_does_not_wait_for_an_acknowledgement(host):
    try:
        knocked = bound(host, 0)
    except Exception as error:
        if "::" not in host:
            raise
        pytest.skip(f"no IPv6 here: {error}")
    with knocked, socket.create_connection(knocked.getsockname()[:2], timeout=10):
        opened, _ = knocked.accept()
        with opened:
            assert opened.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
