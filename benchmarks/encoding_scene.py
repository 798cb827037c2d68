"""A clean animated picture, as pages draw them: gradients, text, round and sharp shapes, all moving a little."""

from __future__ import annotations

import io
import math

import av
import numpy as np
from av.video.reformatter import Colorspace, Interpolation
from PIL import Image, ImageDraw, ImageFont

from framewright.model.output import Layout
from framewright.model.picture import Picture
from framewright.model.size import Size

SIZE = Size(1920, 1080)
_WORDS = [
    "Every",
    "frame",
    "is",
    "drawn",
    "at",
    "its",
    "own",
    "time",
    "and",
    "none",
    "is",
    "ever",
    "lost",
    "on",
    "the",
    "way",
    "to",
    "the",
    "finished",
    "film",
]
_CARDS = ("#e4572e", "#17bebb", "#ffc914", "#2e282a", "#76b041", "#8a4fff")


def drawn(frame: int) -> Image.Image:
    """The picture at frame / 30 seconds."""
    seconds = frame / 30
    image = _background(seconds)
    draw = ImageDraw.Draw(image)
    for index, colour in enumerate(_CARDS):
        angle = seconds * (0.7 + index / 9) + index
        x = 960 + (520 + 40 * index) * math.cos(angle)
        y = 540 + (260 + 20 * index) * math.sin(angle * 1.3)
        draw.rounded_rectangle((x - 130, y - 85, x + 130, y + 85), 24, fill=colour)
        draw.ellipse((x - 40, y - 40, x + 40, y + 40), fill="#ffffff")
        draw.text((x - 118, y + 44), f"{index + 1:02d} — {math.sin(angle):+.3f}", "#ffffff", _font(26))
    draw.text((160 + 40 * seconds, 120), "Framewright", "#ffffff", _font(150))
    for index, word in enumerate(_WORDS):
        x, y = 150 + 210 * (index % 8), 800 + 80 * (index // 8) - 12 * math.sin(seconds * 3 + index / 2)
        draw.text((x, y), word, "#dfe7f5", _font(44))
    for index in range(40):
        height = 40 + 60 * abs(math.sin(seconds * 2 + index / 4))
        draw.rectangle((1300 + 12 * index, 400 - height, 1308 + 12 * index, 400), fill="#9fd3ff")
    return image


def streamed(image: Image.Image) -> Picture:
    """The picture as the frame stream delivers it."""
    frame = av.VideoFrame.from_ndarray(np.asarray(image), format="rgb24").reformat(
        format="yuv420p", dst_colorspace=Colorspace.ITU601, interpolation=Interpolation.AREA
    )
    return Picture(Layout.I420, SIZE, frame.to_ndarray().tobytes())


def through_jpeg(image: Image.Image, quality: int) -> Image.Image:
    """The picture after a screenshot as JPEG, with the chroma of a browser's encoder."""
    data = io.BytesIO()
    image.save(data, "jpeg", quality=quality, subsampling="4:2:0")
    return Image.open(data).convert("RGB")


def _background(seconds: float) -> Image.Image:
    across = np.linspace(0, 1, SIZE.width)[None, :, None]
    down = np.linspace(0, 1, SIZE.height)[:, None, None]
    blend = np.clip((across + down) / 2 + 0.1 * math.sin(seconds), 0, 1)
    first, second = np.array([24, 26, 62]), np.array([64, 92, 150])
    return Image.fromarray((first + (second - first) * blend + 0.5).astype(np.uint8))


def _font(size: int) -> ImageFont.ImageFont | ImageFont.FreeTypeFont:
    return ImageFont.load_default(size)
