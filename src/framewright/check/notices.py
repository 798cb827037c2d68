"""What the page itself warns of, as findings: how much each matters, what to do, and where it is written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from framewright.check.assets import Standing
from framewright.check.places import (
    asset_of_address,
    place_in_script,
    place_of_element,
    without_origin,
)
from framewright.check.report import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from framewright.check.report import Place
    from framewright.check.rule import Subject
    from framewright.model.composition import Notice
    from framewright.model.errors import CompositionError

_OWN_SERVER = re.compile(r"http://127\.0\.0\.1:\d+")
_HOST = re.compile(r"The host (\S+) asks for ")
_ERROR, _WARNING, _INFO = Severity.ERROR, Severity.WARNING, Severity.INFO


@dataclass(frozen=True, slots=True)
class Told:
    """What is to be said of a code of the page.

    Attributes:
        attribute: in which the fault is written, where it is in one.
    """

    severity: Severity
    about: str
    advice: str
    attribute: str = ""


TOLD: dict[str, Told] = {
    "SCRIPT_ERROR": Told(_ERROR, "a script threw, or a promise was rejected and nobody heard", "Mend the script."),
    "CONSOLE_ERROR": Told(_WARNING, "the page wrote an error to its console", "Mend what it complains of."),
    "CONSOLE_WARNING": Told(_INFO, "the page wrote a warning to its console", "See whether it matters."),
    "ASSET_UNAVAILABLE": Told(
        _ERROR, "something that the page asked for could not be loaded", "Put it there, or do not ask for it."
    ),
    "IMAGE_FAILED": Told(
        _ERROR, "a picture that is shown could not be loaded or read", "Put a picture there that browsers can read."
    ),
    "IMAGE_TIMEOUT": Told(
        _WARNING, "a picture took too long", "Save it into the project, or make it smaller."
    ),
    "MEDIA_FAILED": Told(
        _WARNING, "a video or audio that is not shown could not be read", "Put a file there, or take it away."
    ),
    "MEDIA_LATE": Told(
        _WARNING, "a video that a script has changed was not there in time", "Give it its source before the page is ready."
    ),
    "MEDIA_OWN": Told(
        _WARNING, "a video or audio that a script feeds", "Give it a file by src, or draw it into a canvas."
    ),
    "MEDIA_RESTLESS": Told(
        _WARNING, "a listener that seeks or plays a video or audio at each of its events, without end", "Listen once, or seek only if the time differs."
    ),
    "MEDIA_STREAM": Told(
        _WARNING, "a stream was asked of a video or audio", "Draw the video itself into a canvas."
    ),
    "SUBTITLES_LEFT_OUT": Told(_WARNING, "cues of a file of subtitles that cannot be read", "Mend the line that is named."),
    "SUBTITLES_UNSEEN": Told(_WARNING, "subtitles of which the rendered frames show nothing", "See whether the file is the right one."),
    "FILES_LEFT_OUT": Told(
        _WARNING,
        "files of the project do not travel with a plan",
        "Let the page ask for what it needs while it loads, keep other things elsewhere, or raise FRAMEWRIGHT_PLAN_SPARE_SIZE.",
    ),
    "FILE_NAMES_UNSENT": Told(
        _WARNING,
        "files of the project do not travel to a service, which cannot be told their names",
        "Give them names of plain letters, no longer than 1024, in folders no deeper than 32.",
    ),
    "FILE_CHANGED": Told(
        _WARNING, "a file was written while it was rendered", "Render again when nobody writes to the project."
    ),
    "SOUND_LEFT_OUT": Told(_WARNING, "sound, for an output that holds none", "Render to mp4, mov or webm, or give --skip-audio."),
    "SOUND_MISSING": Told(
        _WARNING, "something that is to be heard and whose source holds no sound", "Take another file, or data-has-audio away."
    ),
    "PITCH_KEPT": Told(
        _WARNING, "`preservesPitch` set to false at another rate than 1: the pitch is kept", "Change the pitch in the file."
    ),
    "WEB_AUDIO_UNHEARD": Told(
        _WARNING, "sound that a script makes by WebAudio, which is not recorded", "Play a file with an audio element."
    ),
    "WEB_AUDIO_ROUTED": Told(
        _INFO, "a sound that a script leads through WebAudio: heard as it is in its file", "Nothing need be done without effects."
    ),
    "SPEECH_UNHEARD": Told(_WARNING, "text that a script has spoken, which is not recorded", "Play a file of it."),
    "FONT_FAILED": Told(
        _ERROR, "a font could not be loaded, and another one takes its place", "Put the font file there."
    ),
    "FONT_SUBSTITUTED": Told(
        _WARNING,
        "a font that was asked for and does not draw: another one takes its place",
        "Declare it by @font-face with a file of the project, or ask for a family that is there.",
    ),
    "FONT_LETTERS_MISSING": Told(
        _WARNING, "a font that lacks letters of its text", "Name a family behind it that has them."
    ),
    "WEBSOCKET_REFUSED": Told(_WARNING, "a socket that the page opened, which was refused", "Do without it."),
    "FONT_TIMEOUT": Told(_WARNING, "a font took too long", "Save it into the project."),
    "IMAGE_STILL": Told(
        _WARNING,
        "an animated picture that shows its first frame: outside of an `<img>`, or not to be read",
        "Put it into an <img>, from a file of the project.",
    ),
    "IMAGE_MOVES": Told(
        _WARNING,
        "an animated picture in a border, a list mark or an SVG `<image>`: it runs by the machine's time",
        "Put it into an <img>.",
    ),
    "SVG_IMAGE_MOVES": Told(
        _WARNING, "an animated SVG in an `<img>`, which nobody can seek", "Write the SVG into the page itself."
    ),
    "TIMELINE_NOT_REGISTERED": Told(
        _WARNING,
        "a composition whose timeline was never registered, although the page's scripts speak of `__timelines`",
        "Register it under the composition's id, or give the composition data-no-timeline.",
        "data-composition-id",
    ),
    "TIMELINE_INVALID": Told(
        _ERROR,
        "something in `__timelines` that cannot be moved to a time",
        "Register a paused timeline that has totalTime, time or seek.",
    ),
    "GSAP_FORGETS": Told(
        _WARNING,
        "more GSAP animations than can be brought back when the time goes back",
        "Put them into one paused timeline that the page registers.",
    ),
    "LOTTIE_NOT_LOADED": Told(_WARNING, "a Lottie animation that was not loaded", "Save its file into the project."),
    "SCRIPT_MISSING": Told(_ERROR, "a script of a sub-composition that could not be loaded", "Put it there."),
    "SCRIPT_TIMEOUT": Told(_WARNING, "a script of a sub-composition that took too long", "Let it end sooner."),
    "FONT_UNAVAILABLE": Told(
        _WARNING, "a family that is named without a link and could not be had", "Declare it with a file of the project."
    ),
    "TIMELINE_ENDLESS": Told(
        _WARNING,
        "a root without `data-duration` whose timeline repeats for ever or does not say its length",
        "Give the root a data-duration, or let the timeline end.",
        "data-composition-id",
    ),
    "REFERENCE_UNKNOWN": Told(
        _ERROR, "`data-start` names an id that is not in the page", "Name an id of the page, or write seconds.",
        "data-start",
    ),
    "REFERENCE_CYCLE": Told(
        _ERROR, "`data-start` leads back to itself", "Let one of the elements begin at a number of seconds.",
        "data-start",
    ),
    "WORK_UNFINISHED": Told(
        _WARNING, "the page was still busy when its first frame was due", "Let the page come to rest after it has loaded."
    ),
    "TIMERS_ENDLESS": Told(
        _WARNING, "timers that set each other without end", "Let them wait, or stop."
    ),
    "SEEK_TIMEOUT": Told(_WARNING, "a promise that a frame waits for takes too long", "Settle it sooner."),
    "TAILWIND_TIMEOUT": Told(_WARNING, "Tailwind did not become ready", "Build its style sheet into the project."),
    "DIALOG_DISMISSED": Told(_WARNING, "the page opened a dialog, which was dismissed", "Do not open dialogs."),
    "POPUP_CLOSED": Told(_WARNING, "the page opened a window, which was closed", "Do not open windows."),
    "DOWNLOAD_DENIED": Told(_WARNING, "the page began a download, which was denied", "Do not download."),
    "NAVIGATION_REFUSED": Told(_WARNING, "the page tried to leave", "Stay on the page."),
    "DOCUMENT_OPEN_REFUSED": Told(
        _WARNING,
        "the page opened its document anew, or wrote into it, after it had loaded",
        "Change its elements instead.",
    ),
    "FULL_SCREEN_REFUSED": Told(_WARNING, "the page asked for full screen", "Do not ask for it."),
    "FRAME_FOREIGN": Told(
        _WARNING, "a frame from elsewhere, which keeps its own time", "Save what it shows into the project."
    ),
    "CANVAS_IN_WORKER": Told(
        _WARNING, "a canvas that a Worker draws, on the machine's time", "Draw in the page itself."
    ),
    "HELIOS_UNREACHABLE": Told(
        _WARNING, "a Helios page whose instance nobody can reach", "Set window.helios to the instance."
    ),
    "HELIOS_UNSTABLE": Told(_WARNING, "a Helios page that does not become stable", "Let its checks settle sooner."),
    "VARIABLES_MALFORMED": Told(_ERROR, "JSON of variables that cannot be read", "Write JSON."),
    "VARIABLE_INVALID": Told(
        _WARNING, "a declared variable without id, type or fitting default", "Declare id, type, label and default.",
        "data-composition-variables",
    ),
    "VARIABLE_TYPE": Told(
        _WARNING, "a value that does not fit its variable", "Give a value of its type.", "data-variable-values"
    ),
    "VARIABLE_UNKNOWN": Told(
        _WARNING, "a value for a variable that is not declared", "Declare it, or use the name of one that is.",
        "data-variable-values",
    ),
    "VARIABLE_ADDRESS": Told(
        _WARNING, "an address from a variable that is none, or not allowed", "Give a path or an http address.",
        "data-var-src",
    ),
    "VARIABLE_PLACE": Told(
        _WARNING, "a variable that is bound where it cannot be shown", "Bind it where text or sources are.",
    ),
    "REMOTE_FAILED": Told(_ERROR, "an address elsewhere that gave no answer", "Save it into the project."),
    "REMOTE_FROM_CACHE": Told(
        _INFO, "an address elsewhere that could not be reached and is answered from the cache", "Nothing need be done."
    ),
    "REMOTE_UNKNOWN": Told(
        _WARNING, "an address elsewhere that nobody had asked for when the render began", "Ask for it as the page loads."
    ),
    "REMOTE_FLOOD": Told(_WARNING, "more addresses elsewhere than are answered", "Save them into the project."),
    "REMOTE_LOST": Told(_WARNING, "an answer that was recorded and is gone", "Check again."),
    "OPTION_IGNORED": Told(
        _INFO, "an option that the page's own word overrules", "Leave the option out, or take the attribute away."
    ),
}  # fmt: skip
OTHER = Told(_WARNING, "any other warning of the page", "See docs/compositions.md for what the page may do.")

# Told better by a rule, which knows where the address is written.
_OF_ADDRESSES = frozenset({"ASSET_UNAVAILABLE", "IMAGE_FAILED", "MEDIA_FAILED"})
_BY_RULE = {"REFERENCE_UNKNOWN": "START_INVALID", "FRAME_FOREIGN": "FRAME_REMOTE"}


def findings_of_notices(subject: Subject, found: list[Finding]) -> Iterator[Finding]:
    """The page's own warnings, but for those that say again what rules have found."""
    page = subject.page
    if page is None:
        return
    known = {(finding.code, finding.element) for finding in found}
    for notice in page.notices:
        code = _BY_RULE.get(notice.code, notice.code)
        if (notice.code, notice.element) in known or (code, notice.element) in known:
            continue
        asset = asset_of_address(subject.sources, notice.address, page.origin)
        lost = asset is not None and asset.target.standing in {Standing.MISSING, Standing.OUTSIDE}
        if notice.code in _OF_ADDRESSES and lost:
            continue
        told = TOLD.get(notice.code, OTHER)
        yield Finding(
            code=notice.code,
            severity=told.severity,
            message=without_origin(notice.message, page.origin),
            advice=told.advice,
            place=asset.use.place if asset else _place(subject, notice, told, page.origin),
            element=notice.element,
        )


def _place(subject: Subject, notice: Notice, told: Told, origin: str) -> Place | None:
    written = place_of_element(subject.sources, notice.element, told.attribute)
    return written or place_in_script(subject.sources, notice.message, origin)


def finding_of_failure(subject: Subject, error: CompositionError, found: list[Finding]) -> Finding | None:
    """Why the page could not be opened; None when a rule has told it with its place."""
    host = _HOST.match(error.message)
    pointer = host[1] if host else None
    place = place_of_element(subject.sources, pointer, "data-composition-src")
    # A file that is missing or lies outside is told by a rule, at its host.
    if any(one.code == error.code or (one.place is not None and one.place == place) for one in found):
        return None
    root = subject.sources.entry.root if subject.sources.entry else None
    if error.code == "DURATION_MISSING" and root is not None:
        place, pointer = root.at("data-composition-id"), root.pointer
    # An address that the caller gave stays whole.
    origin = _origin_in(error.message) if subject.sources.documents else ""
    advice = (
        TOLD[error.code].advice if error.code in TOLD else "Nothing can be rendered until this is mended."
    )
    return Finding(
        code=error.code,
        severity=Severity.ERROR,
        message=without_origin(error.message, origin),
        advice=advice,
        place=place or place_in_script(subject.sources, error.message, origin),
        element=pointer,
    )


def _origin_in(message: str) -> str:
    """The project's own server is gone by now; it is the only one with this address."""
    match = _OWN_SERVER.search(message)
    return match[0] if match else ""
