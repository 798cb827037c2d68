"""What is installed and what is missing, for ``framewright doctor``: found by trying, not by believing."""

from __future__ import annotations

import asyncio
import sys
from contextlib import AsyncExitStack
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import av

from framewright.browser import find_browser, find_fonts, has_frame_control, sandbox_obstacle
from framewright.capture import CaptureKind, StreamSource
from framewright.composition import Project, Wishes
from framewright.model.errors import FramewrightError, SetupError
from framewright.model.frames import FrameRange, FrameRate
from framewright.model.size import Size
from framewright.render.house import House
from framewright.render.installation import Check, CheckState
from framewright.render.machine import read_machine
from framewright.render.theatre import Theatre

if TYPE_CHECKING:
    from collections.abc import Iterator

    from framewright.model.fonts import FontSet
    from framewright.model.settings import Settings
    from framewright.render.machine import Machine
    from framewright.render.theatre import Performance

MIB = 2**20
GIB = 2**30
SMALLEST_SHM = 256 * MIB
SMALLEST_MEMORY = 1 * GIB
_TRIAL_SECONDS = 60.0
_TRIAL_SIZE = Size(320, 180)
_TRIAL_PAGE = b"""<!doctype html><title>trial</title>
<div data-composition-id="trial" data-width="320" data-height="180" data-duration="1"></div>"""
_WEBGL = """(() => {
  const context = document.createElement("canvas").getContext("webgl2");
  if (!context) return null;
  const names = context.getExtension("WEBGL_debug_renderer_info");
  return String(context.getParameter(names ? names.UNMASKED_RENDERER_WEBGL : context.RENDERER));
})()"""
_ENCODERS = ("libx264", "libx265", "libsvtav1", "libvpx-vp9", "prores_ks", "gif")
_INSTALL_BROWSER = "sudo apt-get install -y chromium-headless-shell"


async def check_installation(settings: Settings) -> tuple[Check, ...]:
    """See :func:`framewright.diagnose`."""
    browser = await _browser_checks(settings)
    return (
        *browser,
        codec_check(),
        font_check(await asyncio.to_thread(find_fonts, settings)),
        *machine_checks(read_machine()),
    )


async def _browser_checks(settings: Settings) -> tuple[Check, ...]:
    try:
        program = find_browser(settings)
    except SetupError as error:
        missing = Check(
            name="browser", state=CheckState.MISSING, detail=error.message, remedy=_INSTALL_BROWSER
        )
        return (missing,)
    controlled = has_frame_control(program)
    house = House(
        project=Project(Path(__file__).parent, "index.html", {"index.html": _TRIAL_PAGE}),
        program=program,
        frame_control=controlled,
        scale=1.0,
        wishes=Wishes(),
        settings=settings,
    )
    try:
        async with asyncio.timeout(_TRIAL_SECONDS):
            return await _trial(house)
    except (FramewrightError, TimeoutError, OSError) as error:
        said = error.message if isinstance(error, FramewrightError) else f"no answer in {_TRIAL_SECONDS:g} s"
        detail = f"{program} does not work: {said}"
        return (Check(name="browser", state=CheckState.MISSING, detail=detail, remedy=_INSTALL_BROWSER),)


async def _trial(house: House) -> tuple[Check, ...]:
    """Open a small page and ask the browser for everything that we want of it."""
    async with Theatre(house, on_notices=lambda _: None, on_fallback=lambda _: None) as theatre:
        performance = await theatre.open(_TRIAL_SIZE)
        said = f"{performance.browser.version} at {house.program}"
        checks = [Check(name="browser", state=CheckState.OK, detail=said)]
        checks.append(frame_control_check(found=house.frame_control))
        renderer = await performance.page.evaluate(_WEBGL)
        checks.append(webgl_check(renderer if isinstance(renderer, str) else None))
        obstacle = await asyncio.to_thread(sandbox_obstacle, house.program)
        checks.append(sandbox_check(house.settings.sandbox, obstacle))
        if house.frame_control:
            checks.append(await _stream_check(performance))
        return tuple(checks)


async def _stream_check(performance: Performance) -> Check:
    try:
        async with AsyncExitStack() as stack:
            source = await StreamSource.open(
                performance.page, performance, performance.size, performance.browser.profile
            )
            stack.push_async_callback(source.close)
            run = await source.capture(performance, FrameRange(0, 2), FrameRate(Fraction(30)))
    except FramewrightError as error:
        return Check(
            name="stream",
            state=CheckState.WARN,
            detail=f"frames come by screenshots, several times slower: {error.message}",
            remedy=_INSTALL_BROWSER,
        )
    assert run.pictures[0] is not None
    return Check(
        name=CaptureKind.STREAM.value, state=CheckState.OK, detail="raw frames arrive from the browser"
    )


def frame_control_check(*, found: bool) -> Check:
    """Whether the browser draws exactly when it is told to."""
    if found:
        return Check(name="frame-control", state=CheckState.OK, detail="the browser draws when it is told to")
    return Check(
        name="frame-control",
        state=CheckState.WARN,
        detail="this browser draws when it pleases: rendering is several times slower",
        remedy=_INSTALL_BROWSER,
    )


def webgl_check(renderer: str | None) -> Check:
    """Whether pages can draw with WebGL 2, and on what."""
    if renderer is None:
        return Check(
            name="webgl",
            state=CheckState.WARN,
            detail="pages with WebGL will stay empty",
            remedy="sudo apt-get install -y --reinstall chromium-headless-shell",
        )
    return Check(name="webgl", state=CheckState.OK, detail=renderer)


def sandbox_check(wished: bool | None, obstacle: str | None) -> Check:
    """Whether pages run in the browser's sandbox.

    Args:
        wished: the setting.
        obstacle: why it cannot work here; None: it can.
    """
    if wished is False or (wished is None and obstacle is not None):
        why = "switched off by FRAMEWRIGHT_SANDBOX" if obstacle is None else obstacle
        return Check(
            name="sandbox",
            state=CheckState.WARN,
            detail=f"not used, {why}: render only pages that you trust",
            remedy="sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"
            if obstacle is not None and "namespaces" in obstacle
            else None,
        )
    return Check(name="sandbox", state=CheckState.OK, detail="pages run in the browser's sandbox")


def codec_check(encoders: tuple[str, ...] = _ENCODERS) -> Check:
    """Whether PyAV brings the encoders of all outputs."""
    missing = [name for name in encoders if not _can_encode(name)]
    if missing:
        return Check(
            name="codecs",
            state=CheckState.WARN,
            detail=f"PyAV {av.__version__} lacks {', '.join(missing)}",
            remedy=f"{sys.executable} -m pip install --force-reinstall --only-binary av 'av>=18.1,<20'",
        )
    return Check(
        name="codecs", state=CheckState.OK, detail=f"PyAV {av.__version__} has {', '.join(encoders)}"
    )


def _can_encode(name: str) -> bool:
    try:
        av.Codec(name, "w")
    except ValueError:  # UnknownCodecError is one
        return False
    return True


def font_check(fonts: FontSet) -> Check:
    """Whether the families are there that text is drawn with where the page brings none."""
    if not fonts.missing:
        detail = f"all families that we bring, {len(fonts.files)} files"
        return Check(name="fonts", state=CheckState.OK, detail=detail)
    packages = " ".join(dict.fromkeys(family.package for family in fonts.missing))
    names = ", ".join(family.name for family in fonts.missing)
    if fonts.files:
        detail = f"{names} missing: some text will look different from other machines"
    elif fonts.folders:
        detail = f"{names} missing: text will be drawn with whatever fonts this machine has"
    else:
        detail = "no fonts are installed: text that brings none of its own will be empty boxes"
    return Check(
        name="fonts",
        state=CheckState.WARN,
        detail=detail,
        remedy=f"sudo apt-get install -y --no-install-recommends {packages}",
    )


def machine_checks(machine: Machine) -> Iterator[Check]:
    """Cores, memory and shared memory."""
    yield Check(name="cores", state=CheckState.OK, detail=f"{machine.cores:g} ({machine.source})")
    memory = f"{machine.memory / GIB:.1f} GiB, {machine.available / GIB:.1f} free ({machine.source})"
    if machine.available < SMALLEST_MEMORY:
        yield Check(
            name="memory",
            state=CheckState.WARN,
            detail=f"{memory}: a browser may be killed for want of memory; free some, or render with --workers 1",
        )
    else:
        yield Check(name="memory", state=CheckState.OK, detail=memory)
    if machine.shm is None:
        return
    shared = f"{machine.shm / MIB:.0f} MiB of shared memory"
    if machine.shm < SMALLEST_SHM:
        yield Check(
            name="shm",
            state=CheckState.WARN,
            detail=f"{shared}: large pages may crash; start a container with --shm-size=1g",
            remedy="sudo mount -o remount,size=1g /dev/shm",
        )
    else:
        yield Check(name="shm", state=CheckState.OK, detail=shared)
