"""A track of text in a file that is being written, beside its pictures in the order of time."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import av

from framewright.media.codec_log import complaint
from framewright.media.subtitles.samples import (
    MOV_TEXT_TICK,
    WEBVTT_TICK,
    mov_text_samples,
    webvtt_samples,
)
from framewright.model.errors import EncoderError
from framewright.model.languages import three_letters

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

    from av.container import OutputContainer
    from av.packet import Packet

    from framewright.model.subtitles import Cue

# Text codecs are set up by a header of this kind; what it says of looks becomes the track's usual style.
_HEADER = (
    "[Script Info]\r\nScriptType: v4.00+\r\nPlayResX: 384\r\nPlayResY: 288\r\n\r\n[V4+ Styles]\r\n"
    "Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, "
    "StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, "
    "Encoding\r\nStyle: Default,Arial,16,&Hffffff,&Hffffff,&H0,&H0,0,0,0,0,100,100,0,0,1,1,0,2,10,10,10,0\r\n\r\n"
    "[Events]\r\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\r\n"
)
# QuickTime files keep a number for each language that old Macintoshes knew, under the older of its two codes.
_QUICKTIME = {
    "deu": "ger",
    "nld": "dut",
    "ell": "gre",
    "isl": "ice",
    "ron": "rum",
    "sqi": "alb",
    "fas": "per",
    "zho": "chi",
}


@dataclass(frozen=True, slots=True)
class TextTrack:
    """What one track of a file says.

    Attributes:
        cues: by their start, on the clock of the composition.
        begin, end: seconds of the part that the file shows.
        language: a tag such as ``de``; None: unknown.
        label: what players list it as; None: nothing.
    """

    cues: tuple[Cue, ...]
    begin: Fraction
    end: Fraction
    language: str | None = None
    label: str | None = None


class TextStream:
    """One stream of text. Make it before the container's header is written.

    Args:
        kind: of the container, as FFmpeg names it: mp4, mov or webm.

    Raises:
        EncoderError: ``ENCODER_FAILED``.
    """

    def __init__(self, container: OutputContainer, track: TextTrack, kind: str) -> None:
        webvtt = kind == "webm"
        self._tick = WEBVTT_TICK if webvtt else MOV_TEXT_TICK
        samples = webvtt_samples if webvtt else mov_text_samples
        self._samples = samples(track.cues, track.begin, track.end)
        self._next = next(self._samples, None)
        with _errors():
            stream = container.add_stream("webvtt" if webvtt else "mov_text")
            stream.codec_context.subtitle_header = _HEADER.encode()
            stream.codec_context.time_base = self._tick
            stream.time_base = self._tick
        code = three_letters(track.language)
        stream.metadata["language"] = _QUICKTIME.get(code, code) if kind == "mov" else code
        if track.label is not None:
            stream.metadata["title" if webvtt else "handler_name"] = track.label
        self._stream = stream

    def until(self, seconds: Fraction | None) -> Iterator[Packet[Any]]:
        """The packets that begin before this time, for the container; None: all that are left."""
        while (sample := self._next) is not None and (seconds is None or sample.start * self._tick < seconds):
            self._next = next(self._samples, None)
            packet: Packet[Any] = av.Packet(sample.data)
            packet.stream = self._stream
            packet.time_base = self._tick
            packet.pts = packet.dts = sample.start
            packet.duration = sample.stop - sample.start
            packet.is_keyframe = True
            yield packet


@contextmanager
def _errors() -> Iterator[None]:
    try:
        yield
    except (av.FFmpegError, ValueError) as error:
        raise EncoderError(
            f"A track of subtitles failed: {complaint(error)}.", code="ENCODER_FAILED"
        ) from error
