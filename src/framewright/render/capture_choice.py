"""How pictures leave the browser: from what the output needs, what the browser can, and where the page lives."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from framewright.capture import CaptureKind, stream_carries
from framewright.model.errors import SetupError, UsageError
from framewright.model.output import Layout
from framewright.render.choice import Choice
from framewright.render.options import CaptureWish

if TYPE_CHECKING:
    from framewright.model.output import OutputSpec
    from framewright.model.size import Size


def choose_capture(
    wish: CaptureWish, spec: OutputSpec, size: Size, *, frame_control: bool, secure: bool
) -> tuple[CaptureKind, Choice]:
    """The stream where it does the output justice and can be had, else screenshots under frame control, else full-page ones.

    Args:
        wish: what the caller asked for.
        spec: the output, with its transparency settled.
        size: of the pictures, in device pixels.
        frame_control: whether the browser draws only when it is told to.
        secure: whether the page's origin is a secure context, without which a page may not capture its tab.

    Raises:
        UsageError: ``CAPTURE_INVALID`` when the stream was asked for and the output, its size or the origin rules it out.
        SetupError: ``FRAME_CONTROL_MISSING`` when it was asked for and this browser cannot.
    """
    if wish is CaptureWish.STREAM:
        _check_stream(spec, size, frame_control=frame_control, secure=secure)
    kind, reason = _kind(wish, size, spec.layout, frame_control=frame_control, secure=secure)
    choice = Choice(
        subject="capture",
        choice=kind.value,
        inputs={
            "wished": wish.value,
            "layout": spec.layout.value,
            "width": size.width,
            "height": size.height,
            "frame_control": frame_control,
            "secure_origin": secure,
        },
        reason=reason,
    )
    return kind, choice


def _kind(
    wish: CaptureWish, size: Size, layout: Layout, *, frame_control: bool, secure: bool
) -> tuple[CaptureKind, str]:
    if not frame_control:
        return (
            CaptureKind.FULL_PAGE,
            "This browser has no frame control: whole screenshots, which are slower.",
        )
    if wish is CaptureWish.SCREENSHOT:
        return CaptureKind.SCREENSHOT, "Screenshots, as asked."
    if layout is Layout.I010:
        return CaptureKind.SCREENSHOT, "HDR is put together from screenshots."
    if layout is not Layout.I420:
        return CaptureKind.SCREENSHOT, "The output needs transparency or full chroma: screenshots."
    if not stream_carries(size):
        return CaptureKind.SCREENSHOT, "The stream carries even sides only: screenshots."
    if not secure:
        return CaptureKind.SCREENSHOT, "A page from a plain http origin may not be streamed: screenshots."
    return CaptureKind.STREAM, "The output is opaque 8-bit 4:2:0: raw frames from the stream."


def _check_stream(spec: OutputSpec, size: Size, *, frame_control: bool, secure: bool) -> None:
    if spec.layout is not Layout.I420:
        what = "transparency" if spec.alpha else f"{spec.codec} in {spec.format}"
        raise UsageError(
            f"--capture stream has opaque 4:2:0 pictures and {what} needs more: use --capture auto.",
            code="CAPTURE_INVALID",
        )
    if not stream_carries(size):
        raise UsageError(
            f"--capture stream carries even sides only, and these pictures are {size}: use --capture auto.",
            code="CAPTURE_INVALID",
        )
    if not frame_control:
        raise SetupError(
            "--capture stream needs a browser with frame control: install chromium-headless-shell.",
            code="FRAME_CONTROL_MISSING",
        )
    if not secure:
        raise UsageError(
            "--capture stream needs a secure origin: use an https address, or local files.",
            code="CAPTURE_INVALID",
        )


def is_secure(address: str) -> bool:
    """Whether browsers take the page at this address for a secure context: https, or http on the loopback.

    Source: "Is origin potentially trustworthy?" of the Secure Contexts specification.
    """
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(parts.hostname or ""))


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
