"""Pages that would fool a stream whose frames carry no name: each frame must still be the right one, from the stream."""

from __future__ import annotations

import numpy as np
import pytest

from framewright.capture import PicturesLostError, StreamSource
from truth import counter, decoding
from truth.pages import Film, document, write

# Motion, holds over the seam of two blocks (frame 24), blips, and a hold at the end.
NUMBERS = [
    *range(6),
    *[6] * 8,
    7,
    *[6] * 4,
    *range(20, 26),
    *[30] * 10,
    31,
    *[30] * 5,
    *range(40, 46),
    *[50] * 4,
]
FILM = Film(frames=len(NUMBERS))
UNCHANGED = sum(one == other for one, other in zip(NUMBERS, NUMBERS[1:], strict=False))

_TELL = f"""
const numbers = {NUMBERS};
addEventListener("hf-seek", (event) => {{
  const n = numbers[Math.min(numbers.length - 1, Math.floor(event.detail.time * 30 + 0.25))];
  shown_at(n);
}});
"""


def page(tmp_path, script, *, body=counter.CELLS, style=""):
    return write(tmp_path / "page", document(FILM, body, style=style, script=counter.SHOW + script + _TELL))


def check(render, composition, **wishes):
    path, report = render(composition, workers=1, quality="draft", **wishes)
    assert decoding.numbers(path) == NUMBERS
    assert report.capture == "stream"
    assert report.unchanged == UNCHANGED
    return report


@pytest.mark.thorough
def test_a_root_background_that_changes_damages_without_a_picture(render, tmp_path):
    report = check(
        render,
        page(
            tmp_path,
            """function shown_at(n) {
              show(n);
              document.documentElement.style.background = `rgb(${n * 5},0,${255 - n * 5})`;
            }""",
        ),
    )
    # Found out in the first run, known in those that follow.
    assert report.retried_blocks <= 1


def test_a_page_of_flat_greys_is_not_taken_for_a_cover(render, tmp_path):
    film = Film(frames=30)
    greys = [20 + 7 * (n % 12) for n in range(film.frames)]
    script = f"""
    const greys = {greys};
    addEventListener("hf-seek", (event) => {{
      const grey = greys[Math.min(greys.length - 1, Math.floor(event.detail.time * 30 + 0.25))];
      document.querySelector(".root").style.background = `rgb(${{grey}},${{grey}},${{grey}})`;
    }});"""
    composition = write(tmp_path / "page", document(film, script=script))
    path, report = render(composition, workers=1, quality="high")
    assert [round(float(np.median(frame))) for frame in decoding.greys(path)] == pytest.approx(greys, abs=2)
    assert (report.capture, report.retried_blocks) == ("stream", 0)


@pytest.mark.thorough
def test_dialogs_and_popovers_lie_under_the_cover(render, tmp_path):
    check(
        render,
        page(
            tmp_path,
            """
            const dialog = document.querySelector("dialog"), bubble = document.querySelector("[popover]");
            dialog.showModal();
            bubble.showPopover();
            function shown_at(n) { show(n); }
            """,
            body=f"<dialog>{counter.CELLS}</dialog><div popover>&nbsp;</div>",
            style="""
            dialog { position: fixed; inset: 0; width: 100%; height: 100%; max-width: none; max-height: none;
                     margin: 0; padding: 0; border: 0; }
            dialog::backdrop { background: #0f0; }
            [popover] { inset: 0 auto auto 0; width: 1px; height: 1px; padding: 0; border: 0; margin: 0; }
            """,
        ),
    )


def test_what_the_page_patches_does_not_reach_the_receiver(render, tmp_path):
    check(
        render,
        page(
            tmp_path,
            """
            for (const name of ["WebSocket", "Worker", "MediaStreamTrackProcessor", "Blob", "Promise"])
              globalThis[name] = function () { throw new Error("patched"); };
            navigator.mediaDevices.getDisplayMedia = () => { throw new Error("patched"); };
            URL.createObjectURL = () => "about:blank";
            Uint32Array.prototype.constructor = null;
            function shown_at(n) { show(n); }
            """,
        ),
    )


def test_the_page_cannot_see_that_it_is_streamed(render, tmp_path):
    composition = page(
        tmp_path,
        """
        const names = new Set(Object.getOwnPropertyNames(window));
        function shown_at(n) {
          const more = Object.getOwnPropertyNames(window).filter((name) => !names.has(name));
          const traces = more.filter((name) => !["greys", "numbers", "shown_at"].includes(name));
          if (traces.length || document.adoptedStyleSheets.length > 1) throw new Error(`seen: ${traces}`);
          const place = [screenX, screenY, screenLeft, screenTop, outerWidth - innerWidth];
          if (place.some((number) => number) || document.hidden) throw new Error(`the window stands at ${place}`);
          show(n);
        }
        """,
    )
    report = check(render, composition)
    assert report.notices == ()


@pytest.mark.parametrize("size", [(320, 180), pytest.param((1080, 1920), marks=pytest.mark.thorough)])
def test_screenshots_take_the_place_of_one_run_and_the_stream_goes_on(render, tmp_path, monkeypatch, size):
    """The window stands where only the capturer sees it, and must come back for screenshots."""
    capture, refused = StreamSource.capture, []

    async def failing(source, scene, frames, rate):
        if frames.start == 24:
            refused.append(frames)
            raise PicturesLostError("Lost on purpose.")
        return await capture(source, scene, frames, rate)

    monkeypatch.setattr(StreamSource, "capture", failing)
    film = Film(frames=60, width=size[0], height=size[1])
    script = (
        counter.SHOW + 'addEventListener("hf-seek", (event) => show(Math.round(event.detail.time * 30)));'
    )
    composition = write(tmp_path / "page", document(film, counter.CELLS, script=script))
    path, report = render(composition, workers=1, quality="draft")
    assert decoding.numbers(path) == list(range(60))
    assert len(refused) == 2
    assert (report.capture, report.retried_blocks) == ("stream", 2)
