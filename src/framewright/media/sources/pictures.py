"""Decoded frames become pictures that a page can draw: upright, square pixels, 8 bits, full range, BT.709 or sRGB.

A frame that is all of that already is only copied. Every other one goes through a chain of filters that is kept for
its kind: sizes and colours first, in one step of libswscale, then the turn, of as few pixels as are left.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import av
import numpy as np

from framewright.media.codec_log import complaint
from framewright.media.filters import FilterChain, source
from framewright.media.hdr.footage import PLANES, two_pictures
from framewright.media.sources.errors import SourceFault
from framewright.media.sources.geometry import size_for
from framewright.media.sources.tone import hald_frame, light_of
from framewright.model.media import Transfer
from framewright.model.size import Size

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

    from framewright.media.sources.frames import Pixels
    from framewright.media.sources.geometry import Shape
    from framewright.media.sources.tone import Light
    from framewright.model.media import VideoFacts

# FFmpeg's numbers of matrices and ranges (ITU-T H.273), and its filters' names of the matrices.
_MATRICES = {
    0: "gbr",
    1: "bt709",
    4: "fcc",
    5: "bt470bg",
    6: "smpte170m",
    7: "smpte240m",
    9: "bt2020nc",
    10: "bt2020c",
}
_LIMITED, _FULL = 1, 2
_HLG = 18  # transfer, ITU-T H.273
_LIGHTS = {"PQ": Transfer.PQ, "HLG": Transfer.HLG}
_FIRST_HD_HEIGHT = 720  # below it, pictures that do not say are BT.601: what browsers assume
_FLAGS = "flags=bicubic+accurate_rnd+full_chroma_int"
# To pixels "accurate_rnd" would keep libswscale from its quick ways: 40 ms in place of 3 at 1920×1080.
_RGBA_FLAGS = "flags=area+full_chroma_inp"
# Chromium draws BT.709 of the limited range with too little blue (libyuv clamps its coefficient: up to 12 of 255 are
# lost), and of the full range within 2.
_TO_709 = "out_color_matrix=bt709:out_range=pc"
# The filter "colorspace" takes a third of the time of "scale" for the same, from these pixels and matrices, of even
# sizes. Given equal primaries and transfers it does not go through linear light.
_QUICK = frozenset(
    f"yuv{chroma}p{depth}" for chroma in ("420", "422", "444") for depth in ("", "10le", "12le")
) | {"yuvj420p", "yuvj422p", "yuvj444p"}
_SPACES = {
    "bt709": "bt709",
    "fcc": "fcc",
    "bt470bg": "bt470bg",
    "smpte170m": "smpte170m",
    "smpte240m": "smpte240m",
    "bt2020nc": "bt2020ncl",
}
_QUICKLY_TO_709 = "iprimaries=bt709:itrc=bt709:space=bt709:primaries=bt709:trc=bt709:range=pc:format=yuv420p"
_MOST_CHAINS = 8
_TURNS = {90: [("transpose", "clock")], 180: [("hflip", ""), ("vflip", "")], 270: [("transpose", "cclock")]}


@dataclass(frozen=True, slots=True)
class Form:
    """What a frame is turned into."""

    size: Size
    layout: Pixels


@dataclass(frozen=True, slots=True)
class _Kind:
    """What a chain of filters is made for."""

    pixels: str
    size: Size
    matrix: str
    full: bool
    light: Light | None
    form: Form


def form_of(shape: Shape, video: VideoFacts, box: Size | None, light: Transfer) -> Form:
    """The form in which a source is handed out to somebody who needs so many pixels, in this light if it is HDR itself."""
    size = size_for(shape, box)
    if video.alpha:
        return Form(size, "RGBA")
    if video.transfer is Transfer.SDR or light is Transfer.SDR:
        return Form(size, "I420")
    return Form(size, "PQ" if light is Transfer.PQ else "HLG")


class Darkroom:
    """Converts frames of one source. Used by one thread at a time."""

    def __init__(self, shape: Shape) -> None:
        self._shape = shape
        self._chains: dict[_Kind, FilterChain] = {}

    def develop(self, frame: VideoFrame, form: Form) -> memoryview:
        """The bytes of a frame in a form.

        Raises:
            SourceFault: ``SOURCE_UNSUPPORTED``: FFmpeg cannot convert its pixels.
        """
        if form.layout in _LIGHTS:
            full, given = _is_full(frame), _LIGHTS["HLG" if frame.color_trc == _HLG else "PQ"]
            made, bits = self._filtered(frame, form), frame.format.components[0].bits
            return two_pictures(made, bits=bits, full_range=full, given=given, wanted=_LIGHTS[form.layout])
        if not self.is_plain(frame, form):
            frame = self._filtered(frame, form)
        return _tight(frame, form.layout)

    def is_plain(self, frame: VideoFrame, form: Form) -> bool:
        """Whether a frame needs no more than a copy."""
        return (
            form.layout == "I420"
            and frame.format.name == "yuv420p"
            and self._shape.turn == 0
            and (frame.width, frame.height) == (form.size.width, form.size.height)
            and _is_full(frame)
            and _matrix(frame) == "bt709"
            and light_of(frame.color_trc, frame.color_primaries) is None
        )

    def is_cheap(self, frame: VideoFrame, form: Form) -> bool:
        """Whether it costs hardly more than a copy, so that its result need not be kept beside the frame."""
        return (
            form.layout == "I420"
            and frame.format.name in _QUICK
            and (form.size.width, form.size.height) == (frame.width, frame.height)
            and self._shape.turn == 0
            and not self.is_graded(frame, form)
        )

    @staticmethod
    def is_graded(frame: VideoFrame, form: Form) -> bool:
        """Whether its colours go through a table, which costs more than all else."""
        return form.layout == "I420" and light_of(frame.color_trc, frame.color_primaries) is not None

    def _filtered(self, frame: VideoFrame, form: Form) -> VideoFrame:
        kind = _Kind(
            frame.format.name,
            Size(frame.width, frame.height),
            _matrix(frame),
            _is_full(frame),
            light_of(frame.color_trc, frame.color_primaries) if form.layout == "I420" else None,
            form,
        )
        try:
            chain = self._chains.get(kind)
            if chain is None:
                if len(self._chains) >= _MOST_CHAINS:
                    self._chains.clear()  # a stream that changes its size all the time
                chain = self._chains[kind] = self._chain(kind)
            frame.color_range = _FULL if kind.full else _LIMITED
            frame.colorspace = next(number for number, name in _MATRICES.items() if name == kind.matrix)
            frame.pts = 0
            chain.push(frame)
            return chain.pull()
        except (av.FFmpegError, ValueError) as error:
            raise SourceFault(
                "SOURCE_UNSUPPORTED",
                f"has pixels that FFmpeg cannot convert ({frame.format.name}): {complaint(error)}",
            ) from error

    def _chain(self, kind: _Kind) -> FilterChain:
        size, turn = kind.form.size, self._shape.turn
        if turn in {90, 270}:
            size = Size(size.height, size.width)
        buffer = source(kind.pixels, kind.size, matrix=kind.matrix, full_range=kind.full)
        scale = f"{size.width}:{size.height}:{_FLAGS}"
        turning = _TURNS.get(turn, [])
        if kind.form.layout in _LIGHTS:
            matrix = kind.matrix.removesuffix("nc").removesuffix("c")
            same = f"out_color_matrix={matrix}:out_range={'pc' if kind.full else 'tv'}"
            planes = PLANES[kind.matrix == "gbr"]
            return FilterChain(
                buffer,
                [
                    ("scale", f"{scale}:{same if kind.matrix != 'gbr' else 'out_range=pc'}"),
                    ("format", planes),
                    *turning,
                ],
            )
        if kind.form.layout == "RGBA":
            quick = f"{size.width}:{size.height}:{_RGBA_FLAGS}"
            return FilterChain(buffer, [("scale", quick), ("format", "rgba"), *turning])
        end = [("format", "yuv420p"), *turning]
        if kind.light is None and kind.pixels in _QUICK and kind.matrix in _SPACES and size == size.even:
            steps = [] if size == kind.size else [("scale", f"{size.width}:{size.height}:flags=bicubic")]
            steps.append(
                (
                    "colorspace",
                    f"ispace={_SPACES[kind.matrix]}:irange={'pc' if kind.full else 'tv'}:{_QUICKLY_TO_709}",
                )
            )
            return FilterChain(buffer, [*steps, *end])
        if kind.light is None:
            return FilterChain(buffer, [("scale", f"{scale}:{_TO_709}"), *end])
        hald = hald_frame(kind.light)
        chain = FilterChain(
            buffer,
            [
                ("scale", scale),
                ("format", hald.format.name),
                ("haldclut", "clut=first:interp=tetrahedral"),
                ("scale", f"{_FLAGS}:{_TO_709}"),
                *end,
            ],
            aside=source(hald.format.name, Size(hald.width, hald.height), matrix="gbr", full_range=True),
            joins=2,
        )
        chain.push_aside(hald)
        return chain


def _matrix(frame: VideoFrame) -> str:
    if frame.format.is_rgb or frame.format.has_palette:
        return "gbr"
    said = _MATRICES.get(frame.colorspace)
    if said is None or said == "gbr":
        return "bt709" if frame.height >= _FIRST_HD_HEIGHT else "smpte170m"
    return said


def _is_full(frame: VideoFrame) -> bool:
    if frame.format.is_rgb or frame.format.has_palette or frame.format.name.startswith("yuvj"):
        return True
    if frame.format.name.startswith(("gray", "ya", "mono")):
        return frame.color_range != _LIMITED
    return frame.color_range == _FULL


def _tight(frame: VideoFrame, layout: Pixels) -> memoryview:
    """The planes one behind the other, without the gaps at the ends of rows."""
    pixel = 4 if layout == "RGBA" else 1
    planes = frame.planes
    data = np.empty(sum(plane.width * pixel * plane.height for plane in planes), np.uint8)
    place = 0
    for plane in planes:
        row, size = plane.width * pixel, plane.width * pixel * plane.height
        rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
        data[place : place + size].reshape(-1, row)[:] = rows[: plane.height, :row]
        place += size
    return data.data.toreadonly()
