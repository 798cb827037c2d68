"""Pictures become frames of a codec, stored as they are tagged: BT.709, or BT.2020 in PQ or HLG, in the limited range.

Three things come in. I420 of the frame stream has the BT.601 matrix, so its matrix is changed and its primaries and
transfer, which are those of sRGB and near enough to BT.709's for every player, are kept. PNG is sRGB, and gets the
BT.709 matrix from its RGB. I010 is what it is tagged as already, see :mod:`framewright.media.hdr`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import av
import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc

from framewright.media.codec_log import complaint
from framewright.media.filters import FilterChain, source
from framewright.model.errors import EncoderError
from framewright.model.media import Transfer
from framewright.model.output import Layout
from framewright.model.size import Size

if TYPE_CHECKING:
    from av.video.codeccontext import VideoCodecContext
    from numpy.typing import NDArray

    from framewright.model.picture import Picture

# The filter reads ITU-R BT.601 as "bt470bg"; primaries and transfer stay, or it would convert through linear light.
_MATRIX_601_TO_709 = (
    "ispace=bt470bg:iprimaries=bt709:itrc=bt709:irange=tv:space=bt709:primaries=bt709:trc=bt709:range=tv"
)
_FROM_RGB = (
    "out_range=tv:out_color_matrix=bt709:flags=area+accurate_rnd+full_chroma_int+full_chroma_inp+bitexact"
)


_CURVES = {Transfer.PQ: ColorTrc.SMPTE2084, Transfer.HLG: ColorTrc.ARIB_STD_B67}


def tag(target: VideoFrame | VideoCodecContext, transfer: Transfer = Transfer.SDR) -> None:
    """Write BT.709, or BT.2020 with its transfer, and the limited range on a frame or a codec."""
    target.color_range = ColorRange.MPEG
    if transfer is Transfer.SDR:
        target.colorspace = Colorspace.ITU709
        target.color_primaries = ColorPrimaries.BT709
        target.color_trc = ColorTrc.BT709
        return
    target.colorspace = Colorspace.BT2020
    target.color_primaries = ColorPrimaries.BT2020
    target.color_trc = _CURVES[transfer]


class Converter:
    """Turns pictures of one size into frames of one pixel format.

    Args:
        size: of the pictures.
        coded: of the frames: ``size``, or larger by one row or column, which then repeats the last one.
        pixel_format: as FFmpeg names it.
        transfer: of pictures in I010, which no other than SDR takes.
    """

    def __init__(self, size: Size, coded: Size, pixel_format: str, transfer: Transfer = Transfer.SDR) -> None:
        self._transfer = transfer
        self._size = size
        self._coded = coded
        self._pixel_format = pixel_format
        self._chains: dict[tuple[str, Size], FilterChain] = {}
        self._png = PngReader()
        self._given: VideoFrame | None = None

    def convert(self, picture: Picture) -> VideoFrame:
        """A new frame, tagged; its pts is for the caller to set.

        Raises:
            EncoderError: ``PICTURE_INVALID`` when the bytes do not hold a picture of the size.
        """
        if picture.size != self._size:
            raise EncoderError(
                f"A picture of {picture.size} came for a video of {self._size}.", code="PICTURE_INVALID"
            )
        if (picture.layout is Layout.I010) != (self._transfer is not Transfer.SDR):
            raise EncoderError(
                f"A picture of {picture.layout} came for {self._transfer}.", code="PICTURE_INVALID"
            )
        if picture.layout is Layout.I010:
            return as_it_came(picture, self._transfer)
        if picture.layout is Layout.PNG:
            given = _padded(self._png.read(picture), self._coded)
        else:
            given = self._given = as_it_came(picture, into=self._given)
        chain = self._chain_for(given)
        given.pts = 0
        chain.push(given)
        frame = chain.pull()
        tag(frame)
        return frame

    def _chain_for(self, frame: VideoFrame) -> FilterChain:
        kind = (frame.format.name, Size(frame.width, frame.height))
        chain = self._chains.get(kind)
        if chain is None:
            chain = self._chains[kind] = self._build(*kind)
        return chain

    def _build(self, pixel_format: str, size: Size) -> FilterChain:
        if pixel_format == "yuv420p":
            buffer = source(pixel_format, size, matrix="bt470bg", full_range=False)
            steps = [("colorspace", _MATRIX_601_TO_709)]
        else:
            buffer = source(pixel_format, size, matrix=_matrix(pixel_format), full_range=True)
            steps = [("scale", _FROM_RGB)]
        steps.append(("format", self._pixel_format))
        if size != self._coded:
            steps.append(("crop", f"{self._coded.width}:{self._coded.height}:0:0:exact=1"))
        return FilterChain(buffer, steps)


def as_it_came(
    picture: Picture, transfer: Transfer = Transfer.SDR, *, into: VideoFrame | None = None
) -> VideoFrame:
    """The frame in a picture, its colours as they are, tagged; planes of an odd size are padded to the next even one.

    Args:
        transfer: of pictures in I010.
        into: what this gave for another picture of the same size in I420, which nobody needs any more.

    Raises:
        EncoderError: ``PICTURE_INVALID`` when the bytes do not hold a picture of the size.
    """
    if picture.layout is Layout.PNG:
        return PngReader().read(picture)
    if picture.layout is Layout.I010:
        frame = _planes(picture, "yuv420p10le", np.dtype("<u2"))
        tag(frame, transfer)
        return frame
    frame = _planes(picture, "yuv420p", np.dtype(np.uint8), into)
    frame.colorspace, frame.color_range = Colorspace.ITU601, ColorRange.MPEG
    return frame


def _planes(
    picture: Picture, pixels: str, number: np.dtype[np.unsignedinteger], into: VideoFrame | None = None
) -> VideoFrame:
    """The tightly packed planes in a frame of even size, so that every filter takes it."""
    width, height = picture.size.width, picture.size.height
    even = picture.size.even
    sides = ((height, width), (even.height // 2, even.width // 2), (even.height // 2, even.width // 2))
    data = np.frombuffer(picture.data, number)
    if data.size != sum(rows * columns for rows, columns in sides):
        raise EncoderError(
            f"A picture of {picture.size} in {picture.layout} came with {picture.nbytes} bytes.",
            code="PICTURE_INVALID",
        )
    if into is None:
        frame = VideoFrame(even.width, even.height, pixels)
    else:
        frame = into
        frame.make_writable()  # a filter may hold its planes yet
    start = 0
    for plane, (rows, columns) in zip(frame.planes, sides, strict=True):
        target = np.frombuffer(memoryview(plane), number).reshape(-1, plane.line_size // number.itemsize)
        target[:rows, :columns] = data[start : start + rows * columns].reshape(rows, columns)
        target[:rows, columns : plane.width] = target[:rows, columns - 1 : columns]
        target[rows : plane.height] = target[rows - 1]
        start += rows * columns
    return frame


def _matrix(pixel_format: str) -> str | None:
    return None if pixel_format in _GREY else "gbr"


_GREY = frozenset({"gray", "gray16be", "ya8", "ya16be", "monob"})


class PngReader:
    """Decodes PNG pictures with one decoder."""

    def __init__(self) -> None:
        self._codec = av.CodecContext.create("png", "r")
        self._codec.thread_count = 1

    def read(self, picture: Picture) -> VideoFrame:
        """The frame in the PNG: RGB or RGBA with straight alpha, as the browser wrote it.

        Raises:
            EncoderError: ``PICTURE_INVALID``.
        """
        packet = av.Packet(bytes(picture.data))
        # Else FFmpeg takes a second PNG for the difference to the first one, an invention of its own.
        packet.is_keyframe = True
        try:
            frames = self._codec.decode(packet)
        except av.FFmpegError as error:
            raise EncoderError(f"A picture is no PNG: {complaint(error)}.", code="PICTURE_INVALID") from error
        if not frames or (frames[0].width, frames[0].height) != (picture.size.width, picture.size.height):
            raise EncoderError(f"A PNG of {picture.size} holds something else.", code="PICTURE_INVALID")
        frame: VideoFrame = frames[0]
        return frame


def _padded(frame: VideoFrame, coded: Size) -> VideoFrame:
    """The frame with its last row and column repeated, where the codec needs an even size."""
    right, bottom = coded.width - frame.width, coded.height - frame.height
    if right == 0 and bottom == 0:
        return frame
    pixels = cast("NDArray[np.uint8]", frame.to_ndarray())
    sides = ((0, bottom), (0, right)) + ((0, 0),) * (pixels.ndim - 2)
    grown = VideoFrame.from_ndarray(np.pad(pixels, sides, mode="edge"), format=frame.format.name)
    grown.colorspace, grown.color_range = frame.colorspace, frame.color_range
    return grown
