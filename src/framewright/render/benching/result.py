"""What a bench found."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict


class _Value(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Pace(_Value):
    """Frames a second of one thing that was tried.

    Attributes:
        name: what: a kind of capture, a quality, or a number of workers.
        frames: that were counted, in ``seconds``.
    """

    name: str
    frames: int
    seconds: float

    @property
    def rate(self) -> float:
        """Frames a second."""
        return self.frames / self.seconds if self.seconds > 0 else 0.0


class Advice(_Value):
    """What follows from the paces.

    Attributes:
        workers: browsers side by side.
        capture: ``auto`` where the stream can be had, else ``screenshot``.
        sentences: for people.
    """

    workers: int
    capture: Literal["auto", "screenshot"]
    sentences: tuple[str, ...]

    @property
    def settings(self) -> dict[str, str]:
        """Variables of the environment that make it so; none for what is so anyway."""
        made = {"FRAMEWRIGHT_WORKERS": str(self.workers)}
        if self.capture != "auto":
            made["FRAMEWRIGHT_CAPTURE"] = self.capture
        return made


class MachineBench(_Value):
    """What this machine can do with text and shapes that move in every frame.

    Attributes:
        cores, memory: as they are granted to us; memory in bytes.
        size: of the pictures, in pixels.
        opening: seconds until one more browser stands ready.
        drawing: frames drawn whose pictures nobody takes: the floor under every capture.
        captures: each kind of capture with one browser, without an encoder; those that cannot be had are left out.
        encoders: h264 at each quality, alone.
        workers: whole renders by so many browsers, encoder included.
    """

    version: Literal[1] = 1
    kind: Literal["machine"] = "machine"
    cores: float
    memory: int
    browser: str
    size: tuple[int, int]
    opening: float
    drawing: Pace
    captures: tuple[Pace, ...]
    encoders: tuple[Pace, ...]
    workers: tuple[Pace, ...]
    advice: Advice


class Row(_Value):
    """A render by so many workers, reckoned.

    Attributes:
        workers: that are there, each with one browser and a core of its own.
        used: of them, those that got work.
        chunks: that the render is cut into.
        aligned: the cuts lie where the encoder begins anew.
        seconds: until the last frame; sound and assembling come on top.
        efficiency: what one worker would take, as a share of what all of those that were used were there for.
        prices: of those that were used until the end, for each kind of worker in ``FRAMEWRIGHT_PRICES``.
    """

    workers: int
    used: int
    chunks: int
    aligned: bool
    seconds: float
    efficiency: float
    prices: dict[str, float] = {}


class CompositionBench(_Value):
    """How long a composition takes, measured on some of its frames and reckoned for the rest.

    Attributes:
        frames: that would be rendered.
        source: of the costs: ``sampled``, or ``flat`` where one stretch alone was tried.
        samples: frames that were drawn for it.
        opening: seconds until a browser is ready for its first frame.
        seconds: of one browser for all frames, its encoder included.
        knots: frames with the seconds that one browser takes for each; in between it is a straight line.
        rows: the same render by more and more workers.
    """

    version: Literal[1] = 1
    kind: Literal["composition"] = "composition"
    frames: int
    fps: str
    size: tuple[int, int]
    source: str
    samples: int
    opening: float
    seconds: float
    knots: tuple[tuple[int, float], ...]
    rows: tuple[Row, ...]
