"""Pictures out of the browser: the frame stream, screenshots, and the pool of workers."""

from framewright.capture.bright import BrightSource
from framewright.capture.memory import PictureMemory
from framewright.capture.pool import CapturePool
from framewright.capture.running import RunningScene
from framewright.capture.screenshot import FullPageSource, ScreenshotSource
from framewright.capture.sizing import Sizing, block_length, choose_workers, window_length
from framewright.capture.source import CaptureKind, FrameSource, PicturesLostError, Run, Scene
from framewright.capture.stream import StreamSource, stream_carries
from framewright.capture.worker import CaptureWorker

__all__ = [
    "BrightSource",
    "CaptureKind",
    "CapturePool",
    "CaptureWorker",
    "FrameSource",
    "FullPageSource",
    "PictureMemory",
    "PicturesLostError",
    "Run",
    "RunningScene",
    "Scene",
    "ScreenshotSource",
    "Sizing",
    "StreamSource",
    "block_length",
    "choose_workers",
    "stream_carries",
    "window_length",
]
