"""What a render would give, as a value."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from framewright.model.composition import (  # noqa: TC001 -- pydantic reads them at run time
    Clip,
    Description,
    DurationSource,
    Notice,
)
from framewright.model.events import Decided  # noqa: TC001 -- as above
from framewright.model.recording import RecordedAnswer  # noqa: TC001 -- as above
from framewright.model.sound import Sounds
from framewright.model.subtitles import SubtitleFacts  # noqa: TC001 -- as above
from framewright.render.media_account import MediaAccount  # noqa: TC001 -- as above


class ProbeResult(BaseModel):
    """A composition as it would be rendered.

    Attributes:
        description: what the page says of itself.
        width, height: CSS pixels, as the page is laid out.
        output_width, output_height: device pixels, as pictures come at ``scale``.
        fps: exact, such as ``30`` or ``30000/1001``.
        seconds: the length of the composition.
        duration_source: where that length comes from.
        frames: of the whole composition.
        start_frame, end_frame: the part that would be rendered; the end is excluded.
        remote: what the page asked of other origins, and who answered.
        media: what becomes of its videos and sounds.
        sounds: the tracks of the mix, those of the caller too, after the page was gone through where scripts may change what
            is heard; none with ``skip_audio``.
        mode: how the page would be brought to the time of a frame: ``seek`` or ``run``.
        subtitles: each file, with its cues that would be seen.
        notices: warnings so far.
        decisions: the automatic choices, with what they rest on.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    description: Description
    width: int
    height: int
    scale: float
    output_width: int
    output_height: int
    fps: str
    seconds: float
    duration_source: DurationSource
    frames: int
    start_frame: int
    end_frame: int
    remote: tuple[RecordedAnswer, ...]
    media: tuple[MediaAccount, ...] = ()
    sounds: Sounds = Sounds()
    mode: str
    subtitles: tuple[SubtitleFacts, ...] = ()
    notices: tuple[Notice, ...]
    decisions: tuple[Decided, ...]

    @property
    def clips(self) -> tuple[Clip, ...]:
        """The elements with a window of time."""
        return self.description.clips
