"""What it costs that encoders begin anew on the segment grid: CPU time for each beginning, and the size of the file.

    python benchmarks/beginnings.py --output benchmarks/results/beginnings-NAME.json

A codec encodes four seconds, with a keyframe in their middle, in one run, and again in two, of which the second begins there;
the difference is what a beginning costs. Two films: a page on which everything moves (`encoding_scene.py`), and a slide
that stays; not that for H.264, whose holds need no encoder. The lesser CPU time of some rounds counts, one and the other
by turns. About fifteen minutes; a table for docs/encoding.md is printed at the end.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from encoding_scene import drawn, streamed
from framewright.media.codec_run import CodecRun
from framewright.media.codec_settings import settings_for
from framewright.media.colour import Converter
from framewright.model.frames import FrameRate
from framewright.model.output import Codec, Format, OutputSpec, Quality
from framewright.model.size import Size
from surroundings import describe_surroundings

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

    from framewright.media.codec_settings import CodecSettings

RATE = FrameRate.parse(30)
APART = 60  # frames from one keyframe to the next
SIZES = (Size(1280, 720), Size(1920, 1080))
KINDS = (
    OutputSpec(Format.MP4, Codec.H264),
    OutputSpec(Format.MP4, Codec.H264, Quality.HIGH),
    OutputSpec(Format.MP4, Codec.H265),
    OutputSpec(Format.MP4, Codec.H265, Quality.DRAFT),
    OutputSpec(Format.MP4, Codec.AV1),
    OutputSpec(Format.MP4, Codec.AV1, Quality.DRAFT),
    OutputSpec(Format.WEBM, Codec.VP9),
)


@dataclass(frozen=True)
class Row:
    """One codec on one film.

    Attributes:
        opening_ms: CPU milliseconds to open the codec and close it again.
        one_run_ms, two_runs_ms: CPU milliseconds of the whole film.
        larger: the film's growth in two runs, in percent.
    """

    size: str
    codec: str
    quality: str
    film: str
    opening_ms: int
    one_run_ms: int
    two_runs_ms: int
    larger: float


def encoded(settings: CodecSettings, film: list[VideoFrame], run: int) -> tuple[float, int]:
    """CPU seconds, and bytes, in runs of so many frames."""
    began, size = time.process_time(), 0
    for start in range(0, len(film), run):
        codec = CodecRun(settings, RATE)
        for frame in film[start : start + run]:
            size += sum(packet.size for packet in codec.encode(frame))
        size += sum(packet.size for packet in codec.drain())
    return time.process_time() - began, size


def opened(settings: CodecSettings) -> float:
    """CPU seconds to open and close the codec."""
    began = time.process_time()
    CodecRun(settings, RATE)
    return time.process_time() - began


def measure(spec: OutputSpec, size: Size, name: str, film: list[VideoFrame], rounds: int) -> Row:
    settings = settings_for(spec, size, RATE)
    ones, others = [], []
    for _ in range(rounds):
        ones.append(encoded(settings, film, 2 * APART))
        others.append(encoded(settings, film, APART))
    (one, one_bytes), (other, other_bytes) = min(ones), min(others)
    return Row(
        size=str(size),
        codec=spec.codec.value,
        quality=spec.quality.value,
        film=name,
        opening_ms=round(1000 * min(opened(settings) for _ in range(2 * rounds))),
        one_run_ms=round(1000 * one),
        two_runs_ms=round(1000 * other),
        larger=round(100 * (other_bytes / one_bytes - 1), 1),
    )


def table(rows: list[Row]) -> str:
    """The rows as Markdown."""
    lines = [
        "| codec | quality | size | page | opening, CPU-ms | in one run, CPU-s | in two | file |",
        "| --- | --- | --- | --- | ---: | ---: | ---: | ---: |",
    ]
    lines += [
        f"| {row.codec} | {row.quality} | {row.size} | {row.film} | {row.opening_ms} | {row.one_run_ms / 1000:.2f} "
        f"| {row.two_runs_ms / 1000:.2f} | {row.larger:+.1f} % |"
        for row in rows
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure what it costs to begin anew.")
    parser.add_argument("--output", type=Path, required=True, help="JSON file for the results")
    parser.add_argument("--codec", type=Codec, action="append", help="only these")
    parser.add_argument("--rounds", type=int, default=2)
    asked = parser.parse_args()
    kinds = [spec for spec in KINDS if asked.codec is None or spec.codec in asked.codec]
    images = [drawn(frame) for frame in range(2 * APART)]
    rows = []
    for size in SIZES:
        for spec in kinds:
            deep = settings_for(spec, size, RATE).pixel_format
            converter = Converter(size, size, deep)
            moving = [
                converter.convert(replace(streamed(image.resize((size.width, size.height))), size=size))
                for image in images
            ]
            films = {"moves": moving}
            if spec.codec is not Codec.H264:
                films["stays"] = moving[:1] * len(moving)
            for name, film in films.items():
                rows.append(measure(spec, size, name, film, asked.rounds))
                print(rows[-1], flush=True)
    results = {
        "command": "python benchmarks/beginnings.py",
        **describe_surroundings(),
        "content": f"{2 * APART} frames, drawn by encoding_scene.py; {asked.rounds} rounds",
        "rows": [asdict(row) for row in rows],
    }
    asked.output.write_text(json.dumps(results, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(table(rows))


if __name__ == "__main__":
    main()
