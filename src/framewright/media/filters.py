"""FFmpeg filter graphs of the two shapes that are needed: a chain, and a chain with a second input."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import av

if TYPE_CHECKING:
    from av.filter.context import FilterContext
    from av.video.frame import VideoFrame

    from framewright.model.size import Size


def source(pixel_format: str, size: Size, *, matrix: str | None, full_range: bool) -> str:
    """The arguments of a ``buffer`` filter for frames of this kind."""
    colours = "" if matrix is None else f":colorspace={matrix}"
    return (
        f"video_size={size.width}x{size.height}:pix_fmt={pixel_format}:time_base=1/100"
        f":range={'pc' if full_range else 'tv'}{colours}"
    )


class FilterChain:
    """Filters in a row; one of them may have a second input, fed once.

    Args:
        buffer: arguments of the source, see :func:`source`.
        steps: names and arguments of the filters.
        aside: arguments of the second source.
        joins: index of the step that has the second input.
    """

    def __init__(
        self, buffer: str, steps: list[tuple[str, str]], *, aside: str | None = None, joins: int = 0
    ) -> None:
        self._graph = av.filter.Graph()
        self._graph.threads = 1
        self._input: FilterContext = self._graph.add("buffer", buffer)
        self._aside: FilterContext | None = None
        last = self._input
        for index, (name, arguments) in enumerate(steps):
            step = self._graph.add(name, arguments)
            last.link_to(step, 0, 0)
            if index == joins and aside is not None:
                self._aside = self._graph.add("buffer", aside)
                self._aside.link_to(step, 0, 1)
            last = step
        self._output: FilterContext = self._graph.add("buffersink")
        last.link_to(self._output, 0, 0)
        self._graph.configure()

    def push(self, frame: VideoFrame | None) -> None:
        """Give a frame; None: there are no more."""
        self._input.push(frame)

    def push_aside(self, frame: VideoFrame) -> None:
        """Give the only frame of the second input."""
        assert self._aside is not None
        self._aside.push(frame)
        self._aside.push(None)

    def pull(self) -> VideoFrame:
        """Take a frame.

        Raises:
            av.BlockingIOError: more must be given first.
        """
        return cast("VideoFrame", self._output.pull())
