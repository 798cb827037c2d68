"""Pages that need things from elsewhere: the same in every browser, and without the network once it was there."""

import pytest

import framewright
from framewright.model.errors import CompositionError
from truth import decoding
from truth.far import far_server
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


def test_strange_addresses_after_the_page_is_ready_fail_or_end_a_strict_render(render, tmp_path):
    with far_server({"/a.svg": SVG}) as far:
        script = f"""<img id=i width=9 height=9><script>addEventListener('hf-seek', ({{detail}}) => {{
          if (detail.time > 0.2) i.src = '{far.origin}/a.svg' }})</script>"""
        page = written(tmp_path / "page", composed(script, root="data-duration=1"))
        _, report = render(page, "a.mp4", fps=10, workers=1, quality="draft")
        assert "REMOTE_UNKNOWN" in codes(report)
        with pytest.raises(CompositionError, match="only after the page was ready") as caught:
            framewright.render(page, tmp_path / "b.mp4", fps=10, workers=1, quality="draft", strict=True)
        assert caught.value.code == "REMOTE_UNKNOWN"
        assert far.asked == []


def test_a_strict_probe_refuses_what_nobody_answers(tmp_path):
    page = written(
        tmp_path / "page", composed("<script src=http://127.0.0.1:1/a.js></script>", root="data-duration=1")
    )
    found = framewright.probe(page)
    assert [(one.by.value, one.status) for one in found.remote] == [("failed", None)]
    assert [notice.code for notice in found.notices] == ["REMOTE_FAILED"]
    with pytest.raises(CompositionError, match=r"127\.0\.0\.1:1/a\.js could not be fetched"):
        framewright.probe(page, strict=True)
