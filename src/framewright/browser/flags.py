"""The command line of a browser. Each flag is there because frames are wrong, or slow, without it."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from pathlib import Path

    from framewright.model.size import Size

_SMALL_SHM = 256 * 2**20
_UNSHARE_SECONDS = 10.0

_FRAME_CONTROL = (
    "--deterministic-mode",
    "--enable-begin-frame-control",
    "--run-all-compositor-stages-before-draw",
    "--disable-threaded-animation",
    "--disable-threaded-scrolling",
    "--disable-checker-imaging",
    "--disable-image-animation-resync",
    "--disable-new-content-rendering-timeout",
    "--enable-surface-synchronization",
    "--disable-partial-raster",
)
_PICTURE = (
    # The compositor draws with Skia on the CPU (4 times cheaper a frame); WebGL still has its software GL.
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-gpu-compositing",
    "--force-color-profile=srgb",
    "--font-render-hinting=none",
    "--hide-scrollbars",
    # A property by which animated backgrounds stand still: the compositor's own time is none that anybody sees.
    "--enable-blink-features=CSSImageAnimation",
)
_POWERS = (
    # Full screen would take another size than the frame's, and our own gesture, by which the stream begins, permits it.
    "--blink-settings=fullscreenSupported=false",
)
_MEDIA = (
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream=display-media-type=browser",
    "--autoplay-policy=no-user-gesture-required",
    "--mute-audio",
)
_OFF = (
    "IsolateOrigins",
    "site-per-process",
    "Translate",
    "MediaRouter",
    "OptimizationHints",
    # The receiver of frames in a page from elsewhere would need a person who allows it to reach this machine.
    "LocalNetworkAccessChecks",
    "LocalNetworkAccessChecksWebSockets",
)
_QUIET = (
    "--no-first-run",
    "--no-default-browser-check",
    "--no-service-autorun",
    "--disable-background-networking",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--disable-breakpad",
    "--disable-client-side-phishing-detection",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-extensions",
    "--disable-hang-monitor",
    "--disable-quic",
    "--disable-sync",
    "--metrics-recording-only",
    "--password-store=basic",
    "--use-mock-keychain",
    # Frames of other sites stay in the page's process: one clock and one draw for all of them.
    "--disable-site-isolation-trials",
    f"--disable-features={','.join(_OFF)}",
)


def command_line(
    program: Path,
    *,
    profile: Path,
    size: Size,
    scale: float,
    frame_control: bool,
    sandbox: bool,
    pipe: str,
    origin: str | None = None,
    loopback: str = "127.0.0.1",
    extra: tuple[str, ...] = (),
) -> list[str]:
    """The whole command.

    Args:
        size: of the page in CSS pixels.
        scale: device pixels per CSS pixel. Only as a flag does it reach the frame stream.
        pipe: the framing on the debugging pipe, ``cbor`` or ``json``.
        origin: the only one that connections are made to; None: any.
        loopback: with an origin, another name for this machine, for those who are told of it.
    """
    device = size.scaled(scale)
    command = [str(program)]
    if frame_control:
        command += _FRAME_CONTROL
        # Tiles as large as the frame: 84 → 58 CPU-ms on a page of rotating shadowed cards.
        command += [f"--default-tile-width={device.width}", f"--default-tile-height={device.height}"]
    else:
        command.append("--headless=new" if "headless" not in program.name else "--headless")
    command += [*_PICTURE, *_POWERS, *_MEDIA, *_QUIET]
    command += [
        f"--remote-debugging-pipe={pipe}",
        f"--user-data-dir={profile}",
        f"--window-size={size.width},{size.height}",
        f"--force-device-scale-factor={scale:g}",
    ]
    if shm_is_small():
        command.append("--disable-dev-shm-usage")
    if not sandbox:
        command.append("--no-sandbox")
    if origin is not None:
        command += _bound_to(origin, loopback)
    return [*command, *extra, "about:blank"]


def _bound_to(origin: str, loopback: str) -> list[str]:
    """Let every connection to elsewhere fail, whoever asks: also WebSockets and shared workers, which nobody holds.

    The rules stand before the resolver, so they see addresses of digits too; a proxy would be asked in its place.
    """
    host = urlsplit(origin).netloc
    rules = (f"MAP {host} {host}", f"MAP {loopback} 127.0.0.1", "MAP * ~NOTFOUND")
    # Calls between browsers ask no resolver for digits, and announce themselves to the whole network: only through a proxy,
    # of which there is none, may they speak.
    calls = "--force-webrtc-ip-handling-policy=disable_non_proxied_udp"
    return [f"--host-resolver-rules={', '.join(rules)}", "--no-proxy-server", calls]


def shm_is_small() -> bool:
    """Whether ``/dev/shm`` holds too little for frames, as in a container by default (64 MiB)."""
    try:
        facts = os.statvfs("/dev/shm")  # noqa: S108 -- asked for its size only
    except OSError:
        return True
    return facts.f_bavail * facts.f_frsize < _SMALL_SHM


def sandbox_obstacle(program: Path) -> str | None:
    """Why Chromium's sandbox cannot work here; None when it can."""
    if os.geteuid() == 0:
        return "Chromium refuses its sandbox to root"
    helper = program.with_name("chrome-sandbox")
    try:
        if helper.stat().st_mode & 0o4000:
            return None
    except OSError:
        pass
    unshare = shutil.which("unshare")
    if unshare is None:
        return None
    try:
        tried = subprocess.run(
            [unshare, "--user", "--pid", "--fork", "true"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_UNSHARE_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None  # no word on namespaces: the browser is the one to say
    return None if tried.returncode == 0 else "the system grants no user namespaces"
