"""Pages that need things from elsewhere: the same in every browser, and without the network once it was there."""

import numpy as np
import pytest

import framewright
from framewright.model.errors import CompositionError
from truth import decoding, typefaces
from truth.far import far_server
from truth.libraries import library
from truth.npm_registry import npm_registry
from truth.stages import composed

SVG = (
    200,
    {"content-type": "image/svg+xml"},
    b'<svg xmlns="http://www.w3.org/2000/svg" width="640" height="360"><rect width="640" height="360" fill="#0a0"/></svg>',
)


def written(folder, html):
    folder.mkdir()
    (folder / "index.html").write_text(html)
    return folder


def codes(report):
    return {notice.code for notice in report.notices}


@pytest.mark.thorough
def test_every_browser_gets_the_answer_that_the_first_one_got(render, tmp_path):
    """The server gives another picture each time; a second fetch would show."""
    fills = iter(["#0a0", "#a00", "#00a", "#aa0"] * 9)

    def changing(handler):
        body = SVG[2].replace(b"#0a0", next(fills).encode())
        handler.send_response(200)
        handler.send_header("content-type", "image/svg+xml")
        handler.send_header("cache-control", "no-store")
        handler.send_header("content-length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    with far_server({"/a.svg": changing}) as far:
        page = written(tmp_path / "page", composed(f'<img src="{far.origin}/a.svg">', root="data-duration=3"))
        path, report = render(page, "a.mp4", fps=25, workers=3, quality="draft")
        assert far.asked == ["/a.svg"]
    assert (report.workers, report.capture) == (3, "stream")
    assert codes(report) == set()
    frames = list(decoding.pictures(path))
    assert len(frames) == 75
    for frame in frames[:: len(frames) // 12]:
        red, green, blue, _ = frame[180, 320]
        assert green > 130
        assert max(red, blue) < 60


@pytest.mark.thorough
def test_strange_addresses_after_the_page_is_ready_fail_or_end_a_strict_render(render, tmp_path):
    with far_server({"/a.svg": SVG}) as far:
        script = f"""<img id=i width=9 height=9><script>addEventListener('hf-seek', ({{detail}}) => {{
          if (detail.time > 0.2) i.src = '{far.origin}/a' + '.svg' }})</script>"""
        page = written(tmp_path / "page", composed(script, root="data-duration=1"))
        _, report = render(page, "a.mp4", fps=10, workers=1, quality="draft")
        assert "REMOTE_UNKNOWN" in codes(report)
        with pytest.raises(CompositionError, match="only after the page was ready") as caught:
            framewright.render(page, tmp_path / "b.mp4", fps=10, workers=1, quality="draft", strict=True)
        assert caught.value.code == "REMOTE_UNKNOWN"
        assert far.asked == []


def test_what_later_classes_keyframes_and_scripts_name_is_there_in_time(tmp_path):
    with far_server(
        dict.fromkeys(("/class.svg", "/key.svg", "/script.svg", "/template.svg", "/to.svg"), SVG)
    ) as far:
        far.replies["/moved.svg"] = (302, {"location": "/to.svg"}, b"")
        html = f"""<style>.later {{ background: url({far.origin}/class.svg) }}
        @keyframes show {{ 50% {{ background-image: url("{far.origin}/key.svg") }} }}</style><img id=i>
        <template><img src="{far.origin}/template.svg"></template><script>
        addEventListener('hf-seek', () => 0); const later = ['{far.origin}/script.svg', '{far.origin}/moved.svg'];
        const namespace = 'http://www.w3.org/2000/svg', dead = 'http://127.0.0.1:1/dead.png', mine = location.origin + '/mine.png';
        </script>"""
        page = written(tmp_path / "page", composed(html, root="data-duration=1"))
        found = framewright.probe(page, strict=True)
        assert {one.url.rpartition("/")[2]: one.status for one in found.remote} == {
            "class.svg": 200,
            "key.svg": 200,
            "script.svg": 200,
            "template.svg": 200,
            "moved.svg": 302,
            "to.svg": 200,
        }
        assert found.notices == ()


def test_what_a_sheet_of_elsewhere_names_for_text_that_comes_later_is_there_in_time(tmp_path):
    sheet = b"@font-face { font-family: Far; src: url(/font.woff2); unicode-range: U+400-4FF } b { font-family: Far }"
    with far_server(
        {
            "/sheet.css": (200, {"content-type": "text/css", "access-control-allow-origin": "*"}, sheet),
            "/font.woff2": (200, {"content-type": "font/woff2"}, b"no font"),
        }
    ) as far:
        html = f'<link rel=stylesheet href="{far.origin}/sheet.css"><b id=later></b>'
        found = framewright.probe(written(tmp_path / "page", composed(html, root="data-duration=1")))
    assert {one.url.rpartition("/")[2]: one.status for one in found.remote} == {
        "sheet.css": 200,
        "font.woff2": 200,
    }


def test_a_strict_probe_refuses_what_nobody_answers(tmp_path):
    page = written(
        tmp_path / "page", composed("<script src=http://127.0.0.1:1/a.js></script>", root="data-duration=1")
    )
    with pytest.raises(CompositionError, match=r"127\.0\.0\.1:1/a\.js could not be fetched"):
        framewright.probe(page, strict=True)


PAGE = """{links}<style>p {{ font: 60px Oddity, monospace; margin: 0 }}
#ball {{ position: absolute; top: 200px; width: 60px; height: 60px; background: #c00 }}</style>
<img src="{image}"><p style="position:absolute; top:90px; left:20px">Quick foxes</p><div id=ball></div>
<script src="{script}"></script><script>
const tl = gsap.timeline({{ paused: true }}); tl.to('#ball', {{ x: 500, rotation: 90, duration: 1, ease: 'power2.inOut' }});
window.__timelines = {{ main: tl }};
</script>"""


def test_after_a_probe_a_page_renders_the_same_without_the_network(tmp_path, monkeypatch):
    """GSAP from a CDN, a Google font and a remote picture, against the same things beside the page."""
    gsap, font = library("gsap/dist/gsap.min.js"), typefaces.face("Tinos-Regular.ttf")
    rule = "@font-face{{font-family:'Oddity';font-style:normal;font-weight:400;src:url({}) format('woff2')}}"
    with far_server({"/a.svg": SVG}) as far, npm_registry() as npm:
        monkeypatch.setenv("npm_config_registry", npm.origin)
        npm.publish("gsap", "3.15.0", {"dist/gsap.min.js": gsap})
        files = {"400.css": rule.format("./files/oddity.woff2"), "files/oddity.woff2": font}
        npm.publish("@fontsource/oddity", "5.0.0", files)
        remote = PAGE.format(
            links="<link rel=stylesheet href='https://fonts.googleapis.com/css2?family=Oddity&display=block'>",
            image=f"{far.origin}/a.svg",
            script="https://cdn.jsdelivr.net/npm/gsap@3/dist/gsap.min.js",
        )
        page = written(tmp_path / "remote", composed(remote, root="data-duration=1"))
        found = framewright.probe(page)
        assert {one.url.rpartition("/")[2]: one.by.value for one in found.remote} == {
            "gsap.min.js": "npm",
            "css2?family=Oddity&display=block": "fontsource",
            "oddity.woff2": "fontsource",
            "a.svg": "network",
        }
        assert found.notices == ()
        far.cut = npm.far.cut = True
        path = tmp_path / "remote.mp4"
        report = framewright.render(page, path, fps=10, quality="draft", workers=1, strict=True)
        # Of what may change, it is told that it may be old; what cannot change needs no word.
        assert codes(report) == {"REMOTE_FROM_CACHE"}
        assert len(report.notices) == 3
    local = PAGE.format(
        links=f"<style>{rule.format('oddity.ttf')}</style>", image="a.svg", script="gsap.min.js"
    )
    beside = written(tmp_path / "local", composed(local, root="data-duration=1"))
    for name, content in {"a.svg": SVG[2], "gsap.min.js": gsap.encode(), "oddity.ttf": font}.items():
        (beside / name).write_bytes(content)
    framewright.render(beside, tmp_path / "local.mp4", fps=10, quality="draft", workers=1)
    assert path.read_bytes() == (tmp_path / "local.mp4").read_bytes()
    frames = list(decoding.pictures(path))
    assert frames[0][230, 30][0] > 150  # the ball, where it begins
    assert frames[0][20, 600][1] > 140  # the remote picture
    assert (np.abs(frames[0][95:150, 20:350] - frames[0][20, 600]).max(axis=2) > 60).sum() > 500  # the text
    assert abs(frames[0] - frames[5]).max() > 60


def test_scripts_and_fonts_that_are_not_there_are_told(tmp_path):
    with far_server({}) as far:
        html = f"""<script src="{far.origin}/none.js"></script><script src="http://127.0.0.1:1/a.js"></script><style>@font-face {{ font-family: F; src: url({far.origin}/none.woff2) }}
        p {{ font-family: F }}</style><p>text</p><img src="{far.origin}/round">"""
        far.replies["/round"] = (302, {"location": "/round"}, b"")
        page = written(tmp_path / "page", composed(html, root="data-duration=1"))
        found = framewright.probe(page)
    told = " ".join(notice.message for notice in found.notices)
    for name in ("none.js", "a.js", "none.woff2", "/round"):
        assert name in told
    (nobody,) = [one for one in found.remote if one.url.endswith("/a.js")]
    assert nobody.by.value == "failed"
    assert "REMOTE_FAILED" in {notice.code for notice in found.notices}
    assert {one.url.rpartition("/")[2]: one.status for one in found.remote} == {
        "none.js": 404,
        "a.js": None,
        "none.woff2": 404,
        "round": 302,
    }
    assert far.asked.count("/round") == 1
