"""Reading a long file on without Python between its packets: a graph of FFmpeg's own opens, decodes and joins them.

Only for files that are as regular as most are. What is not so is given back at once, for whoever reads packet by packet
and can say what is wrong with it; samples are the same either way.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import av
import av.filter
from av.audio.frame import AudioFrame

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from av.filter.context import FilterContext

    from framewright.sound.opening import OpenSound

JOINED = 32_768
"""Samples of a frame."""

WORTH = 10
"""Seconds that were read in order, from the beginning, before it is worth opening the file once more."""


PADDED = 2048
"""Samples of the longest packet: the last one of a file may be filled up to it, and whoever reads stops before."""


class IrregularError(Exception):
    """The file must be read packet by packet."""


def suits(sound: OpenSound) -> bool:
    """Whether a file can be read like this: its packets are many, and their times and its end are known to the sample."""
    return (
        sound.stream.codec_context.name == "aac"
        and sound.stop is not None
        and sound.stream.time_base is not None
        and sound.stream.time_base * sound.rate == 1
    )


def read_on(path: Path, sound: OpenSound, first: int) -> Iterator[AudioFrame]:
    """Frames of ``JOINED`` samples, the last one shorter, from sample ``first`` of the source to its end, or to the end of
    its last packet.

    Args:
        sound: the same file, for what is known of it.

    Raises:
        IrregularError: there is a gap, or damage, somewhere behind the last frame that was given, or the file cannot
            be read like this at all.
    """
    zero = sound.zero * sound.rate
    try:
        graph, sink = _graph(path, first - sound.start)
        while True:
            frame = sink.pull()
            if not isinstance(frame, AudioFrame) or frame.pts is None or frame.pts - zero != first:
                raise IrregularError
            first += frame.samples
            yield frame
    except av.EOFError:
        del graph  # it must be there as long as its end is read
        if sound.stop is None or not 0 <= first - sound.stop < PADDED:
            raise IrregularError from None
    except (av.FFmpegError, OSError, ValueError):
        raise IrregularError from None


def _graph(path: Path, skipped: int) -> tuple[av.filter.Graph, FilterContext]:
    graph = av.filter.Graph()
    graph.threads = 1
    source = graph.add(
        "amovie", filename=f"file:{path.absolute()}", format_name="mov", format_opts="protocol_whitelist=file"
    )
    chain = [
        source,
        graph.add("atrim", start_sample=str(skipped)),
        graph.add("asetnsamples", n=str(JOINED), p="0"),
        graph.add("abuffersink"),
    ]
    for one, behind in pairwise(chain):
        one.link_to(behind)
    graph.configure()
    return graph, chain[-1]
