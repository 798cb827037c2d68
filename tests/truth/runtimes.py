"""A frame counter for each mechanism that can drive a page: the picture of frame n shows n."""

from __future__ import annotations

from typing import TYPE_CHECKING

from truth import counter
from truth.pages import Film, document, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def _strip(film: Film) -> str:
    """All numbers, one below the other, each as high as the root; moving it by a root's height is one number."""
    rows = "".join(
        '<div class="cells">'
        + "".join(
            f'<i style="background:{"#fff" if one else "#000"}"></i>' for one in counter.bits_of(number)
        )
        + "</div>"
        for number in range(film.frames)
    )
    return f'<div class="strip">{rows}</div>'


def _strip_css(film: Film) -> str:
    return f".strip {{ height: {film.frames * 100}%; }} .strip > .cells {{ height: {100 / film.frames}%; }}"


def _css(film: Film) -> dict[str, str]:
    return {"index": document(film, _strip(film), style=_strip_css(film) + _animation(film))}


def _animation(film: Film) -> str:
    return (
        "@keyframes run { to { transform: translateY(-100%); } }"
        f".strip {{ animation: run {film.seconds!r}s steps({film.frames}) -{film.lead!r}s both; }}"
    )


def _transition(film: Film) -> dict[str, str]:
    script = f"""
const strip = document.querySelector(".strip");
strip.style.transform = "translateY(0)";
getComputedStyle(strip).transform;
strip.style.transition = "transform {film.seconds!r}s steps({film.frames}) -{film.lead!r}s";
strip.style.transform = "translateY(-100%)";
"""
    return {"index": document(film, _strip(film), style=_strip_css(film), script=script)}


def _waapi(film: Film) -> dict[str, str]:
    script = f"""
document.querySelector(".strip").animate(
  [{{transform: "translateY(0)"}}, {{transform: "translateY(-100%)"}}],
  {{duration: {1000 * film.seconds!r}, delay: {-1000 * film.lead!r}, easing: "steps({film.frames})", fill: "both"}});
"""
    return {"index": document(film, _strip(film), style=_strip_css(film), script=script)}


def _smil(film: Film) -> dict[str, str]:
    cells = "".join(
        f'<rect x="{index % 8}" y="{2 * number + index // 8}" width="1" height="1" fill="{"#fff" if one else "#000"}"/>'
        for number in range(film.frames)
        for index, one in enumerate(counter.bits_of(number))
    )
    values = ";".join(f"0 {-2 * number}" for number in range(film.frames))
    body = f"""<svg class="counter" viewBox="0 0 8 2" preserveAspectRatio="none" shape-rendering="crispEdges"><g>{cells}
<animateTransform attributeName="transform" type="translate" calcMode="discrete" values="{values}"
 begin="-{film.lead!r}s" dur="{film.seconds!r}s" fill="freeze"/></g></svg>"""
    return {"index": document(film, body)}


def _scripted(
    driver: Callable[[Film], str], attributes: str = "data-no-timeline"
) -> Callable[[Film], dict[str, str]]:
    """Cells that a script paints; the driver may use ``show(n)``, ``number(ms)`` and ``frame``, a frame's ms."""

    def page(film: Film) -> dict[str, str]:
        script = _prelude(film) + driver(film)
        return {"index": document(film, counter.CELLS, script=script, attributes=attributes)}

    return page


def _prelude(film: Film) -> str:
    return (
        counter.SHOW + f"const frame = {film.frame_ms!r}; const number = ms => Math.floor(ms / frame + 0.25);"
    )


_EACH_FRAME = "(function draw(at) {{ {0}; requestAnimationFrame(draw); }})(0);"
_RAF = _EACH_FRAME.format("show(number(at))")


# While a page loads, timeouts under 20 ms run, as they do in browsers: many scripts need them to get ready. What must
# not happen before the clock begins is given to an interval, which waits.
_ONCE = """
const once = (callback, delay) => {
  const interval = setInterval(() => { clearInterval(interval); callback(); }, delay);
};
"""


def _timeouts(film: Film) -> str:
    """All set at load, in no order: each frame's number is due a quarter of a frame early."""
    return f"""{_ONCE}
show(0);
for (let n = {film.frames - 1}; n > 0; n--) {{
  const delay = Math.ceil((n - 0.25) * frame);
  (delay < 20 ? once : setTimeout)(() => show(n), delay);
}}
"""


_CHAIN = f"""{_ONCE}
let due = 4;
show(0);
once(function tick() {{ show(Math.floor(due / frame + 0.5)); due += 4; setTimeout(tick, 4); }}, due);
"""


def _iframe(film: Film) -> dict[str, str]:
    inner = f"<!doctype html><style>{counter.CSS} html, body {{ height: 100%; }}</style>{counter.CELLS}<script>{_prelude(film)}{_RAF}</script>"
    body = '<iframe class="counter" src="inner.html" style="border:0"></iframe>'
    return {"index": document(film, body), "inner_html": inner}


def _shadow(film: Film) -> dict[str, str]:
    script = f"""
const host = document.querySelector("#host");
host.attachShadow({{mode: "open"}}).innerHTML = `<style>{counter.CSS}{_strip_css(film)}{_animation(film)}</style>{_strip(film)}`;
"""
    return {"index": document(film, '<div id="host" class="counter"></div>', script=script)}


def _canvas(film: Film) -> dict[str, str]:
    script = f"""
const context = document.querySelector("canvas").getContext("2d");
const frame = {film.frame_ms!r};
(function draw(at) {{
  const n = Math.floor(at / frame + 0.25);
  for (let cell = 0; cell < 16; cell++) {{
    const one = ((n >> (cell % 8)) & 1) ^ (cell >> 3);
    context.fillStyle = one ? "#fff" : "#000";
    context.fillRect(40 * (cell % 8), 90 * (cell >> 3), 40, 90);
  }}
  requestAnimationFrame(draw);
}})(0);
"""
    return {
        "index": document(film, '<canvas class="counter" width="320" height="180"></canvas>', script=script)
    }


def _webgl(film: Film) -> dict[str, str]:
    script = f"""
const gl = document.querySelector("canvas").getContext("webgl");
gl.enable(gl.SCISSOR_TEST);
const frame = {film.frame_ms!r};
(function draw(at) {{
  const n = Math.floor(at / frame + 0.25);
  for (let cell = 0; cell < 16; cell++) {{
    const one = ((n >> (cell % 8)) & 1) ^ (cell >> 3);
    gl.scissor(40 * (cell % 8), cell >> 3 ? 0 : 90, 40, 90);
    gl.clearColor(one, one, one, 1);
    gl.clear(gl.COLOR_BUFFER_BIT);
  }}
  requestAnimationFrame(draw);
}})(0);
"""
    return {
        "index": document(film, '<canvas class="counter" width="320" height="180"></canvas>', script=script)
    }


def _timelines(film: Film) -> str:
    """What GSAP does as seen from outside: paused on request, deaf to a time that it already has."""
    return f"""
let at = -1, paused = false;
const timeline = {{
  pause() {{ paused = true; return timeline; }},
  paused() {{ return paused; }},
  duration() {{ return {film.seconds!r}; }},
  totalDuration() {{ return {film.seconds!r}; }},
  getChildren() {{ return []; }},
  time(t) {{ return t === undefined ? at : timeline.totalTime(t); }},
  seek(t) {{ return timeline.totalTime(t); }},
  totalTime(t) {{
    if (t === undefined) return at;
    if (t === at) return timeline;
    at = t;
    show(number(1000 * t));
    return timeline;
  }},
}};
window.__timelines["main"] = timeline;
"""


def _hf(film: Film) -> str:
    return f"window.__hf = {{ duration: {film.seconds!r}, seek(t) {{ show(number(1000 * t)); }} }};"


_HF_SEEK_LATER = """
addEventListener("hf-seek", event => event.detail.waitUntil(
  fetch("numbers.json?" + event.detail.time)
    .then(answer => answer.json())
    .then(numbers => show(numbers[number(1000 * event.detail.time)]))));
"""


def _hf_seek_later(film: Film) -> dict[str, str]:
    script = _prelude(film) + _HF_SEEK_LATER
    return {
        "index": document(film, counter.CELLS, script=script),
        "numbers_json": str(list(range(film.frames))),
    }


RUNTIMES: dict[str, Callable[[Film], dict[str, str]]] = {
    "css-animation": _css,
    "css-transition": _transition,
    "waapi": _waapi,
    "smil": _smil,
    "raf": _scripted(lambda film: _RAF),
    "timeout": _scripted(_timeouts),
    "timeout-chain": _scripted(lambda film: _CHAIN),
    "interval": _scripted(
        lambda film: (
            "let ticks = 0; show(0); setInterval(() => show(Math.floor(4 * ++ticks / frame + 0.5)), 4);"
        )
    ),
    "date": _scripted(
        lambda film: "const zero = Date.now();" + _EACH_FRAME.format("show(number(new Date() - zero))")
    ),
    "performance": _scripted(lambda film: _EACH_FRAME.format("show(number(performance.now()))")),
    "timelines": _scripted(_timelines, attributes=""),
    "hf": _scripted(_hf),
    "hf-seek": _scripted(
        lambda film: 'addEventListener("hf-seek", event => show(number(1000 * event.detail.time)));'
    ),
    "hf-seek-later": _hf_seek_later,
    "shadow-root": _shadow,
    "iframe": _iframe,
    "canvas": _canvas,
    "webgl": _webgl,
}


def write_runtime(folder: Path, runtime: str, film: Film) -> Path:
    """A project whose frame n shows n, driven by one of :data:`RUNTIMES`."""
    files = RUNTIMES[runtime](film)
    return write(folder, files.pop("index"), **files)


def write_numbers(folder: Path, film: Film, numbers: list[int]) -> Path:
    """A project whose frame n shows ``numbers[n]``, and which changes nothing where they are equal."""
    script = _prelude(film) + f"const numbers = {numbers};" + _EACH_FRAME.format("show(numbers[number(at)])")
    return write(folder, document(film, counter.CELLS, script=script))
