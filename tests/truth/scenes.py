"""Colourful moving pages, for comparing renders of one page with each other."""

from __future__ import annotations

from truth.pages import Film, document


def colourful(film: Film) -> str:
    """Gradients, text, round shapes and shadows, all of them moving, as real pages have them."""
    seconds = repr(film.seconds)
    style = f"""
body {{ background: #102030; }}
.root {{ background: linear-gradient(120deg, #ff5f6d, #ffc371 40%, #3a86ff); font: 700 {film.height // 6}px sans-serif; }}
.ball {{ position: absolute; width: 25%; height: 40%; border-radius: 50%; top: 20%;
  background: radial-gradient(circle at 30% 30%, #fff, #06d6a0 45%, #073b4c); box-shadow: 0 4px 12px #0008;
  animation: across {seconds}s linear both; }}
.ball + .ball {{ top: 50%; background: radial-gradient(circle, #ef476f, #8338ec); animation-direction: reverse; }}
p {{ position: absolute; margin: 0; left: 10%; bottom: 8%; color: #fffdf0; animation: rise {seconds}s linear both; }}
@keyframes across {{ from {{ left: -5%; }} to {{ left: 80%; }} }}
@keyframes rise {{ to {{ transform: translateY(-{film.height // 2}px) rotate(8deg); }} }}
"""
    body = '<div class="ball"></div><div class="ball"></div><p>Colour &amp; type</p>'
    return document(film, body, style=style)


def noisy(film: Film) -> str:
    """Random squares from ``Math.random`` in every frame: equal bytes only where chance is seeded."""
    script = """
const context = document.querySelector("canvas").getContext("2d");
(function draw() {
  for (let square = 0; square < 60; square++) {
    context.fillStyle = `hsl(${360 * Math.random()} 80% 50%)`;
    context.fillRect(320 * Math.random(), 180 * Math.random(), 30, 30);
  }
  requestAnimationFrame(draw);
})();
"""
    body = '<canvas width="320" height="180" style="width:100%;height:100%"></canvas>'
    return document(
        film,
        body,
        script=script.replace("(function draw() {", "(function draw() { context.clearRect(0, 0, 320, 180);"),
    )
