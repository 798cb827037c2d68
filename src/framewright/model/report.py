"""What a render was: the account that it gives at its end."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, JsonValue

from framewright.model.composition import Notice  # noqa: TC001 -- pydantic reads it at run time
from framewright.model.sound import Dropped  # noqa: TC001 -- as above
from framewright.model.subtitles import SubtitleFacts  # noqa: TC001 -- as above


class _Value(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AudioStreamFacts(_Value):
    """The sound of the finished file as a reader sees it.

    Attributes:
        codec: as FFmpeg names it.
        rate: samples a second.
        channels: how many.
        seconds: as long as it is heard: without what the codec needs before and behind.
    """

    codec: str
    rate: int
    channels: int
    seconds: float


class FileFacts(_Value):
    """The finished file as a reader sees it.

    Attributes:
        path: where it stands.
        bytes: its size; of a sequence, of all its files.
        frames: pictures in it.
        seconds: its length.
        width, height: pixels.
        codec, pixel_format: as FFmpeg names them.
        sound: None when there is none; of an image sequence, the file beside its frames.
    """

    path: str
    bytes: int
    frames: int
    seconds: float
    width: int
    height: int
    fps: str
    codec: str
    pixel_format: str
    sound: AudioStreamFacts | None = None


class SlowRange(_Value):
    """The consecutive frames that took longest."""

    start: int
    stop: int
    seconds: float


class TimeSpent(_Value):
    """Wall seconds: ``opening`` until the first browser was ready, ``rendering`` the frames, ``finishing`` the file.

    ``encoder_busy`` is the part of ``rendering`` in which the encoder worked; ``waiting_for_pictures`` the part in
    which it had nothing to do.
    """

    opening: float
    rendering: float
    finishing: float
    encoder_busy: float
    waiting_for_pictures: float


class SoundReport(_Value):
    """What was mixed.

    Attributes:
        tracks: how many are in the mix.
        dropped: what could be heard and is not, and why.
        peak: of the finished mix, in dB of full scale (sample peak); None for silence.
        raised: dB by which it was made louder, or quieter, for the loudness that was asked for.
        limited: dB that the limiter took away where it took most; 0: it never had to act.
    """

    tracks: int
    dropped: tuple[Dropped, ...] = ()
    peak: float | None
    raised: float = 0.0
    limited: float = 0.0


class FootageReport(_Value):
    """What pages got of source video and moving pictures.

    Attributes:
        sources: files of which frames were shown.
        frames: that were handed to pages; one that a page had was not handed to it again.
        decoded: frames that came out of decoders for that, also those on the way to the ones that were wanted.
    """

    sources: int
    frames: int
    decoded: int


class ChunkAccount(_Value):
    """How one piece of the frames came about.

    Attributes:
        start, stop: its frames; the last one is excluded.
        reused: an earlier render had finished it; the rest tells of that one.
        seconds: wall seconds from its first frame to its last.
        encoder_busy: the part of them in which the encoder worked.
    """

    start: int
    stop: int
    reused: bool
    workers: int
    unchanged: int
    seconds: float
    encoder_busy: float
    retried_blocks: int = 0
    restarted_workers: int = 0


class Decision(_Value):
    """An automatic choice; see :class:`~framewright.model.events.Decided`."""

    subject: str
    choice: JsonValue
    inputs: dict[str, JsonValue]
    reason: str


class RenderReport(_Value):
    """The account of one render.

    Attributes:
        capture: ``stream`` or ``screenshot``, or ``full-page`` for browsers without frame control.
        chunks: pieces that the frames were rendered in.
        mode: ``seek``, or ``run`` where every frame was gone through from 0 on.
        unchanged: frames that were proven to equal the one before, and cost nothing.
        retried_blocks: blocks of frames that were captured more than once.
        restarted_workers: browsers that had to be replaced.
        slowest: None for renders too short to tell.
        slow_ranges: the ranges of frames that took longest, seconds a frame, the slowest first; at most five.
        pieces: how each piece of the frames came about, in order.
        decisions: the automatic choices, with what they rest on.
        subtitles: the files that were burnt in or became tracks.
        sound: None when nothing is heard.
        footage: None when no frame of a source is seen.
    """

    output: FileFacts
    frames: int
    unchanged: int
    workers: int
    chunks: int = 1
    capture: str
    mode: str
    seconds: float
    time: TimeSpent
    retried_blocks: int
    restarted_workers: int
    slowest: SlowRange | None
    subtitles: tuple[SubtitleFacts, ...] = ()
    sound: SoundReport | None = None
    footage: FootageReport | None = None
    slow_ranges: tuple[SlowRange, ...] = ()
    pieces: tuple[ChunkAccount, ...] = ()
    decisions: tuple[Decision, ...] = ()
    notices: tuple[Notice, ...] = ()
