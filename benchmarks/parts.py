"""The pieces of a render, each as a program of its own, so that figures.py can measure what each of them costs.

    python benchmarks/parts.py render PAGE --frames 600 --report report.json

`render` is a whole render through the public API; `stream` captures and throws the pictures away; `encode` encodes
pictures that lie in memory; `jpeg` is the common way to render in a browser, against which the stream is held: a JPEG
screenshot of every frame, decoded and encoded, pipelined as well as the stream is.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import sys
import tempfile
import time
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import av
import structlog
from av.video.reformatter import ColorRange

import framewright
from framewright.capture import CaptureKind, CapturePool, block_length, window_length
from framewright.media import EncoderThread, open_encoder
from framewright.model.events import Decided
from framewright.model.output import Codec, Format, Layout, OutputSpec
from framewright.model.picture import Picture
from framewright.model.settings import Settings
from framewright.render.benching.crews import crew_for
from framewright.render.opening import open_composition
from framewright.render.options import RenderOptions
from framewright.render.telling import Teller

if TYPE_CHECKING:
    from collections.abc import Iterator

    from framewright.media import Encoder
    from framewright.model.events import FellBack
    from framewright.model.size import Size

# As many distinct pictures as are kept for `encode`: two spans between keyframes at 30 frames a second.
KEPT = 120
H264 = OutputSpec(Format.MP4, Codec.H264)


def render(asked: argparse.Namespace) -> dict[str, Any]:
    """A whole render, with the report that it gives and the choices that it made."""
    decided: dict[str, Any] = {}

    def note(event: object) -> None:
        if isinstance(event, Decided):
            decided[event.subject] = event.choice

    with tempfile.TemporaryDirectory(prefix="figures-") as folder:
        report = framewright.render(
            asked.page,
            asked.video or Path(folder, "video.mp4"),
            end_frame=asked.frames,
            workers=asked.workers or "auto",
            resume=False,
            on_event=note,
        )
    seconds = report.time.rendering + report.time.finishing
    return {
        "frames": report.frames,
        "seconds": seconds,
        "rate": report.frames / seconds,
        "workers": report.workers,
        "decided": decided,
        "report": report.model_dump(mode="json", exclude={"output": {"path"}}),
    }


async def stream(asked: argparse.Namespace) -> dict[str, Any]:
    """Capture by the frame stream; keep the first pictures for `encode` where --pictures asks for it."""
    kept: list[Picture] = []
    count = 0
    options = RenderOptions(end_frame=asked.frames)
    async with open_composition(asked.page, options, Settings(), Teller(None)) as opened:
        crew = crew_for(opened, CaptureKind.STREAM)
        workers, block = asked.workers or 1, block_length(opened.drawn)
        pool = CapturePool(
            crew.open_worker,
            opened.timing.range,
            workers=workers,
            block=block,
            window=window_length(opened.drawn, Layout.I420, workers=workers, block=block),
            on_incident=_complain,
            on_block=lambda _block, _seconds: None,
        )
        began = time.monotonic()
        async with aclosing(pool.frames()) as pictures:
            async for _, picture in pictures:
                count += 1
                if asked.pictures and picture is not None and len(kept) < KEPT:
                    kept.append(Picture(picture.layout, picture.size, bytes(picture.data)))
        seconds = time.monotonic() - began
        size = opened.drawn
    if asked.pictures:
        with asked.pictures.open("wb") as file:
            file.writelines(picture.data for picture in kept)
    return {
        "frames": count,
        "seconds": seconds,
        "rate": count / seconds,
        "workers": workers,
        "width": size.width,
        "height": size.height,
    }


def encode(asked: argparse.Namespace) -> dict[str, Any]:
    """Encode pictures from memory, over and over, without capturing; CPU seconds of this process meanwhile."""
    from framewright.model.frames import FrameRate
    from framewright.model.size import Size

    size = Size(asked.width, asked.height)
    data = memoryview(asked.pictures.read_bytes())
    length = size.area * 3 // 2
    pictures = [
        Picture(Layout.I420, size, data[at : at + length]) for at in range(0, len(data) - length + 1, length)
    ]
    with tempfile.TemporaryDirectory(prefix="figures-") as folder:
        encoder = open_encoder(H264, size, FrameRate.parse(30), Path(folder, "video.mp4"))
        began, cpu = time.monotonic(), time.process_time()
        for frame in range(asked.frames):
            encoder.write(pictures[frame % len(pictures)])
        encoder.finish()
        used, seconds = time.process_time() - cpu, time.monotonic() - began
    return {"frames": asked.frames, "seconds": seconds, "cpu": used, "distinct": len(pictures)}


async def jpeg(asked: argparse.Namespace) -> dict[str, Any]:
    """A JPEG of quality 90 for every frame, decoded and encoded beside the capture, by the encoder of a render."""
    options = RenderOptions(end_frame=asked.frames)
    async with open_composition(asked.page, options, Settings(), Teller(None)) as opened:
        with tempfile.TemporaryDirectory(prefix="figures-") as folder:
            path = asked.video or Path(folder, "video.mp4")
            encoder = open_encoder(H264, opened.drawn, opened.timing.rate, path)
            began = time.monotonic()
            decoding = cast(
                "Encoder", _JpegEncoder(encoder, opened.drawn)
            )  # of JPEGs, which no layout stands for
            async with EncoderThread(decoding) as thread:
                for frame in opened.timing.range:
                    await opened.first.seek(opened.timing.rate.time_of(frame))
                    await thread.put(await _jpeg_of(opened.first.page))  # type: ignore[arg-type]
                await thread.finish()
            seconds = time.monotonic() - began
    return {"frames": asked.frames, "seconds": seconds, "rate": asked.frames / seconds, "workers": 1}


async def _jpeg_of(page: Any) -> bytes:
    for _ in range(8):
        page.pencil.ticks += 300.0
        answer = await page.call(
            "HeadlessExperimental.beginFrame",
            {
                "frameTimeTicks": page.pencil.ticks,
                "interval": 16.0,
                "screenshot": {"format": "jpeg", "quality": 90, "optimizeForSpeed": True},
            },
        )
        if (data := answer.get("screenshotData")) is not None:
            return base64.b64decode(data) if isinstance(data, str) else data
    raise RuntimeError("the browser delivers no screenshots")


class _JpegEncoder:
    """Decodes JPEGs to what the encoder takes."""

    def __init__(self, encoder: Encoder, size: Size) -> None:
        self._encoder = encoder
        self._size = size
        self._decoder = av.CodecContext.create("mjpeg", "r")

    @property
    def progress(self) -> int:
        return self._encoder.progress

    def write(self, data: bytes) -> None:
        (frame,) = self._decoder.decode(av.Packet(data))
        limited = frame.reformat(
            format="yuv420p", src_color_range=ColorRange.JPEG, dst_color_range=ColorRange.MPEG
        )
        self._encoder.write(Picture(Layout.I420, self._size, limited.to_ndarray().tobytes()))

    def repeat(self) -> None:
        self._encoder.repeat()

    def finish(self) -> None:
        self._encoder.finish()

    def interrupt(self) -> None:
        self._encoder.interrupt()

    def abort(self) -> None:
        self._encoder.abort()


def _complain(event: FellBack) -> None:
    print(event.code, event.message, file=sys.stderr)


def _parts() -> Iterator[tuple[str, Any]]:
    yield "render", render
    yield "stream", lambda asked: asyncio.run(stream(asked))
    yield "encode", encode
    yield "jpeg", lambda asked: asyncio.run(jpeg(asked))


def main() -> None:
    parser = argparse.ArgumentParser(description="Run one piece of a render.")
    parser.add_argument("part", choices=[name for name, _ in _parts()])
    parser.add_argument("page", nargs="?", type=Path)
    parser.add_argument("--frames", type=int)
    parser.add_argument("--workers", type=int)
    parser.add_argument("--pictures", type=Path, help="raw pictures: written by stream, read by encode")
    parser.add_argument("--width", type=int, default=1920)
    parser.add_argument("--height", type=int, default=1080)
    parser.add_argument("--video", type=Path, help="keep the video here")
    parser.add_argument("--report", type=Path, required=True)
    asked = parser.parse_args()
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    asked.report.write_text(json.dumps(dict(_parts())[asked.part](asked)), encoding="utf-8")


if __name__ == "__main__":
    main()
