"""Whether the output is HDR, in which transfer, and what its file says of the light: from the wishes and the page's sources."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from framewright.media.hdr.curves import WHITE
from framewright.media.hdr.levels import brightest_of
from framewright.model.errors import SetupError, UsageError
from framewright.model.media import LightLevels, Transfer
from framewright.model.output import HDR_CODECS, OutputSpec
from framewright.render.choice import Choice
from framewright.render.options import CaptureWish, HdrWish

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from framewright.model.media import MediaUse, VideoFacts
    from framewright.render.options import RenderOptions


def check_hdr(spec: OutputSpec, options: RenderOptions) -> OutputSpec:
    """The output in the transfer that was asked for, if one was.

    Raises:
        UsageError: ``HDR_INVALID`` the codec has none; ``CAPTURE_INVALID`` the stream was asked for, which has 8 bits.
    """
    if options.hdr in {HdrWish.AUTO, HdrWish.OFF}:
        return spec
    if options.capture is CaptureWish.STREAM:
        raise UsageError(
            f"--hdr {options.hdr} needs more than the 8 bits of --capture stream: leave out one of them.",
            code="CAPTURE_INVALID",
        )
    return replace(spec, transfer=Transfer(options.hdr.value))


def choose_hdr(
    spec: OutputSpec, options: RenderOptions, media: Sequence[MediaUse], *, frame_control: bool
) -> tuple[OutputSpec, Choice | None]:
    """HDR where it was asked for, or where a codec that holds it was and the page shows a source in HDR.

    Such a codec is no format's usual one: who names it means a player that knows it, and those know HDR. All others get
    SDR, which every screen shows.

    Args:
        spec: the output, settled but for this.
        media: of the page.
        frame_control: whether the browser draws only when it is told to.

    Returns:
        The output, and what was chosen; None where HDR was neither asked for nor there.

    Raises:
        UsageError: as :func:`check_hdr`.
        SetupError: ``FRAME_CONTROL_MISSING`` when HDR was asked for and this browser cannot.
    """
    videos = tuple(_hdr_videos(media))
    transfer, reason = _transfer(spec, options, videos, frame_control=frame_control)
    if options.hdr is HdrWish.AUTO and not videos:
        return spec, None
    if transfer is not Transfer.SDR:
        spec = replace(check_hdr(spec, options), transfer=transfer, levels=_levels(transfer, videos))
    choice = Choice(
        subject="hdr",
        choice=transfer.value,
        inputs={
            "wished": options.hdr.value,
            "codec": spec.codec.value,
            "capture_wished": options.capture.value,
            "sources": len(videos),
            "frame_control": frame_control,
        },
        reason=reason,
    )
    return spec, choice


def _transfer(
    spec: OutputSpec, options: RenderOptions, videos: Sequence[VideoFacts], *, frame_control: bool
) -> tuple[Transfer, str]:
    wish = options.hdr
    if wish in {HdrWish.PQ, HdrWish.HLG}:
        if not frame_control:
            raise SetupError(
                f"--hdr {wish} needs a browser with frame control: install chromium-headless-shell.",
                code="FRAME_CONTROL_MISSING",
            )
        return Transfer(wish.value), f"{wish.upper()}, as asked."
    if wish is HdrWish.OFF:
        return Transfer.SDR, "SDR, as asked."
    if spec.codec not in HDR_CODECS:
        return Transfer.SDR, (
            f"{spec.codec} holds no HDR here: HDR sources are brought to SDR. --codec h265 and av1 keep them."
        )
    if options.capture is CaptureWish.STREAM:
        return Transfer.SDR, "The stream that was asked for has 8 bits: HDR sources are brought to SDR."
    if not frame_control:
        return Transfer.SDR, "This browser has no frame control: HDR sources are brought to SDR."
    only_hlg = all(video.transfer is Transfer.HLG for video in videos)
    transfer = Transfer.HLG if only_hlg else Transfer.PQ
    return transfer, f"{spec.codec} was asked for and the page shows HDR: {transfer.upper()} as its sources."


def _hdr_videos(media: Sequence[MediaUse]) -> Iterable[VideoFacts]:
    """Those that are shown with their own light: see ``bright_pictures.js``."""
    known = {use.source: use.facts.video for use in media if use.kind == "video" and use.facts is not None}
    for video in known.values():
        if video is not None and video.transfer is not Transfer.SDR and not video.alpha:
            yield video


def _levels(transfer: Transfer, videos: Sequence[VideoFacts]) -> LightLevels | None:
    """What holds for every frame, whatever is in it: nothing is measured, so that chunks say the same."""
    if transfer is Transfer.HLG:
        return None
    white = round(WHITE)
    if not videos:
        return LightLevels(content=white, average=white)
    # Sources in HLG are made for a screen like the usual one of PQ.
    levels = brightest_of(video.levels or LightLevels() for video in videos)
    # Graphics may be as bright as their white, all over; what is not known stays so.
    return levels.model_copy(
        update={"content": levels.content and max(levels.content, white), "average": levels.average and max(levels.average, white)}
    )  # fmt: skip
