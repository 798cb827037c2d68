"""How far pages reach: anywhere, the internet, or nowhere; and who is asked for packages then."""

import pytest

from framewright.browser import Refusal, Request
from framewright.composition import RemoteDesk
from framewright.composition.remote import NetworkPolicy
from framewright.model.errors import SetupError
from framewright.model.settings import Settings
from truth.far import far_server
from truth.npm_registry import npm_registry

INSIDE = ("http://127.0.0.1:1/", "http://10.0.0.1/", "http://localhost/", "http://[fd12::1]/")


@pytest.mark.parametrize(
    ("network", "reached"),
    [("any", {"in", "out"}), ("public", {"out"}), ("none", set())],
)
def test_how_far_each_setting_lets_pages_reach(network, reached):
    policy = NetworkPolicy.of(network)
    assert (policy.refusal("https://example.org/a.js") is None) == ("out" in reached)
    assert {policy.refusal(url) is None for url in INSIDE} == {"in" in reached}
    assert policy.refusal("http://169.254.169.254/latest/meta-data/") is not None


def test_a_page_of_the_web_reaches_its_own_origin_even_where_others_reach_nothing():
    policy = NetworkPolicy.of("none", "https://example.org")
    assert policy.refusal("https://example.org/a.js") is None
    for other in ("https://example.org.evil.example/", "https://example.org:81/", "http://example.org/"):
        assert policy.refusal(other) == "pages reach no network here"
    assert NetworkPolicy.of("none", "http://10.0.0.1").refusal("http://10.0.0.1/a") is not None


@pytest.mark.parametrize("network", ["none", "public"])
async def test_nobody_is_asked_and_the_page_is_told_why(network, tmp_path):
    with far_server({"/a": (200, {}, b"secret")}) as far:
        settings = Settings(cache=tmp_path, page_network=network)
        async with RemoteDesk(settings, on_notice=[].append) as desk:
            answer = await desk.answer(Request(method="GET", url=f"{far.origin}/a"))
        assert far.asked == []
    assert isinstance(answer, Refusal)
    assert f"{far.origin}/a could not be fetched: p" in answer.message


@pytest.mark.parametrize(("network", "asked"), [("any", True), ("public", False), ("none", False)])
async def test_a_strangers_project_does_not_choose_the_registry(network, asked, tmp_path, monkeypatch):
    with npm_registry() as machine, npm_registry() as strangers:
        machine.publish("left-pad", "1.0.0", {"index.js": "machine"})
        strangers.publish("left-pad", "1.0.0", {"index.js": "stranger"})
        monkeypatch.setenv("HOME", str(tmp_path))
        for name in ("npm_config_registry", "NPM_CONFIG_REGISTRY"):
            monkeypatch.delenv(name, raising=False)
        (tmp_path / "user").write_text(f"registry={machine.origin}\n")
        monkeypatch.setenv("npm_config_userconfig", str(tmp_path / "user"))
        (tmp_path / "project").mkdir()
        (tmp_path / "project" / ".npmrc").write_text(f"registry={strangers.origin}\n")
        settings = Settings(cache=tmp_path / "cache", page_network=network)
        async with RemoteDesk(settings, project=tmp_path / "project", on_notice=[].append) as desk:
            url = "https://cdn.jsdelivr.net/npm/left-pad@1.0.0/index.js"
            answer = await desk.answer(Request(method="GET", url=url))
    assert answer.body == (b"stranger" if asked else b"machine")


def test_another_word_is_refused(monkeypatch):
    monkeypatch.setenv("FRAMEWRIGHT_PAGE_NETWORK", "lan")
    with pytest.raises(SetupError, match="FRAMEWRIGHT_PAGE_NETWORK is 'lan'"):
        Settings.read()
