"""What each setting of each encoder costs and gives: CPU time a frame, size, and likeness to the true frames.

    python benchmarks/encoding.py --output benchmarks/results/encoding-NAME.json

The content is drawn here (`encoding_scene.py`): 1080p30, everything moves. The measure of likeness is SSIM over all
planes of all frames against the pictures that went in. The first row is how HTML is commonly rendered: JPEG
screenshots of quality 95 into x264 medium at 18; its likeness is to the true frames, too. About three minutes; a
table for docs/encoding.md is printed at the end.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import av

from encoding_scene import SIZE, drawn, streamed, through_jpeg
from framewright.media.codec_settings import LADDERS, Step, settings_for
from framewright.media.colour import Converter
from framewright.media.h264 import H264Encoder
from framewright.media.video_encoder import VideoEncoder
from framewright.model.frames import FrameRate
from framewright.model.output import Codec, Format, OutputSpec, Quality
from surroundings import describe_surroundings

if TYPE_CHECKING:
    from framewright.model.picture import Picture

RATE = FrameRate.parse(30)
_FORMAT = {Codec.H264: Format.MP4, Codec.H265: Format.MP4, Codec.AV1: Format.MP4, Codec.VP9: Format.WEBM}
# Beside the ladder itself: its neighbours, and what was turned down.
CANDIDATES: dict[Codec, tuple[Step, ...]] = {
    Codec.H264: (
        Step("ultrafast", 23),
        Step("superfast", 20),
        Step("veryfast", 18),
        Step("veryfast", 17, {"subme": "1"}),
        Step("faster", 18),
        Step("medium", 18),
    ),
    Codec.H265: (Step("superfast", 20), Step("veryfast", 19)),
    Codec.AV1: (Step("8", 30, {"enable-tf": "0"}), Step("8", 30)),
    Codec.VP9: (Step("5", 36), Step("4", 26)),
}


@dataclass(frozen=True)
class Row:
    """One setting, measured.

    Attributes:
        role: the quality that it stands for, ``tried``, or ``jpeg-95`` for the common way.
        cpu_ms: CPU milliseconds a frame, conversion included.
        kilobytes: a second of video.
        ssim: 1 is equal.
        psnr: decibels.
    """

    codec: str
    preset: str
    parameters: str
    crf: float
    role: str
    cpu_ms: float
    kilobytes: float
    ssim: float
    psnr: float


def measure(codec: Codec, step: Step, role: str, fed: list[Picture], true: list[Any]) -> Row:
    """Encode, then decode and compare. The pictures are converted on the way, as in a render."""
    with patch.dict(LADDERS[codec], {Quality.STANDARD: step}):
        settings = settings_for(OutputSpec(_FORMAT[codec], codec), SIZE, RATE)
    with tempfile.TemporaryDirectory(prefix="encoding-") as folder:
        path = Path(folder, "film")
        kind = H264Encoder if codec is Codec.H264 else VideoEncoder
        began = time.process_time()
        encoder = kind(settings, SIZE, RATE, path)
        for picture in fed:
            encoder.write(picture)
        encoder.finish()
        spent = time.process_time() - began
        similar, noise = likeness(path, true)
        return Row(
            codec=codec.value,
            preset=step.preset,
            parameters=" ".join(f"{name}={value}" for name, value in step.parameters.items()),
            crf=step.crf,
            role=role,
            cpu_ms=round(1000 * spent / len(fed), 1),
            kilobytes=round(path.stat().st_size * float(RATE) / len(fed) / 1000, 1),
            ssim=round(similar, 5),
            psnr=round(noise, 2),
        )


def likeness(path: Path, true: list[Any]) -> tuple[float, float]:
    """SSIM and PSNR, means over all planes and frames. Files of 10 bits are compared in 10, without dithering."""
    with av.open(str(path)) as container:
        deep = container.streams.video[0].pix_fmt == "yuv420p10le"
    pixel_format = "yuv420p10le" if deep else "yuv420p"
    graph = av.filter.Graph()
    kind = f"video_size={SIZE.width}x{SIZE.height}:pix_fmt={pixel_format}:time_base=1/30:colorspace=bt709:range=tv"
    ours, theirs = graph.add("buffer", kind), graph.add("buffer", kind)
    likes, noises, sink = graph.add("ssim"), graph.add("psnr"), graph.add("buffersink")
    halves = graph.add("split")
    ours.link_to(likes, 0, 0)
    theirs.link_to(halves)
    halves.link_to(likes, 0, 1)
    likes.link_to(noises, 0, 0)
    halves.link_to(noises, 1, 1)
    noises.link_to(sink)
    graph.configure()
    found = []
    with av.open(str(path)) as container:
        for index, (decoded, right) in enumerate(zip(container.decode(video=0), true, strict=True)):
            expected = right.reformat(format=pixel_format)
            decoded.pts = expected.pts = index
            decoded.time_base = expected.time_base = 1 / RATE.value
            ours.push(decoded)
            theirs.push(expected)
            found += _answers(sink)
    ours.push(None)
    theirs.push(None)
    found += _answers(sink)
    if len(found) != len(true):
        raise RuntimeError(f"{len(found)} of {len(true)} frames were compared")
    similar, noise = (sum(values) / len(found) for values in zip(*found, strict=True))
    return similar, noise


def _answers(sink: Any) -> list[tuple[float, float]]:
    answers = []
    while True:
        try:
            said = sink.pull().metadata
            answers.append((float(said["lavfi.ssim.All"]), float(said["lavfi.psnr.psnr_avg"])))
        except (av.BlockingIOError, av.EOFError):
            return answers


def table(rows: list[Row]) -> str:
    """The rows as Markdown."""
    lines = [
        "| codec | preset | crf | CPU-ms a frame | kB a second | SSIM | PSNR | |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: | --- |",
    ]
    for row in rows:
        notes = {"tried": "", "jpeg-95": "from JPEG 95 screenshots"}
        note = notes.get(row.role, f"**{row.role}**")
        lines.append(
            f"| {row.codec} | {row.preset} {row.parameters} | {row.crf:g} | {row.cpu_ms:.0f} | {row.kilobytes:.0f} "
            f"| {row.ssim:.4f} | {row.psnr:.1f} | {note} |".replace("  ", " ")
        )
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the encoders' settings.")
    parser.add_argument("--output", type=Path, required=True, help="JSON file for the results")
    parser.add_argument("--frames", type=int, default=48)
    parser.add_argument("--codec", type=Codec, action="append", help="only these")
    asked = parser.parse_args()
    images = [drawn(frame) for frame in range(asked.frames)]
    pictures = [streamed(image) for image in images]
    converter = Converter(SIZE, SIZE, "yuv420p")
    true = [converter.convert(picture) for picture in pictures]
    codecs = asked.codec or list(LADDERS)
    rows: list[Row] = []
    if Codec.H264 in codecs:
        jpegs = [streamed(through_jpeg(image, 95)) for image in images]
        rows.append(measure(Codec.H264, Step("medium", 18), "jpeg-95", jpegs, true))
        del jpegs
    for codec in codecs:
        steps = [(step, quality.value) for quality, step in LADDERS[codec].items()]
        for step, role in [*steps, *((step, "tried") for step in CANDIDATES[codec])]:
            rows.append(measure(codec, step, role, pictures, true))
            print(rows[-1], flush=True)
    results = {
        "command": "python benchmarks/encoding.py",
        **describe_surroundings(),
        "content": f"{asked.frames} frames of {SIZE} at {RATE}, drawn by encoding_scene.py",
        "rows": [asdict(row) for row in rows],
    }
    asked.output.write_text(json.dumps(results, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(table(rows))


if __name__ == "__main__":
    main()
