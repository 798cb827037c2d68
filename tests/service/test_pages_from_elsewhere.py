"""A composition that is named by an address: neither it nor anything that it asks for leads into private networks."""

from __future__ import annotations

import socket

import pytest

import framewright
from framewright.composition.remote import NetworkPolicy
from framewright.model.errors import FramewrightError
from framewright.model.settings import Settings
from truth.far import far_server

HEAD = '<!doctype html><body data-composition-id="x" data-width="64" data-height="36" data-duration="0.2">'
# As the URL parser of a browser reads them, or does not.
INSIDE = ["127.0.0.1", "2130706433", "inside.example", "169.254.169.254"]

ASKING = """
function ask(there, number, host) {
  fetch(`${there}?fetch${number}`, { mode: "no-cors" }).catch(() => 0);
  fetch(`/moved${number}`, { method: "POST", body: "x" }).catch(() => 0);
  navigator.sendBeacon(`${there}?beacon${number}`);
  try { new WebSocket(`ws://${host}:PORT/secret?ws${number}`) } catch {}
  try { new EventSource(`${there}?sse${number}`) } catch {}
}
"""


@pytest.fixture
def far(monkeypatch):
    """A server of this machine, and names for it: ``outside.example`` counts as the internet, ``inside.example`` does not."""
    judge = NetworkPolicy.refusal_of_address
    known = socket.getaddrinfo
    # 127.0.0.2 stands for the world outside.
    names = {"outside.example": "127.0.0.2", "inside.example": "127.0.0.1"}
    monkeypatch.setattr(
        NetworkPolicy,
        "refusal_of_address",
        lambda policy, one: None if one == "127.0.0.2" else judge(policy, one),
    )
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, *rest, **more: known(names.get(host, host), *rest, **more)
    )
    with far_server({}, host="0.0.0.0") as server:  # noqa: S104 -- both addresses of loopback
        server.port = server.origin.rpartition(":")[2]
        server.names = names
        yield server


def probed(url, network="public"):
    return framewright.probe(url, settings=Settings(page_network=network))


def test_the_page_itself_is_judged_by_what_its_name_stands_for(far):
    far.replies["/"] = (200, {"content-type": "text/html"}, HEAD.encode())
    # A page that was allowed by its address is the only one that is reached where pages reach nothing.
    assert probed(f"http://outside.example:{far.port}/", "none").frames == 6
    assert far.asked == ["/"]
    with pytest.raises(FramewrightError):
        probed(f"http://inside.example:{far.port}/")
    # It has changed its mind since.
    far.names["outside.example"] = "127.0.0.1"
    with pytest.raises(FramewrightError):
        probed(f"http://outside.example:{far.port}/", "none")
    assert far.asked == ["/"]


@pytest.mark.thorough
def test_a_page_that_leads_inside_is_not_followed(far):
    for number, host in enumerate(INSIDE[1:]):
        far.replies[f"/{number}"] = (302, {"location": f"http://{host}:{far.port}/secret"}, b"")
        with pytest.raises(FramewrightError):
            probed(f"http://outside.example:{far.port}/{number}")
    assert not [path for path in far.asked if path == "/secret"]


def test_nothing_that_a_page_asks_for_leads_inside(far):
    parts = [HEAD, f"<script>{ASKING.replace('PORT', far.port)}</script>"]
    for number, host in enumerate(INSIDE):
        there = f"http://{host}:{far.port}/secret"
        far.replies[f"/moved{number}"] = (302, {"location": there}, b"")
        parts += [
            f'<img src="{there}?img{number}"><img src="/moved{number}">',
            f'<link rel="stylesheet" href="{there}?css{number}"><script src="{there}?js{number}"></script>',
            f'<iframe src="{there}?frame{number}"></iframe>',
            f"<script>ask('{there}', {number}, '{host}')</script>",
        ]
    parts.append('<img src="/picture.png">')
    far.replies["/"] = (200, {"content-type": "text/html"}, "".join(parts).encode())
    found = probed(f"http://outside.example:{far.port}/")
    assert found.frames == 6
    assert "/picture.png" in far.asked
    assert not [path for path in far.asked if "secret" in path]


def test_footage_that_leads_inside_ends_the_render(far):
    there = f"http://inside.example:{far.port}/secret"
    far.replies["/film"] = (302, {"location": there}, b"")
    for address in (there, "/film"):
        far.replies["/"] = (200, {"content-type": "text/html"}, f'{HEAD}<video src="{address}">'.encode())
        with pytest.raises(FramewrightError) as refused:
            probed(f"http://outside.example:{far.port}/")
        assert refused.value.code == "REMOTE_FAILED"
    assert not [path for path in far.asked if "secret" in path]
