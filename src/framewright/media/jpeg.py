"""A frame of any kind as a small JPEG for people to look at: transparency over a chequerboard, HDR brought to what screens show."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, cast

import av
import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, ColorTrc

from framewright.media.hdr.curves import BT2020_TO_709, WHITE, hlg_light, pq_light, srgb_code

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

USUAL_WIDTH = 640
_NO_MATRIX = (0, 2)  # RGB, and not told: the numbers of ITU-T H.273
_ONCE = Fraction(1, 25)
_SQUARE = 8
_LIGHT, _DARK = 0xFF, 0xCC
_LIGHTS: dict[int, Callable[[NDArray[np.float64]], NDArray[np.float64]]] = {
    int(ColorTrc.SMPTE2084): pq_light,
    int(ColorTrc.ARIB_STD_B67): hlg_light,
}


def jpeg_of(frame: VideoFrame, widest: int = USUAL_WIDTH) -> bytes:
    """A frame as a JPEG. Blocks for some milliseconds.

    Args:
        frame: its colours are those that it is tagged with; a picture of RGB is sRGB.
        widest: pixels; wider ones are made smaller.

    Raises:
        av.FFmpegError, ValueError: it cannot be converted.
    """
    width = min(frame.width, widest)
    height = max(1, round(frame.height * width / frame.width))
    light = _LIGHTS.get(int(frame.color_trc))
    shown: NDArray[np.generic]
    if light is not None:
        shown = _toned(_array(frame, width, height, "rgb48le"), light)
    elif _has_alpha(frame):
        shown = _over_squares(_array(frame, width, height, "rgba"))
    else:
        shown = _array(frame, width, height, "rgb24")
    return _encoded(VideoFrame.from_ndarray(cast("NDArray[np.uint8]", shown), format="rgb24"))


def _has_alpha(frame: VideoFrame) -> bool:
    return frame.format.name == "pal8" or any(part.is_alpha for part in frame.format.components)


def _array(frame: VideoFrame, width: int, height: int, form: str) -> NDArray[np.generic]:
    matrix = None if int(frame.colorspace) in _NO_MATRIX else frame.colorspace
    small = frame.reformat(width, height, form, src_colorspace=matrix, dst_color_range=ColorRange.JPEG)
    return cast("NDArray[np.generic]", small.to_ndarray())


def _over_squares(pixels: NDArray[np.generic]) -> NDArray[np.uint8]:
    rows, columns = np.indices(pixels.shape[:2]) // _SQUARE
    ground = np.where((rows + columns) % 2, _DARK, _LIGHT).astype(np.uint16)[..., None]
    colours, alpha = pixels[..., :3].astype(np.uint16), pixels[..., 3:].astype(np.uint16)
    return ((colours * alpha + ground * (255 - alpha) + 127) // 255).astype(np.uint8)


def _toned(
    codes: NDArray[np.generic], light: Callable[[NDArray[np.float64]], NDArray[np.float64]]
) -> NDArray[np.uint8]:
    """What is brighter than white is shown as white: the picture is for recognising it, not for judging its light."""
    flat = light(codes.reshape(-1, 3).astype(np.float64) / 65535) / WHITE
    shown = np.clip(flat @ BT2020_TO_709.T, 0, 1)
    return np.rint(255 * srgb_code(shown)).astype(np.uint8).reshape(codes.shape)


def _encoded(frame: VideoFrame) -> bytes:
    codec = av.CodecContext.create("mjpeg", "w")
    codec.width, codec.height, codec.pix_fmt = frame.width, frame.height, "yuvj420p"
    codec.time_base = _ONCE
    codec.options = {"qmin": "3", "qmax": "5"}
    codec.thread_count = 1
    given = frame.reformat(
        format="yuvj420p", dst_colorspace=Colorspace.ITU601, dst_color_range=ColorRange.JPEG
    )
    given.pts, given.time_base = 0, _ONCE
    return b"".join(bytes(packet) for packet in [*codec.encode(given), *codec.encode(None)])
