"""The runtime: JavaScript files that become one script, run in every frame before the page's own scripts."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import JsonValue

# In the order in which they run: each is a block that adds its own named part to `fw` and may use those above it.
RUNTIME_FILES = (
    "natives.js",
    "realms.js",
    "notices.js",
    "clock.js",
    "dates.js",
    "random.js",
    "timers.js",
    "frames.js",
    "messages.js",
    "p5.js",
    "pixi.js",
    "pending.js",
    "shadows.js",
    "playback.js",
    "phases.js",
    "animations.js",
    "smil.js",
    "stillness.js",
    "sight.js",
    "draws.js",
    "scripts.js",
    "waits.js",
    "failures.js",
    "openings.js",
    "full_screen.js",
    "media_sources.js",
    "media_plans.js",
    "media_times.js",
    "media_events.js",
    "media_records.js",
    "media_poster.js",
    "media_pictures.js",
    "bright_pictures.js",
    "media_calls.js",
    "media_callbacks.js",
    "media_element.js",
    "media_births.js",
    "media_draws.js",
    "media.js",
    "lone_template.js",
    "roots.js",
    "variables.js",
    "bindings.js",
    "instances.js",
    "references.js",
    "windows.js",
    "timelines.js",
    "registration.js",
    "gsap_copies.js",
    "gsap_moments.js",
    "gsap.js",
    "lottie.js",
    "anime.js",
    "d3.js",
    "adapters.js",
    "hf.js",
    "helios.js",
    "addresses.js",
    "subfiles.js",
    "scoped_styles.js",
    "scoped_lookups.js",
    "scoped_globals.js",
    "scoped_scripts.js",
    "hosts.js",
    "cover.js",
    "subtitles.js",
    "texts.js",
    "fonts.js",
    "images.js",
    "footage_worker.js",
    "footage.js",
    "moving_files.js",
    "moving_frames.js",
    "moving_images.js",
    "screen_boxes.js",
    "screens.js",
    "ready.js",
    "sound_changes.js",
    "web_audio.js",
    "sound_presence.js",
    "sounds.js",
    "sound_hints.js",
    "describe.js",
    "control.js",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuntimeConfig:
    """What the runtime is told before the page begins. Times are seconds.

    Attributes:
        secret: the name under which the control object waits, once, to be taken.
        seed: what every pseudo-random number of the page follows from.
        width, height: the size wished for pages that do not declare one.
        load_timeout: how long a document may load.
        timeline_timeout: how long declared timelines may take to be registered.
        font_timeout, image_timeout: how long fonts and pictures may take.
        font_faces: ``@font-face`` rules that the page gets for families that it does not declare itself.
        promise_timeout: how long one frame waits for promises that the page handed over.
        footage: where the page asks for its sources, a secret; None: nobody answers.
        variables: what takes the place of the page's declared defaults.
        spare_variables: ids among them that the page need not declare.
        listening: the page is gone through to be heard: it shows no pictures of videos.
        written_variables: numbers and booleans among them are text, as in a table.
    """

    secret: str
    seed: int = 1
    width: int | None = None
    height: int | None = None
    load_timeout: float = 45.0
    timeline_timeout: float = 45.0
    font_timeout: float = 10.0
    image_timeout: float = 15.0
    promise_timeout: float = 15.0
    font_faces: str = ""
    footage: str | None = None
    variables: Mapping[str, JsonValue] = field(default_factory=dict)
    spare_variables: tuple[str, ...] = ()
    written_variables: bool = False
    listening: bool = False


# Taken before the page can put something else in their place; every file of the runtime then means these. Date is not
# among them, since the clock replaces it.
_BUILTINS = (
    "Array, CSSStyleSheet, CustomEvent, Error, Event, JSON, Map, MutationObserver, Number, Object, Promise, Proxy, "
    "Reflect, Set, String, Symbol, SyntaxError, TypeError, WeakMap, WeakRef, WeakSet"
)


# A frame that cannot reach a driven parent cannot be driven: it is left alone, on its own time.
_OURS_ONLY = (
    "if (window.parent !== window) {"
    " try { if (!window.parent[Symbol.for(fw.config.secret)]) return; } catch { return; } }"
)


@cache
def _body() -> str:
    folder = files(__package__).joinpath("runtime")
    return "\n".join(f"// {name}\n{folder.joinpath(name).read_text('utf-8')}" for name in RUNTIME_FILES)


def runtime_source(config: RuntimeConfig) -> str:
    """One script: the configuration, then every file of the runtime in its order, in one closed scope."""
    # "</" cannot end a script element that way; JSON in a script is otherwise plain JavaScript.
    # The variables stay text until they are read: in a script, an id such as __proto__ would not name a property.
    values = asdict(config) | {"variables": json.dumps(dict(config.variables))}
    told = json.dumps(values).replace("</", "<\\/")
    return f'(() => {{\n"use strict";\nconst {{ {_BUILTINS} }} = globalThis;\nconst fw = {{ config: {told} }};\n{_OURS_ONLY}\n{_body()}\n}})();\n'
