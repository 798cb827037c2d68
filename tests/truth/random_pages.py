"""Pages put together by chance from everything that moves by the time alone: each must look the same by every way."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from truth.libraries import library
from truth.stages import composed

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

SECONDS = 4.0
_EASINGS = ("linear", "ease-in-out", "steps(7)", "cubic-bezier(.3,-.4,.6,1.5)")
_DIRECTIONS = ("normal", "reverse", "alternate", "alternate-reverse")
_FILLS = ("none", "forwards", "backwards", "both")
_PROPERTIES = (
    ("transform", "translate(0px, 0px) rotate(0deg)", "translate(260px, 90px) rotate(200deg)"),
    ("opacity", "1", "0.2"),
    ("background-color", "rgb(240, 80, 40)", "rgb(30, 160, 240)"),
    ("width", "20px", "150px"),
    ("clip-path", "circle(60%)", "circle(15%)"),
)


def random_page(chance: Random) -> tuple[str, dict[str, str | bytes]]:
    """A page, and the files beside it."""
    pieces = [chance.choice(_PIECES)(chance, f"p{number}") for number in range(chance.randint(5, 9))]
    # One that certainly moves all the time, so that no two samples look alike.
    pieces.append('<b id="hand" style="left:0;top:340px;height:8px;animation:hand 4s linear"></b>')
    card = "".join(chance.choice(_PIECES[:4])(chance, f"c{number}") for number in range(2))
    head = (
        "<style>b, i { position: absolute; display: block; width: 60px; height: 40px; background: rgb(200, 180, 60) }"
        " @keyframes hand { to { width: 640px } }</style><script src='gsap.js'></script>"
    )
    root = f'data-composition-id="main" data-duration="{SECONDS}" style="background:#123"'
    register = "<script>__timelines.main ??= gsap.timeline({ paused: true })</script>"
    files: dict[str, str | bytes] = {
        "gsap.js": library("gsap/dist/gsap.min.js"),
        "card.html": f"<template><div data-composition-id='card' data-no-timeline>{card}</div></template>",
    }
    return composed(f"{head}{''.join(pieces)}{register}", root=root), files


def _place(chance: Random, tag: str = "b", name: str = "", more: str = "") -> str:
    x, y = chance.randrange(0, 400, 10), chance.randrange(0, 250, 10)
    style = f"left:{x}px;top:{y}px;{more}"
    return f'<{tag} id="{name}" style="{style}"{_window(chance)}></{tag}>'


def _window(chance: Random) -> str:
    if chance.random() < 0.6:
        return ""
    start = chance.randrange(0, 20) / 10
    return f' data-start="{start}" data-duration="{chance.randrange(5, 25) / 10}"'


def _timing(chance: Random) -> dict[str, object]:
    return {
        "duration": chance.randrange(300, 2500, 70),
        "delay": chance.randrange(-400, 1200, 90),
        "iterations": chance.choice((1, 2.5, 4)),
        "easing": chance.choice(_EASINGS),
        "direction": chance.choice(_DIRECTIONS),
        "fill": chance.choice(_FILLS),
    }


def _css(chance: Random, name: str) -> str:
    what, first, last = chance.choice(_PROPERTIES)
    told = _timing(chance)
    animation = (
        f"{name} {told['duration']}ms {told['easing']} {told['delay']}ms {told['iterations']} {told['direction']} "
        f"{told['fill']}"
    )
    rule = f"@keyframes {name} {{ from {{ {what}: {first} }} to {{ {what}: {last} }} }}"
    return f"<style>{rule}</style>" + _place(chance, name=name, more=f"animation:{animation}")


def _waapi(chance: Random, name: str) -> str:
    what, first, last = chance.choice(_PROPERTIES)
    named = "".join(part.capitalize() if place else part for place, part in enumerate(what.split("-")))
    frames = json.dumps({named: [first, last]})
    script = f"document.getElementById('{name}').animate({frames}, {json.dumps(_timing(chance))})"
    return f"{_place(chance, name=name)}<script>{script}</script>"


def _drawn(chance: Random, name: str) -> str:
    clock = chance.choice(("now", "performance.now()", "document.timeline.currentTime"))
    speed = chance.randrange(20, 120)
    script = (
        f"requestAnimationFrame(function draw(now) {{ {name}.style.transform = `translateX(${{{clock} / 1000 * {speed}}}px)`;"
        f" {name}.style.opacity = 0.5 + Math.random() / 2; requestAnimationFrame(draw) }})"
    )
    script = f"{{ const {name} = document.getElementById('{name}'); {script} }}"
    return f"{_place(chance, name=name)}<script>{script}</script>"


def _svg(chance: Random, name: str) -> str:
    seconds = chance.randrange(5, 30) / 10
    return (
        f'<svg id="{name}" style="position:absolute;left:{chance.randrange(300)}px;top:0" width="200" height="60">'
        f'<circle cx="30" cy="30" r="20" fill="tomato"><animate attributeName="cx" from="30" to="170" dur="{seconds}s" '
        f'begin="{chance.randrange(3) / 10}s" repeatCount="{chance.choice((1, 2, "indefinite"))}"/></circle></svg>'
    )


def _sought(chance: Random, name: str) -> str:
    script = f"addEventListener('hf-seek', ({{ detail }}) => {{ {name}.style.left = `${{detail.time * {chance.randrange(20, 99)}}}px` }})"
    return f"{_place(chance, name=name)}<script>{script}</script>"


def _tweened(chance: Random, name: str) -> str:
    values = {
        "x": chance.randrange(50, 300),
        "rotation": chance.randrange(300),
        "duration": chance.randrange(4, 20) / 10,
    }
    values |= {
        "repeat": chance.randrange(3),
        "yoyo": chance.random() < 0.5,
        "ease": chance.choice(("none", "power2.inOut")),
    }
    told = json.dumps(values)
    start = chance.randrange(10) / 10
    if chance.random() < 0.5:
        script = f"gsap.to('#{name}', {{ ...{told}, delay: {start} }})"
    else:
        script = f"(__timelines.main ??= gsap.timeline({{ paused: true }})).from('#{name}', {told}, {start})"
    return f"{_place(chance, name=name)}<script>{script}</script>"


def _hosted(chance: Random, name: str) -> str:
    del name  # hosts of one file need none
    start, offset = chance.randrange(10) / 10, chance.randrange(8) / 10
    rate = chance.choice((0.5, 1, 2))
    return (
        f'<div data-composition-src="card.html" data-start="{start}" data-duration="3" data-playback-start="{offset}" '
        f'data-playback-rate="{rate}" style="position:absolute;left:{chance.randrange(300)}px;top:0;width:300px;height:300px"></div>'
    )


_PIECES: tuple[Callable[[Random, str], str], ...] = (
    _css,
    _waapi,
    _drawn,
    _svg,
    _sought,
    _tweened,
    _tweened,
    _hosted,
)
