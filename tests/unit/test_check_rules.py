"""Every rule: a page that has its fault, and one like it that has not."""

from __future__ import annotations

import importlib.util
import re
from dataclasses import replace
from pathlib import Path

import pytest

import framewright
from framewright.check.moving_pictures import moves
from framewright.check.notices import TOLD, finding_of_failure, findings_of_notices
from framewright.check.page import PageView
from framewright.check.report import Severity
from framewright.check.rule import Subject
from framewright.check.rules import RULES
from framewright.check.rules.spelling import KNOWN, meant_attribute
from framewright.check.sources import Sources, read_sources
from framewright.check.steadiness import percent
from framewright.model.composition import Clip, Description, DurationSource, Notice
from framewright.model.errors import CompositionError
from framewright.model.frames import FrameRate
from framewright.model.media import AudioFacts, MediaFacts, MediaUse
from framewright.model.recording import RecordedAnswer
from framewright.model.size import Size
from framewright.model.sound import Unheard
from framewright.render import RenderOptions

ORIGIN = "http://127.0.0.1:1234"
ROOT = '<div id="root" data-composition-id="main" data-width="320" data-height="180" data-duration="4">'


@pytest.fixture
def subject(tmp_path):
    """A project of one page, and what the page is said to have said."""

    def make(html, files=None, page=None, **options):
        for name, content in {"index.html": html, **(files or {})}.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return Subject(read_sources(tmp_path, "index.html"), RenderOptions(**options), page)

    return make


def view(*clips, notices=(), remote=(), source=DurationSource.DECLARED, composition="main", size=(320, 180)):
    description = Description(
        composition=composition, title="", width=size[0] if composition else None,
        height=size[1] if composition else None, duration=4.0, duration_source=source, fps=None, transparent=False,
        foreseeable=True, clips=clips,
    )  # fmt: skip
    return PageView(
        description=description, size=Size(*size), rate=FrameRate.parse(30), seconds=4.0, source=source, frames=120,
        notices=tuple(notices), origin=ORIGIN, remote=tuple(remote),
    )  # fmt: skip


def clip(element, start, duration, **more):
    return Clip(element=element, kind=more.pop("kind", "element"), start=start, duration=duration, **more)


def found(subject):
    return [finding for rule in RULES for finding in rule.findings(subject)]


def codes(subject):
    return [finding.code for finding in found(subject)]


def test_every_code_is_there_once_and_every_text_is_a_sentence():
    names = [rule.code for rule in RULES]
    assert len(set(names)) == len(names)
    for rule in RULES:
        assert rule.advice.endswith("."), rule.code
        assert rule.find.__doc__, rule.code


def test_the_page_of_all_rules_is_fresh():
    script = Path(__file__).parents[2] / "scripts" / "write_check_docs.py"
    spec = importlib.util.spec_from_file_location("write_check_docs", script)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.PAGE.read_text(encoding="utf-8") == module.page(), "run `make docs`"


TITLED = """<p data-composition-variables='[{"id": "title"}]' data-var-text="title"></p>"""
# code, what is wrong, where (line:column within the body, which is line 2), and the same with nothing wrong
LANE = '{"version":1,"lanes":[{"target":"volume","points":[{"t":0,"v":1}]}]}'
WRITTEN = [
    ("COMPOSITION_ID_EMPTY", '<p data-composition-id=" ">', "2:4", '<p data-composition-id="a">'),
    (
        "COMPOSITION_ID_REPEATED",
        '<p data-composition-id="a"></p><p data-composition-id="a"></p>',
        "2:35",
        '<p data-composition-id="a" data-composition-src="i.html"></p><p data-composition-id="a" data-composition-src="i.html"></p>',
    ),
    ("ID_REPEATED", '<p id="a"></p><b id="a"></b>', "2:18", '<p id="a"></p><template><b id="a"></b></template>'),
    ("START_INVALID", '<p data-start="-1">', "2:4", '<p data-start="1.5">'),
    ("START_INVALID", '<p data-start="500ms">', "2:4", '<p data-start="a2s + 1">'),
    ("START_INVALID", '<p data-start="1,5">', "2:4", '<p data-start="">'),
    ("CLIP_DURATION_INVALID", '<p data-start="0" data-duration="-1">', "2:19", '<p data-start="0" data-duration=".5">'),
    ("CLIP_DURATION_INVALID", '<p data-start="0" data-duration="two">', "2:19", '<p data-start="0" data-duration="{{d}}">'),
    ("CLIP_DURATION_INVALID", '<p data-start="3" data-end="2">', "2:19", '<p data-start="3" data-end="4">'),
    ("RATE_INVALID", '<video data-playback-rate="9">', "2:8", '<video data-playback-rate="0.5">'),
    ("VOLUME_INVALID", '<audio data-volume="-1">', "2:8", '<audio data-volume="0.5">'),
    ("VOLUME_INVALID", '<audio data-volume="5">', "2:8", '<p data-volume="loud">'),
    ("MEDIA_START_INVALID", '<video data-media-start="1s">', "2:8", '<video data-media-start="1">'),
    ("TRACK_INVALID", '<p data-track-index="1.5">', "2:4", '<p data-track-index="-1">'),
    ("FLAG_INVALID", '<video data-has-audio="maybe">', "2:8", '<video data-has-audio="TRUE">'),
    ("ATTRIBUTE_UNKNOWN", '<p data-durration="2">', "2:4", '<p data-end-label="2">'),
    ("ATTRIBUTE_UNKNOWN", '<p data-trackindex="2">', "2:4", '<p data-trackers="2">'),
    ("ATTRIBUTE_UNKNOWN", '<p datastart="2">', "2:4", '<p data-stat="2"></p><script>p.dataset.stat</script>'),
    ("ATTRIBUTE_UNKNOWN", '<p data-strat="2">', "2:4", '<p data-strat="2"></p><style>[data-strat] { }</style>'),
    ("DURATION_WITHOUT_START", '<p data-duration="2">', "2:4", '<p data-duration="2" data-start="0">'),
    ("DURATION_WITHOUT_START", '<p data-duration="2">', "2:4", '<p data-duration="2"></p><script>p.dataset.duration</script>'),
    ("MEDIA_SILENT", "<audio muted>", "2:8", "<video muted>"),
    ("MEDIA_SILENT", '<video muted data-has-audio="true">', "2:8", '<video muted data-has-audio="false">'),
    ("MEDIA_SILENT", '<audio data-volume="0">', "2:8", '<audio data-volume="0" data-automation="[]">'),
    ("MEDIA_AUTOPLAY", "<video autoplay>", "2:8", '<video autoplay data-start="0">'),
    ("AUTOMATION_INVALID", "<audio data-automation='{}'>", "2:8", f"<audio data-automation='{LANE}'>"),
    ("AUTOMATION_INVALID", "<hf-audio-group data-automation='{'>", "2:17", "<audio data-automation='{{lane}}'>"),
    ("AUTOMATION_UNSUPPORTED", f"<audio data-automation='{LANE.replace('volume', 'fx.n1.q')}'>", "2:8", f"<audio data-automation='{LANE}'>"),
    ("EFFECT_UNSUPPORTED", """<audio data-fx-chain='{"version":1,"nodes":[{"type":"gate"}]}'>""", "2:8", """<audio data-fx-chain='{"nodes":[{"enabled":false}]}'>"""),
    ("FADE_INVALID", '<audio data-fade-in="soon">', "2:8", '<audio data-fade-in="0.5">'),
    ("FADE_INVALID", '<video data-helios-fade-out="-1">', "2:8", '<p data-fade-in="soon">'),
    ("PAN_INVALID", '<audio data-pan="2">', "2:8", '<audio data-pan="-1">'),
    ("VARIABLES_MALFORMED", "<p data-variable-values='{a: 1}'>", "2:4", "<p data-variable-values='{\"a\": 1}'>"),
    ("VARIABLES_MALFORMED", "<p data-composition-variables='{}'>", "2:4", "<p data-composition-variables='[]'>"),
    (
        "VARIABLE_UNUSED",
        '<p data-composition-variables=\'[{"id": "title"}]\'>',
        "2:4",
        '<p data-composition-variables=\'[{"id": "title"}]\' data-var-text="title">',
    ),
    (
        "VARIABLE_UNUSED",
        '<p data-composition-variables=\'[{"id": "tone"}]\'>',
        "2:4",
        '<p data-composition-variables=\'[{"id": "tone"}]\'><style>p { color: var(--tone) }</style>',
    ),
    ("VARIABLE_UNDECLARED", f'{TITLED}<b data-var-text="titel">', "2:80", f'{TITLED}<b data-var-text="title">'),
    (
        "VARIABLE_UNDECLARED",
        f'{TITLED}<img data-var-src="logo">',
        "2:82",
        f"""{TITLED}<i data-variable-values='{{"logo": "a"}}'></i><img data-var-src="logo">""",
    ),
    ("VARIABLE_UNDECLARED", f'{TITLED}<b data-var-text="x">', "2:80", '<b data-var-text="x">'),
    ("PICTURE_MOVES", '<p style="background: url(moves.gif)">', "2:4", '<p style="background: url(still.gif)">'),
    ("PICTURE_MOVES", '<svg><image href="moves.png"/></svg>', "2:13", '<img src="moves.png">'),
    ("PICTURE_MOVES", "<style>\np { background: url(moves.gif) }</style>", "3:17", '<picture><source srcset="moves.gif"></picture>'),
    ("ASSET_MISSING", '<img src="no.png">', "2:6", '<img src="there.png?v=1#x">'),
    ("ASSET_MISSING", '<script src="no.js"></script>', "2:9", '<script src="./there.js"></script>'),
    ("ASSET_MISSING", '<link rel="stylesheet" href="no.css">', "2:24", '<link rel="stylesheet" href="/there.css">'),
    ("ASSET_MISSING", '<p style="background: url(no.png)">', "2:4", '<p style="background: url(there.png)">'),
    ("ASSET_MISSING", "<style>\np { background: url('no.png') }</style>", "3:17", "<style>p { background: url(data:,x) }</style>"),
    ("ASSET_MISSING", "<style>@font-face { src: url(no.woff2) }</style>", "2:26", "<style>/* url(no.woff2) */</style>"),
    ("ASSET_MISSING", '<video poster="no.png">', "2:8", '<video poster="there.png">'),
    ("ASSET_MISSING", '<audio src="no.mp3">', "2:8", '<audio src="{{music}}">'),
    ("ASSET_MISSING", '<video><source src="no.mp4"></video>', "2:16", '<noscript><img src="no.png"></noscript>'),
    ("ASSET_MISSING", '<svg><image href="no.png"/></svg>', "2:13", '<svg><image href="#part"/></svg>'),
    ("ASSET_MISSING", '<p data-composition-src="no.html">', "2:4", '<p data-composition-src="inner/there.html">'),
    ("ASSET_MISSING", '<iframe src="no.html"></iframe>', "2:9", '<iframe src="about:blank"></iframe>'),
    ("ASSET_MISSING", '<img srcset="there.png, no.png 2x">', "2:6", '<img srcset="there.png, there.png 2x">'),
    ("ASSET_MISSING", '<img data-var-src="logo" src="no.png"><img src="no.png">', "2:44", '<img data-var-src="logo" src="no.png">'),
    ("ASSET_OUTSIDE", '<img src="../../etc/passwd">', "2:6", '<img src="../there.png">'),
    ("ASSET_OUTSIDE", '<img src="file:///etc/passwd">', "2:6", '<img src="files.png">'),
    ("ASSET_OUTSIDE", '<img src="link.png">', "2:6", '<img src="there%2Epng">'),
    ("ASSET_OUTSIDE", '<img src="..\\..\\etc\\passwd">', "2:6", '<img src="blob:x">'),
    ("FRAME_REMOTE", '<iframe src="https://example.com/">', "2:9", '<iframe src="inner/there.html">'),
    ("REMOTE_ADDRESS", '<script src="https://cdn.jsdelivr.net/npm/gsap"></script>', "2:9", '<a href="https://example.com/">'),
    ("REMOTE_ADDRESS", '<script src="//cdn.jsdelivr.net/npm/gsap"></script>', "2:9", '<script src="there.js"></script>'),
]  # fmt: skip
FRAME = b"\x21\xf9\x04\x00\x0a\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00"
GIF = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x05\x04\x04\x00\x00\x00"
FILES = {
    "there.png": "x",
    "there.js": "",
    "there.css": "",
    "inner/there.html": "<p>",
    "still.gif": GIF + FRAME + b";",
    "moves.gif": GIF + FRAME + FRAME + b";",
    "moves.png": b"\x89PNG\r\n\x1a\n....IHDR....acTL....IDAT",
}


@pytest.mark.parametrize(("code", "wrong", "place", "right"), WRITTEN)
def test_what_is_written(subject, tmp_path, code, wrong, place, right):
    (tmp_path / "link.png").symlink_to("/etc/hostname")
    told = [one for one in found(subject(f"<body>\n{wrong}", FILES)) if one.code == code]
    assert [str(one.place) for one in told] == [f"index.html:{place}"]
    assert told[0].message.endswith(".") and told[0].advice.endswith(".")
    assert code not in codes(subject(f"<body>\n{right}", FILES))


ON_ROOTS = [
    ("SIZE_MISSING", '<p data-composition-id="a" data-width="9">', '<p data-composition-id="a" data-width="9" data-height="9">'),
    ("SIZE_INVALID", '<p data-composition-id="a" data-width="wide">', '<p data-composition-id="a" data-width="9px">'),
    ("SIZE_INVALID", '<p data-composition-id="a" data-height="9000">', '<p data-composition-id="a" data-height="8192">'),
    ("DURATION_INVALID", '<p data-composition-id="a" data-duration="0">', '<p data-composition-id="a" data-duration="1e1">'),
    ("FPS_INVALID", '<p data-composition-id="a" data-fps="fast">', '<p data-composition-id="a" data-fps="30000/1001">'),
]  # fmt: skip


@pytest.mark.parametrize(("code", "wrong", "right"), ON_ROOTS)
def test_what_roots_say(subject, code, wrong, right):
    assert code in codes(subject(wrong))
    assert code not in codes(subject(right))


def test_a_size_on_the_command_line_is_enough(subject):
    assert "SIZE_MISSING" not in codes(subject('<p data-composition-id="a">', width=9, height=9))


SEEN = [
    ("CLIP_NEVER_SEEN", [clip("#a", 4, 1)], [clip("#a", 3.9, 0.1)]),
    ("CLIP_CUT", [clip("#a", 3, 2)], [clip("#a", 3, 1.01), clip("#b", 0, None)]),
    ("TRACK_OVERLAP", [clip("#b", 0, 2, track=0), clip("#a", 1, 1, track=0)], [clip("#b", 0, 1, track=0), clip("#a", 1, 1, track=0)]),
    ("TRACK_OVERLAP", [clip("#b", 0, None, track=0), clip("#a", 1, 1, track=0)], [clip("#b", 0, 2, track=0), clip("#a", 1, 1, track=1)]),
    ("TRACK_OVERLAP", [clip("#b", 0, 2, track=0), clip("#a", 1, 1, track=0)], [clip("#b", 0, 2, track=0), clip("#a", 1, 1, track=0, kind="audio")]),
    ("CLIP_NEVER_SEEN", [clip("#a", 9, 1)], [clip("#a", 9, 1, hidden=True)]),
]  # fmt: skip


@pytest.mark.parametrize(("code", "wrong", "right"), SEEN)
def test_when_clips_show(subject, code, wrong, right):
    page = f'{ROOT}\n<p id="a" data-start="1">'
    told = [one for one in found(subject(page, page=view(*wrong))) if one.code == code]
    assert [(str(one.place), one.element) for one in told] == [("index.html:2:11", "#a")]
    assert code not in codes(subject(page, page=view(*right)))


def medium(**changes):
    facts = MediaFacts(container="wav", seconds=3.0, audio=AudioFacts(codec="mp3", rate=44100, layout="mono"))
    return MediaUse(
        **({"element": "#a", "kind": "audio", "source": "a.mp3", "duration": 2.0, "facts": facts} | changes)
    )


@pytest.mark.parametrize(
    ("code", "wrong", "right"),
    [
        ("MEDIA_TRIMMED_AWAY", {"offset": 3.0}, {"offset": 2.9}),
        ("MEDIA_TRIMMED_AWAY", {"offset": 9.0, "loop": True}, {"offset": 9.0, "facts": None}),
        ("MEDIA_ENDS_EARLY", {"duration": 4.0}, {"duration": 3.01}),
        ("MEDIA_ENDS_EARLY", {"rate": 2.0}, {"rate": 2.0, "loop": True}),
        ("MEDIA_ENDS_EARLY", {"offset": 2.0}, {"duration": None}),
        ("AUDIO_NEVER_PLAYED", {"plays": False, "unheard": Unheard.UNPLAYED}, {"plays": False, "unheard": Unheard.UNPLAYED, "kind": "video"}),
    ],
)  # fmt: skip
def test_what_becomes_of_sources(subject, code, wrong, right):
    page = f'{ROOT}\n<audio id="a">'

    def told(use, *, scripted=False):
        seen = view()
        page_of = seen.description.model_copy(update={"media": (use,), "scripted": scripted})
        return [
            one for one in found(subject(page, page=replace(seen, description=page_of))) if one.code == code
        ]

    (finding,) = told(medium(**wrong))
    assert (finding.place.line, finding.element) == (2, "#a")
    assert told(medium(**right)) == []
    assert code != "AUDIO_NEVER_PLAYED" or told(medium(**wrong), scripted=True) == []


def test_where_the_length_comes_from(subject):
    page = view(source=DurationSource.TIMELINE)
    assert "DURATION_UNDECLARED" in codes(subject('<p data-composition-id="a">', page=page))
    assert "DURATION_UNDECLARED" not in codes(subject(ROOT, page=view()))


def test_a_page_without_a_root_is_told_so(subject):
    assert "ROOT_MISSING" in codes(subject("<p>", page=view(composition=None)))
    assert "ROOT_MISSING" not in codes(subject("<p>", page=view()))


def test_sizes_that_no_machine_likes(subject):
    assert "SIZE_HUGE" in codes(subject(ROOT, page=view(size=(8000, 8000))))
    assert "SIZE_HUGE" not in codes(subject(ROOT, page=view()))
    large = {"a.png": b"\0" * (16 * 10**6 + 1), "b.js": b" " * (8 * 2**20 + 1)}
    told = [
        one
        for one in found(subject('<img src="a.png"><script src="b.js"></script>', large))
        if one.code == "ASSET_HUGE"
    ]
    assert [str(one.place) for one in told] == ["index.html:1:6", "b.js"]
    assert "ASSET_HUGE" not in codes(subject('<img src="a.png">', {"a.png": b"x"}))


def test_a_repeated_id_matters_more_where_something_refers_to_it(subject):
    repeated = '<p id="a"></p><b id="a"></b>'
    (alone,) = found(subject(repeated))
    (wanted,) = found(subject(f'{repeated}<i data-start="a + 1"></i>'))
    assert (alone.severity, wanted.severity) == (Severity.INFO, Severity.WARNING)


def test_sub_compositions_are_read_with_their_own_places(subject):
    files = {
        "scenes/a.html": '<template>\n<img src="b.png"><img src="scenes/c.png"><img src="no.png"></template>',
        "scenes/b.png": "x",
        "scenes/c.png": "x",
    }
    (told,) = found(subject('<p data-composition-src="scenes/a.html">', files))
    assert (told.code, str(told.place), told.element) == (
        "ASSET_MISSING", "scenes/a.html:2:47", "img:nth-of-type(3)",
    )  # fmt: skip


def test_circles_of_files_are_read_once(subject):
    files = {"a.html": '<p data-composition-src="b.html">', "b.html": '<p data-composition-src="a.html">'}
    assert subject('<p data-composition-src="a.html">', files).sources.files == (
        "index.html",
        "a.html",
        "b.html",
    )


def test_style_sheets_of_their_own_are_read(subject):
    told = found(
        subject('<link rel="stylesheet" href="css/a.css">', {"css/a.css": "p {\n background: url(no.png) }"})
    )
    assert [(one.code, str(one.place), one.severity) for one in told] == [
        ("ASSET_MISSING", "css/a.css:2:14", "warning")
    ]


def test_a_file_that_may_be_meant_is_named(subject):
    (told,) = found(subject('<img src="logo.png">', {"assets/Logo.png": "x"}))
    assert "assets/Logo.png" in told.advice


def test_what_the_page_asked_for_in_vain_is_an_error(subject):
    style = "<style>p { background: url(no.png) }</style>"
    (perhaps,) = found(subject(style))
    failed = [Notice(code="ASSET_UNAVAILABLE", message="x", address=f"{ORIGIN}/no.png")]
    (sure,) = found(subject(style, page=view(notices=failed)))
    assert (perhaps.severity, sure.severity) == (Severity.WARNING, Severity.ERROR)


def test_addresses_that_only_scripts_ask_for_are_told(subject):
    page = view(remote=["https://example.com/a.js", "https://example.com/b"])
    told = found(subject('<script src="https://example.com/a.js"></script>', page=page))
    assert [str(one.place) for one in told if one.code == "REMOTE_ADDRESS"] == ["index.html:1:9", "None"]


def test_files_of_one_folder_that_nobody_wrote_are_told_once(subject):
    fonts = [
        f"https://fonts.gstatic.com/s/lato/{letters}.woff2" for letters in ("greek", "latin", "latin-ext")
    ]
    other = "https://fonts.gstatic.com/s/inter/latin.woff2"
    page = replace(
        view(remote=[]),
        answers=tuple(
            RecordedAnswer(method="GET", url=url, status=200, by="fontsource") for url in [*fonts, other]
        ),
    )
    told = [one.message for one in found(subject("<p>", page=page)) if one.code == "REMOTE_ADDRESS"]
    assert len(told) == 2
    assert told[1].startswith(
        f"'{fonts[0]}' and 2 more of its folder are answered from a @fontsource package"
    )


@pytest.mark.parametrize(
    ("share", "told"),
    [(1.0, "100 %"), (0.9996, "100 %"), (0.0853, "8.5 %"), (0.0085, "0.85 %"), (1e-6, "less than 0.01 %")],
)
def test_shares_are_spoken_as_people_do(share, told):
    assert percent(share) == told


def test_who_answers_for_other_hosts_is_told(subject):
    npm, web, lost = (
        "https://cdn.jsdelivr.net/npm/gsap",
        "https://example.com/a.png",
        "https://example.com/b.png",
    )
    page = replace(
        view(notices=[notice("REMOTE_FAILED", address=lost)]),
        answers=(
            RecordedAnswer(method="GET", url=npm, status=200, by="npm"),
            RecordedAnswer(method="GET", url=web, status=200, by="network"),
            RecordedAnswer(method="GET", url=lost, by="failed"),
        ),
    )
    made = subject(f'<script src="{npm}"></script><img src="{web}"><img src="{lost}">', page=page)
    told = found(made)
    assert [(one.code, str(one.severity)) for one in told] == [("REMOTE_ADDRESS", "info")] * 2
    assert "npm registry" in told[0].message and "example.com" in told[1].message
    (failed,) = told_of(made)
    assert (failed.code, str(failed.place)) == ("REMOTE_FAILED", "index.html:1:100")


def test_a_page_that_was_opened_by_its_address_is_at_home_there():
    page = view(remote=[f"{ORIGIN}/page.html", "https://example.com/a.png"])
    made = Subject(Sources(), RenderOptions(), page)
    assert [one.message for one in found(made)] == [
        "'https://example.com/a.png' would come from example.com."
    ]
    error = CompositionError(f"{ORIGIN}/none.html cannot be opened: it answered 404.", code="LOAD_FAILED")
    told = finding_of_failure(Subject(Sources(), RenderOptions()), error, [])
    assert told.message == error.message


def test_no_known_attribute_is_taken_for_another():
    assert [name for name in KNOWN if meant_attribute(name)] == []


@pytest.mark.parametrize(
    "name",
    """data-state data-stats data-index data-id data-name data-count data-color data-ends data-text data-weight
    data-speed data-delay data-target data-label data-value data-volumes-of-books data-theme data-v-app data-reactroot
    data-lang data-aos-duration data-testid data-position data-direction data-fade data-step data-font data-role
    data-start-label data-chart data-stack data-stage data-words data-word data-root-id data-media data-track
    data-bs-target data-turbo data-slide-to data-width-of data-hide data-hover data-cap""".split(),
)
def test_the_authors_own_attributes_are_left_alone(name):
    assert meant_attribute(name) is None


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("data-durration", "data-duration"), ("data-duraton", "data-duration"), ("data-strat", "data-start"),
        ("data-starts", "data-start"), ("data-compositionid", "data-composition-id"), ("data_start", "data-start"),
        ("data-composition-scr", "data-composition-src"), ("data-hight", "data-height"), ("data-widht", "data-width"),
        ("data-volum", "data-volume"), ("data-playbackrate", "data-playback-rate"), ("data-has_audio", "data-has-audio"),
        ("data-notimeline", "data-no-timeline"), ("data-variables-values", "data-variable-values"),
    ],
)  # fmt: skip
def test_slips_are_understood(name, meant):
    assert meant_attribute(name) == meant


def notice(code, message="It is so.", **more):
    return Notice(code=code, message=message, **more)


def told_of(subject):
    return list(findings_of_notices(subject, found(subject)))


def test_warnings_of_the_page_find_their_place(subject):
    page = view(
        notices=[
            notice("REFERENCE_UNKNOWN", element="#a"),
            notice("SCRIPT_ERROR", f"A script failed: x ({ORIGIN}/a.js:3:7)."),
            notice(
                "IMAGE_FAILED",
                f"The picture {ORIGIN}/bad.png could not be loaded.",
                address=f"{ORIGIN}/bad.png",
            ),
            notice("OF_TOMORROW", element="p.made-by-a-script"),
        ]
    )
    html = '<script src="a.js"></script>\n<p id="a" data-start="b"><img src="bad.png">'
    told = told_of(subject(html, {"a.js": "", "bad.png": "x"}, page))
    assert [str(one.place) for one in told] == ["index.html:2:11", "a.js:3:7", "index.html:2:31", "None"]
    assert [one.severity for one in told] == ["error", "error", "error", "warning"]
    assert "127.0.0.1" not in "".join(one.message for one in told)


def test_what_a_rule_has_told_is_not_told_again(subject):
    page = view(
        notices=[
            notice("IMAGE_FAILED", element="img", address=f"{ORIGIN}/no.png"),
            notice("ASSET_UNAVAILABLE", address=f"{ORIGIN}/etc/passwd"),
            notice("REFERENCE_UNKNOWN", element="p"),
            notice("CLIP_DURATION_INVALID", element="p"),
        ]
    )
    html = '<img src="no.png"><p data-start="2s" data-duration="0" style="background: url(../../etc/passwd)">'
    assert told_of(subject(html, page=page)) == []


def test_an_element_that_could_be_two_has_no_place(subject):
    page = view(notices=[notice("TIMELINE_NOT_REGISTERED", element="p")])
    files = {"a.html": "<p>"}
    (told,) = told_of(subject('<p data-composition-src="a.html">', files, page))
    assert told.place is None


def test_why_a_page_cannot_be_opened(subject):
    made = subject("<script>\nthrow 1</script>")
    error = CompositionError(
        f"A script of the page failed: 1 ({ORIGIN}/index.html:2:1).", code="SCRIPT_ERROR"
    )
    told = finding_of_failure(made, error, [])
    assert (str(told.place), told.severity) == ("index.html:2:1", "error")
    assert told.message == "A script of the page failed: 1 (index.html:2:1)."
    assert finding_of_failure(made, error, [told]) is None


def test_a_host_that_cannot_be_filled_has_its_place(subject):
    made = subject(
        '<p id="a" data-composition-src="a.html">', {"a.html": '<p data-composition-src="a.html">'}
    )
    error = CompositionError(
        "The host #a asks for a.html, which leads back to itself.", code="SUBCOMPOSITION_CYCLE"
    )
    told = finding_of_failure(made, error, [])
    assert (str(told.place), told.element) == ("index.html:1:11", "#a")
    missing = subject('<p id="a" data-composition-src="no.html">')
    gone = CompositionError(
        "The host #a asks for no.html, which is not there.", code="SUBCOMPOSITION_MISSING"
    )
    assert finding_of_failure(missing, gone, found(missing)) is None


def test_a_page_without_a_length_is_told_at_its_root(subject):
    made = subject('\n<p id="a" data-composition-id="main">')
    told = finding_of_failure(made, CompositionError("Nothing says how long.", code="DURATION_MISSING"), [])
    assert (str(told.place), told.element) == ("index.html:2:11", "#a")


@pytest.mark.parametrize(
    "head", [b"", b"GIF89a", GIF, GIF + FRAME[:12], b"RIFF....WEBPVP8X", b"\x89PNG\r\n\x1a\n", b"text"]
)
def test_pictures_that_are_cut_off_count_as_still(head):
    assert not moves(head)


@pytest.mark.parametrize(("flags", "moving"), [(0x02, True), (0x10, False)])
def test_webp_says_by_a_flag_whether_it_moves(flags, moving):
    assert moves(b"RIFF....WEBPVP8X\x0a\0\0\0" + bytes([flags]) + b"\0" * 9) is moving


def test_all_that_the_page_may_warn_of_is_known():
    assert all(told.advice.endswith(".") for told in TOLD.values())
    text = "".join(
        path.read_text("utf-8")
        for suffix in ("js", "py")
        for path in Path(framewright.__file__).parent.rglob(f"*.{suffix}")
    )
    codes = re.findall(
        r'(?:notices\.add|journal\.note|self\._?note)\(\s*"([A-Z_]+)"|Notice\(\s*code="([A-Z_]+)"', text
    )
    by_rule = {rule.code for rule in RULES}
    unknown = {one or other for one, other in codes} - TOLD.keys() - by_rule
    assert len(codes) > 20
    assert not unknown, "tell them in check/notices.py, and run `make docs`"
