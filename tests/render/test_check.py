"""Checks of whole compositions in a browser: what is found, where, and that clean pages are left alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import framewright
from framewright.cli.entry import run
from truth.grids import ordinary
from truth.libraries import library
from truth.stages import composed

EXAMPLES = Path(__file__).parents[2] / "examples"
NAMES = sorted(page.parent.name for page in EXAMPLES.glob("*/index.html"))
ROOT = 'data-duration="1" data-no-timeline'
SMALL = {"fps": 10}
FORWARDS = "<p id='n' style='position:absolute;margin:0;width:40px;height:40px;background:red'></p>"
ACCUMULATING = (
    FORWARDS
    + "<script>let steps = 0; const step = () => { n.style.left = `${5 * ++steps}px`; requestAnimationFrame(step) };"
    " addEventListener('load', () => requestAnimationFrame(step))</script>"
)
IN_A_WORKER = (
    FORWARDS + "<script>\nconst clock = new Worker(URL.createObjectURL(new Blob([`"
    "setInterval(() => postMessage(Date.now() % 500 / 500), 5)`])));"
    " clock.onmessage = ({data}) => { n.style.left = `${600 * data}px` }</script>"
)
CLEAN = (
    FORWARDS
    + "<script>const draw = (now) => { n.style.left = `${now / 3 + 9 * Math.random()}px`; requestAnimationFrame(draw) };"
    " requestAnimationFrame(draw)</script>"
)


def project(folder, body, files=None, **more):
    for name, content in {"index.html": composed(body, root=ROOT, **more), **(files or {})}.items():
        (folder / name).write_text(content)
    return folder


def codes(report):
    return [finding.code for finding in report.findings]


@pytest.mark.thorough
def test_a_loop_that_adds_up_is_found_with_pictures(tmp_path):
    """Whoever looks at the report sees the frame as it should be beside the frame as it was."""
    report = framewright.check(project(tmp_path, ACCUMULATING), report=tmp_path / "report", **SMALL)
    (finding,) = report.findings
    assert (finding.code, finding.severity, report.ok) == ("FRAMES_BY_HISTORY", "error", False)
    assert report.audit.frames == (0, 2, 4, 7, 9)
    assert {frame.frame for frame in report.audit.differing} >= {4, 7, 9}
    for frame in report.audit.differing:
        assert 0 < frame.share < 0.1
        for way in ("forwards", *frame.ways):
            picture = tmp_path / "report" / "frames" / f"{frame.frame:06d}-{way}.png"
            assert picture.read_bytes().startswith(b"\x89PNG")


@pytest.mark.thorough
def test_a_loop_that_is_gone_through_is_only_told(tmp_path):
    report = framewright.check(project(tmp_path, ACCUMULATING), mode="run", **SMALL)
    assert [(one.code, str(one.severity)) for one in report.findings] == [("FRAMES_BY_HISTORY", "info")]


@pytest.mark.thorough
def test_a_clock_in_a_worker_is_found(tmp_path):
    report = framewright.check(project(tmp_path, IN_A_WORKER), **SMALL)
    (finding, *_) = [one for one in report.findings if one.code == "FRAMES_UNREPEATABLE"]
    assert finding.severity == "error"
    assert (finding.place.file, finding.place.line) == ("index.html", 3)
    assert "Worker" in finding.advice


@pytest.mark.thorough
def test_a_page_that_follows_its_time_is_clean(tmp_path):
    report = framewright.check(project(tmp_path, CLEAN), report=tmp_path / "report", **SMALL)
    assert report.findings == ()
    assert report.audit.differing == ()
    assert (report.page.width, report.page.height, report.page.frames) == (640, 360, 10)
    assert "look the same" in (tmp_path / "report" / "index.html").read_text()


def test_faults_of_the_running_page_have_their_place(tmp_path):
    body = (
        '\n<p id="a" data-start="nobody">a</p><p id="b" data-start="b">b</p><img id="c" src="no.png">'
        '<img id="d" src="text.png">\n<script>console.error("oh");'
        ' setTimeout(() => { throw new Error("late") }, 900)</script><script src="gone.js"></script>'
    )
    report = framewright.check(project(tmp_path, body, {"text.png": "no picture"}), audit=False)
    told = {
        finding.code: (str(finding.place), finding.element, str(finding.severity))
        for finding in report.findings
    }
    assert told["REFERENCE_UNKNOWN"] == ("index.html:3:11", "#a", "error")
    assert told["REFERENCE_CYCLE"] == ("index.html:3:46", "#b", "error")
    assert told["IMAGE_FAILED"] == ("index.html:3:103", "#d", "error")
    assert told["CONSOLE_ERROR"] == ("index.html:4:17", None, "warning")
    assert told["SCRIPT_ERROR"][0].startswith("index.html:4:")
    assert codes(report).count("ASSET_MISSING") == 2
    assert set(told) == {
        "REFERENCE_UNKNOWN", "REFERENCE_CYCLE", "IMAGE_FAILED", "CONSOLE_ERROR", "SCRIPT_ERROR", "ASSET_MISSING",
    }  # fmt: skip


def test_a_timeline_without_an_end_is_told_where_nothing_else_is(tmp_path):
    html = """<!doctype html><div id="a" data-composition-id="main" data-width="320" data-height="180">
        <p id="b" data-start="0" data-duration="1"></p></div><script>
        __timelines.main = { pause() {}, time() { return 0 }, duration: () => 1e10 }</script>"""
    (tmp_path / "index.html").write_text(html)
    report = framewright.check(tmp_path, audit=False)
    told = [(one.code, str(one.severity), one.element, str(one.place)) for one in report.findings]
    assert told == [
        ("TIMELINE_ENDLESS", "warning", "#a", "index.html:1:28"),
        ("DURATION_UNDECLARED", "info", "#a", "index.html:1:28"),
    ]
    (tmp_path / "index.html").write_text(
        html.replace('data-width="320"', 'data-width="320" data-duration="1"')
    )
    assert framewright.check(tmp_path, audit=False).findings == ()


def test_what_nobody_answers_is_told_once_with_element_and_place(tmp_path):
    report = framewright.check(
        project(tmp_path, '\n<img id="a" src="http://127.0.0.1:1/a.png">'), audit=False
    )
    assert [(one.code, one.element, str(one.place)) for one in report.findings] == [
        ("REMOTE_FAILED", "#a", "index.html:3:13"),
    ]  # fmt: skip


def test_a_page_that_cannot_be_opened_is_told_with_what_is_written(tmp_path):
    body = '\n<p data-strat="1">a</p>\n<script>\n  nothing.here()</script>'
    report = framewright.check(project(tmp_path, body), report=tmp_path / "report")
    assert [(one.code, str(one.place)) for one in report.findings] == [
        ("ATTRIBUTE_UNKNOWN", "index.html:3:4"),
        ("SCRIPT_ERROR", "index.html:5:3"),
    ]
    assert report.page is None and report.audit is None
    assert "cannot be opened" in (tmp_path / "report" / "index.html").read_text()


SCENE = """<!doctype html><html data-composition-variables='[{"id": "name", "type": "string", "default": "x"}]'><body>
<template id="scene-template"><div data-composition-id="scene" data-width="640" data-height="360" data-duration="1">
<style>.box { position: absolute; width: 90px; height: 90px; background: url(../assets/dot.svg) }</style>
<div class="box"></div><p class="name"></p><img src="assets/dot.svg">
<script>
  document.querySelector(".name").textContent = window.__hyperframes.getVariables().name;
  const tl = gsap.timeline({ paused: true });
  tl.to(".box", { x: 300, duration: 1 });
  window.__timelines["scene"] = tl;
</script></div></template></body></html>"""
MAIN = """<!doctype html>
<html lang="en" data-composition-variables='[{"id": "title", "type": "string", "label": "Title", "default": "Hello"}]'>
<head><meta charset="utf-8"><title>A project</title><script src="assets/gsap.min.js"></script>
<style>* { margin: 0 } body { background: #111; color: #fff; font-family: Inter, sans-serif } .clip { position: absolute }</style>
</head><body>
<div id="root" data-composition-id="main" data-start="0" data-duration="3" data-width="640" data-height="360">
  <h1 id="title" class="clip" data-start="0" data-duration="1" data-track-index="0" data-var-text="title" data-hf-id="1">Hello</h1>
  <div id="one" class="clip" data-composition-id="scene" data-composition-src="compositions/scene.html" data-start="1"
    data-duration="1" data-track-index="0" data-variable-values='{"name": "One"}'></div>
  <div id="two" class="clip" data-composition-id="scene-two" data-composition-src="compositions/scene.html" data-start="one"
    data-duration="1" data-track-index="0" data-variable-values='{"name": "Two"}'></div>
</div>
<script>
  window.__timelines = window.__timelines || {};
  const tl = gsap.timeline({ paused: true });
  tl.from("#title", { opacity: 0, y: 55, duration: 0.9 }, 0.2);
  window.__timelines["main"] = tl;
</script></body></html>"""


@pytest.mark.thorough
def test_a_project_of_several_files_is_clean(tmp_path):
    dot = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><circle r="4" fill="red"/></svg>'
    files = {"index.html": MAIN, "compositions/scene.html": SCENE, "assets/dot.svg": dot}
    for name, content in {**files, "assets/gsap.min.js": library("gsap/dist/gsap.min.js")}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content)
    report = framewright.check(tmp_path, **SMALL)
    assert report.findings == ()
    assert report.files == ("index.html", "compositions/scene.html", "assets/gsap.min.js")


@pytest.mark.parametrize(
    "name",
    ordinary(NAMES, "data-chart"),
)
def test_examples_are_clean(name):
    assert framewright.check(EXAMPLES / name, audit=False).findings == ()


@pytest.mark.long
@pytest.mark.parametrize("name", NAMES)
def test_examples_are_steady(name):
    assert framewright.check(EXAMPLES / name).findings == ()


def test_the_command(tmp_path, capsys):
    project(tmp_path, '<p data-strat="1">a</p>')
    assert run(["check", str(tmp_path), "--no-audit"]) == 0
    plain = capsys.readouterr()
    assert plain.err == ""
    assert plain.out.splitlines()[0].startswith("index.html:2:")
    assert run(["check", str(tmp_path), "--no-audit", "--strict", "--json"]) == 3
    (finding,) = json.loads(capsys.readouterr().out)["findings"]
    assert finding["severity"] == "error"
