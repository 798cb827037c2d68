"""How alike two films are, frame by frame: the noise of one against the other, and the likeness of their structure."""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import zip_longest
from typing import TYPE_CHECKING

import av

from framewright.media.codec_log import listen
from framewright.media.verifying.frames import frames_of

if TYPE_CHECKING:
    from pathlib import Path

    from av.video.frame import VideoFrame

    from framewright.media.sound_source import Pulse

WORST = 5
_TICK = Fraction(1, 100)


@dataclass(frozen=True, slots=True)
class Difference:
    """How one frame differs.

    Attributes:
        psnr: decibels, over all planes; None: no pixel differs.
        ssim: of all planes, 1 for equal ones.
    """

    frame: int
    psnr: float | None
    ssim: float


@dataclass(slots=True)
class Comparison:
    """How two films differ.

    Attributes:
        frames, others: how many each has.
        compared: pairs of them.
        equal: pairs of which no pixel differs.
        sizes: of the first pair that cannot be compared, for the pictures are of different sizes; None: all could.
        psnr: decibels of the mean error of all pairs; None: no pixel differs.
        ssim: the mean.
        worst: the most different pairs, the worst first.
    """

    frames: int = 0
    others: int = 0
    compared: int = 0
    equal: int = 0
    sizes: tuple[str, str] | None = None
    psnr: float | None = None
    ssim: float = 1.0
    worst: list[Difference] = field(default_factory=list)


def compare_films(one: Path, other: Path, pulse: Pulse) -> Comparison:
    """Compare each frame with the one that has the same number. Holds a pair of them. Blocks.

    Frames of one format are compared as they are, others as RGB, by what their colour tags say. Transparency is left out.

    Raises:
        av.FFmpegError, OSError, IndexError: one of them cannot be read to its end.
        StoppedError: the pulse was stopped.
    """
    listen()
    found = Comparison()
    meter: _Meter | None = None
    noise = likeness = 0.0
    for left, right in zip_longest(frames_of(one), frames_of(other)):
        found.frames += left is not None
        found.others += right is not None
        pulse.beat()
        if left is None or right is None or found.sizes is not None:
            continue
        if (left.width, left.height) != (right.width, right.height):
            found.sizes = (f"{left.width}x{left.height}", f"{right.width}x{right.height}")
            continue
        kind = (_common_format(left, right), left.width, left.height)
        if meter is None or meter.kind != kind:
            meter = _Meter(kind)
        error, peak, ssim = meter.measure(left, right)
        noise += error
        likeness += ssim
        found.compared += 1
        found.equal += error == 0
        _keep_worst(found.worst, Difference(found.compared - 1, peak, ssim))
    if found.compared:
        found.ssim = likeness / found.compared
        if noise > 0 and meter is not None:
            found.psnr = 10 * math.log10(meter.full**2 * found.compared / noise)
    return found


def _keep_worst(worst: list[Difference], difference: Difference) -> None:
    if difference.psnr is None:
        return
    worst[:] = heapq.nsmallest(WORST, [*worst, difference], key=lambda one: (one.psnr or 0, one.frame))


def _common_format(left: VideoFrame, right: VideoFrame) -> str:
    name = str(left.format.name)
    same = name == right.format.name and left.color_range == right.color_range
    # What the filters take: planes, without transparency.
    plain = name.startswith("yuv") and not name.startswith("yuva") and "yuyv" not in name
    return name if same and plain else "gbrp"


class _Meter:
    """FFmpeg's own filters for both measures, fed a pair at a time."""

    def __init__(self, kind: tuple[str, int, int]) -> None:
        self.kind = kind
        self._format, width, height = kind
        self.full = 2 ** max(one.bits for one in av.VideoFormat(self._format).components) - 1
        graph = self._graph = av.filter.Graph()
        graph.threads = 1
        told = f"video_size={width}x{height}:pix_fmt={self._format}:time_base=1/100"
        self._left, self._right = graph.add("buffer", told), graph.add("buffer", told)
        twice, psnr, ssim = graph.add("split"), graph.add("psnr"), graph.add("ssim")
        self._sink = graph.add("buffersink")
        self._right.link_to(twice, 0, 0)
        self._left.link_to(psnr, 0, 0)
        twice.link_to(psnr, 0, 1)
        psnr.link_to(ssim, 0, 0)
        twice.link_to(ssim, 1, 1)
        ssim.link_to(self._sink, 0, 0)
        graph.configure()
        self._count = 0

    def measure(self, left: VideoFrame, right: VideoFrame) -> tuple[float, float | None, float]:
        """The mean squared error, its decibels (None: there is no error), and the structural likeness."""
        for source, frame in ((self._left, left), (self._right, right)):
            given = frame if frame.format.name == self._format else frame.reformat(format=self._format)
            given.pts, given.time_base = self._count, _TICK
            source.push(given)
        self._count += 1
        told = self._sink.pull().metadata
        error = float(told["lavfi.psnr.mse_avg"])
        return (
            error,
            None if error == 0 else float(told["lavfi.psnr.psnr_avg"]),
            float(told["lavfi.ssim.All"]),
        )
