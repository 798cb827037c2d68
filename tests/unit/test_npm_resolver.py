"""CDN addresses are answered from the registry: which file, which version, what is refused, what is remembered."""

import asyncio
import re
import urllib.request
from functools import partial

import pytest

from framewright.browser import Refusal, Request
from framewright.composition import RemoteDesk
from framewright.composition.resolvers import read_npm_config
from framewright.composition.resolvers.npmrc import usual_registry
from framewright.composition.resolvers.tarball import unpack
from framewright.model.recording import AnsweredBy
from framewright.model.settings import Settings
from truth.npm_registry import npm_registry, tarball

DELIVR = "https://cdn.jsdelivr.net"
CDNJS = "https://cdnjs.cloudflare.com/ajax/libs"
NOWHERE = "http://127.0.0.1:1/"


@pytest.fixture
def registry(monkeypatch):
    """A registry of a few made-up packages; whatever else is asked for fails, as without a network."""
    with npm_registry() as npm:
        for version in ("3.11.0", "3.12.5", "3.13.0-beta.1"):
            files = {
                "dist/gsap.min.js": f"min {version}",
                "dist/gsap.js": f"plain {version}",
                "dist/Flip.js": "flip",
                "Observer.js": "export const Observer",
                "dist/Observer.min.js": "observer",
            }
            tags = ("next",) if "beta" in version else ("latest",)
            npm.publish("gsap", version, files, tags=tags, main="dist/gsap.js", unpkg="./dist/gsap.min.js")
        npm.publish("@scope/style", "1.0.0", {"css/all.css": "a{}", "min.css": "b{}"}, style="min.css")
        npm.publish("three", "0.128.0", {"build/three.min.js": "three 128"})
        npm.publish("lottie-web", "5.12.2", {"build/player/lottie.min.js": "lottie"})
        npm.publish("jquery", "3.7.1", {"dist/jquery.min.js": "jquery"})
        npm.publish("jquery-ui", "1.13.2", {"dist/themes/base/jquery-ui.min.css": "ui"})
        monkeypatch.setenv("npm_config_registry", npm.origin)
        monkeypatch.setenv("https_proxy", NOWHERE)
        yield npm


def desk(told=None, **settings):
    return RemoteDesk(Settings.read(**settings), on_notice=[].append if told is None else told.append)


async def get(desk, url, method="GET"):
    """What a page gets in the end, and where it was sent on the way."""
    sent = []
    while True:
        answer = await desk.answer(Request(method=method, url=url))
        if isinstance(answer, Refusal) or answer.status != 302:
            return answer, sent
        url = dict(answer.headers)["location"]
        sent.append(url)


@pytest.mark.parametrize(
    ("url", "body"),
    [
        (f"{DELIVR}/npm/gsap@3.12.5/dist/gsap.min.js", "min 3.12.5"),
        (f"{DELIVR}/npm/gsap@3.11/dist/gsap.min.js", "min 3.11.0"),
        (f"{DELIVR}/npm/gsap@3", "min 3.12.5"),
        (f"{DELIVR}/npm/gsap", "min 3.12.5"),
        (f"{DELIVR}/npm/gsap@latest/dist/gsap.js", "plain 3.12.5"),
        (f"{DELIVR}/npm/gsap@next/dist/gsap.js", "plain 3.13.0-beta.1"),
        (f"{DELIVR}/npm/gsap@%5E3.11.0/dist/gsap.js?v=1", "plain 3.12.5"),
        (f"{DELIVR}/npm/gsap@3.12.5/dist/Flip.min.js", "flip"),  # made by the CDN, not in the package
        (f"{DELIVR}/npm/@scope/style@1/css/all.css", "a{}"),
        (f"{DELIVR}/npm/@scope/style", "b{}"),
        (f"{DELIVR}/combine/npm/gsap@3.12.5/dist/Flip.js,npm/gsap@3.11.0", "flip;\nmin 3.11.0"),
        ("https://unpkg.com/gsap@3.12.5/dist/gsap.js", "plain 3.12.5"),
        ("https://unpkg.com/gsap", "min 3.12.5"),
        ("https://unpkg.com/@scope/style@^1.0.0/css/all.css", "a{}"),
        (f"{CDNJS}/gsap/3.12.5/gsap.min.js", "min 3.12.5"),
        (f"{CDNJS}/gsap/3.12.5/Observer.min.js", "observer"),  # not the module beside package.json
        (f"{CDNJS}/gsap/3.12.5/Flip.min.js", "flip"),
        (f"{CDNJS}/three.js/r128/three.min.js", "three 128"),
        (f"{CDNJS}/bodymovin/5.12.2/lottie.min.js", "lottie"),
        ("https://ajax.googleapis.com/ajax/libs/jquery/3.7.1/jquery.min.js", "jquery"),
        ("https://code.jquery.com/jquery-3.7.1.min.js", "jquery"),
        ("https://code.jquery.com/ui/1.13.2/themes/base/jquery-ui.css", None),
        ("https://code.jquery.com/ui/1.13.2/jquery-ui.min.css", "ui"),
    ],
)
async def test_addresses_of_cdns(registry, url, body):
    async with desk() as one:
        answer, _ = await get(one, url)
        if body is None:
            assert "has no file" in answer.message
            return
        assert answer.body.decode() == body
        headers = dict(answer.headers)
        assert (
            headers["content-type"]
            == f"text/{'css' if 'ui' in body or '{' in body else 'javascript'}; charset=utf-8"
        )
        assert headers["access-control-allow-origin"] == "*"
        assert {answer.by for answer in (await one.freeze()).answers} == {AnsweredBy.NPM}


async def test_unpkg_sends_to_the_exact_file(registry):
    async with desk() as one:
        _, sent = await get(one, "https://unpkg.com/gsap@3")
        assert sent == ["https://unpkg.com/gsap@3.12.5/dist/gsap.min.js"]


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (f"{DELIVR}/npm/nobody@1/a.js", "has no package nobody"),
        (f"{DELIVR}/npm/gsap@9/a.js", "gsap has no version 9"),
        (f"{DELIVR}/npm/gsap@3.12.4/a.js", "gsap has no version 3.12.4"),
        (f"{DELIVR}/npm/gsap@3.12.5/dist/none.js", "gsap@3.12.5 has no file dist/none.js"),
        (f"{DELIVR}/npm/gsap@3.12.5/+esm", "gsap@3.12.5 is no ES module"),
        (f"{DELIVR}/gh/user/repo@1/a.js", "could not be fetched"),
        (f"{DELIVR}/npm/gsap@3.12.5/../../../etc/passwd", "could not be fetched"),
        ("https://cdn.nobody.example/gsap.js", "could not be fetched"),
    ],
)
async def test_what_nobody_can_answer_fails_with_the_reason(registry, url, said):
    async with desk() as one:
        answer, _ = await get(one, url)
        assert answer.code == "REMOTE_FAILED"
        assert said in answer.message


async def test_a_package_is_fetched_once_and_exact_versions_need_no_registry_any_more(registry):
    told = []
    async with desk(told) as one:
        paths = ("gsap.min.js", "gsap.js", "Flip.js", "gsap.min.js")
        await asyncio.gather(*(get(one, f"{DELIVR}/npm/gsap@3.12.5/dist/{path}") for path in paths))
        await get(one, f"{DELIVR}/npm/gsap@3/dist/gsap.js")
        assert registry.far.asked == ["/gsap", "/gsap/-/gsap-3.12.5.tgz"]
    registry.publish("gsap", "3.14.0", {"dist/gsap.js": "newer"})
    async with desk(told) as one:
        answer, _ = await get(one, f"{DELIVR}/npm/gsap@3/dist/gsap.js")
        assert answer.body == b"newer"  # a range is looked up in every render
    registry.far.cut = True
    async with desk(told) as one:
        # Also a file that nobody asked for before: the package is there.
        for path, body in {"gsap.min.js": b"min 3.12.5", "Flip.min.js": b"flip"}.items():
            assert (await get(one, f"{DELIVR}/npm/gsap@3.12.5/dist/{path}"))[0].body == body
        assert told == []
        answer, _ = await get(one, f"{DELIVR}/npm/gsap@3/dist/gsap.js")
        assert answer.body == b"newer"
        assert [notice.code for notice in told] == ["REMOTE_FROM_CACHE"]


HOSTILE = {
    "wrong integrity": (None, "sha512 is not the one"),
    "path out": (tarball({"!package/../../evil.js": "evil"}), "leads out of it"),
    "no tarball": (b"\x1f\x8b nonsense", "damaged"),
    "huge": (tarball({"a.js": bytes(3 * 2**20)}), "more than 2 MiB"),
}


@pytest.mark.parametrize("kind", HOSTILE)
async def test_hostile_packages_are_refused(registry, kind, monkeypatch):
    monkeypatch.setattr(
        "framewright.composition.resolvers.registry.unpack", partial(unpack, largest=2 * 2**20)
    )
    data, said = HOSTILE[kind]
    registry.publish("evil", "1.0.0", {"a.js": "a"}, data=data)
    if data is None:
        registry.far.replies["/evil/-/evil-1.0.0.tgz"] = (200, {}, tarball({"a.js": "other"}))
    async with desk() as one:
        answer, _ = await get(one, f"{DELIVR}/npm/evil@1.0.0/a.js")
        assert said in answer.message
    async with desk() as one:  # and are not remembered
        answer, _ = await get(one, f"{DELIVR}/npm/evil@1.0.0/a.js")
        assert said in answer.message


async def test_hostile_registries_are_refused(registry):
    registry.far.replies["/round"] = (302, {"location": "/round"}, b"")
    registry.far.replies["/list"] = (200, {}, b"[]")
    registry.far.replies["/none"] = (200, {}, b"{")
    registry.far.replies["/down"] = (500, {}, b"")
    registry.publish("file", "1.0.0", {"a.js": ""})
    registry.account("file")["versions"]["1.0.0"]["dist"]["tarball"] = "file:///etc/passwd"
    registry.tell("file")
    said = {
        "round": "in circles",
        "list": "sensibly",
        "none": "sensibly",
        "down": "answered 500",
        "file": "only http",
    }
    async with desk() as one:
        for name, words in said.items():
            answer, _ = await get(one, f"{DELIVR}/npm/{name}@1/a.js")
            assert words in answer.message


async def test_a_token_goes_to_its_registry_and_no_further(registry, tmp_path, monkeypatch):
    host = registry.origin.removeprefix("http:")
    (tmp_path / "npmrc").write_text(f"{host}/:_authToken=secret")
    monkeypatch.setenv("npm_config_userconfig", str(tmp_path / "npmrc"))
    with npm_registry() as elsewhere:
        elsewhere.publish("private", "1.0.0", {"a.js": "a"})
        registry.far.replies["/private"] = elsewhere.far.replies["/private"]
        async with desk() as one:
            answer, _ = await get(one, f"{DELIVR}/npm/private/a.js")
        assert answer.body == b"a"
        assert registry.far.headers[-1]["authorization"] == "Bearer secret"
        assert "authorization" not in elsewhere.far.headers[-1]


async def test_a_mirror_that_names_the_registry_it_mirrors_is_asked_itself(registry):
    registry.publish("mirrored", "1.0.0", {"a.js": "a"})
    distribution = registry.account("mirrored")["versions"]["1.0.0"]["dist"]
    distribution["tarball"] = "https://mirrored.invalid/mirrored/-/mirrored-1.0.0.tgz"
    registry.tell("mirrored")
    async with desk() as one:
        answer, _ = await get(one, f"{DELIVR}/npm/mirrored/a.js")
    assert answer.body == b"a"


async def test_modules_lead_to_modules(registry):
    registry.publish(
        "app",
        "2.0.0",
        {
            "index.mjs": "import {a} from './lib/a';import b,{c as d} from \"dep\"; import 'dep/side.js'; export * from '#own';"
            "import x from 'https://far.example/x.js'\nconst lazy = import('dep/sub'); export {a} from './lib/a.js';\n"
            "export default process.env.NODE_ENV; import self from 'app/lib/a'; const text = 'from nowhere'",
            "lib/a.js": "export const a = 1",
            "own.js": "export const own = 1",
            "cjs.js": "module.exports = 1",
        },
        exports={
            ".": {"node": "./node.js", "import": "./index.mjs"},
            "./lib/*": "./lib/*.js",
            "./cjs": "./cjs.js",
        },
        imports={"#own": {"browser": "./own.js"}},
        dependencies={"dep": "^1.0.0"},
    )
    for version in ("1.4.0", "2.0.0"):
        files = {"esm.js": "export default 1", "side.js": "export {}", "sub/index.js": "export const s = 1"}
        registry.publish("dep", version, files, module="esm.js")
    base = f"{DELIVR}/npm"
    async with desk() as one:
        answer, sent = await get(one, "https://esm.sh/app@2?bundle")
        assert sent == [f"{base}/app@2.0.0/index.mjs/+esm"]
        text = answer.body.decode()
        led = re.findall(r"""(?:from|import|import\()\s*["']([^"']+)["']""", text)
        assert led == [
            f"{base}/app@2.0.0/lib/a.js/+esm",
            f"{base}/dep@1.4.0/esm.js/+esm",
            f"{base}/dep@1.4.0/side.js/+esm",
            f"{base}/app@2.0.0/own.js/+esm",
            "https://far.example/x.js",
            f"{base}/dep@1.4.0/sub/index.js/+esm",
            f"{base}/app@2.0.0/lib/a.js/+esm",
            f"{base}/app@2.0.0/lib/a.js/+esm",
        ]
        assert 'export default "production"' in text
        assert "'from nowhere'" in text
        for url in (
            f"{base}/app/+esm",
            "https://unpkg.com/app?module",
            "https://esm.run/app@2.0.0",
            "https://ga.jspm.io/npm:app@2.0.0",
        ):
            assert (await get(one, url))[1][-1] == sent[0], url
        lib, _ = await get(one, "https://cdn.skypack.dev/app@2.0.0/lib/a")
        assert lib.body == b"export const a = 1"
        refused, _ = await get(one, "https://esm.sh/app/cjs")
        assert "needs a bundler" in refused.message


async def test_a_preflight_is_allowed_without_asking_anybody(registry):
    async with desk() as one:
        request = Request(
            method="OPTIONS",
            url=f"{DELIVR}/npm/gsap@3/dist/gsap.js",
            headers={"access-control-request-headers": "x-a"},
        )
        answer = await one.answer(request)
        assert answer.status == 204
        assert dict(answer.headers)["access-control-allow-headers"] == "x-a"
        assert registry.far.asked == []


def the_real_registry():
    try:
        with urllib.request.urlopen(
            f"{read_npm_config().registry_of('gsap') or usual_registry()}gsap/3.12.5", timeout=20
        ) as answer:
            return answer.status == 200
    except (OSError, ValueError):
        return False


@pytest.mark.parametrize(
    ("url", "words"),
    [
        (f"{DELIVR}/npm/gsap@3.12.5/dist/gsap.min.js", b"GSAP 3.12.5"),
        (f"{CDNJS}/animejs/3.2.1/anime.min.js", b"anime.js v3.2.1"),
        (
            "https://esm.sh/three@0.160.0/examples/jsm/controls/OrbitControls.js",
            b"/npm/three@0.160.0/build/three.module.js/+esm",
        ),
    ],
)
async def test_the_registry_that_this_machine_is_configured_for(url, words):
    if not the_real_registry():
        pytest.skip("THE CONFIGURED NPM REGISTRY CANNOT BE REACHED: real packages are not tried")
    async with desk() as one:
        answer, _ = await get(one, url)
        assert words in answer.body
