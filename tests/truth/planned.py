"""Plans without a page, and their pieces, encoded from drawings: what a stitch is judged by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from framewright.media import SoundSource, write_sound_piece
from framewright.media.codec_settings import settings_for
from framewright.media.pieces import is_packed, open_piece, parameters_digest, segment_of
from framewright.model.frames import FrameRange
from framewright.model.output import Codec, Format, OutputSpec, Quality
from framewright.model.piece import ChunkResult, SoundResult
from framewright.model.plan import (
    Chunk,
    Digests,
    Environment,
    OutputPlan,
    PagePlan,
    PicturePlan,
    Plan,
    PlanFile,
    SoundPiecePlan,
)
from framewright.model.report import SoundReport, TimeSpent
from framewright.model.size import Size
from framewright.model.sound import SAMPLE_RATE, SoundPlan
from framewright.render.bundle import Bundle
from framewright.render.committing import commit, file_digest
from framewright.render.planning.digests import chunk_key, sealed
from framewright.render.planning.folder import write_plan
from framewright.stores import digest_of
from truth import drawings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from framewright.media import Pulse
    from framewright.model.frames import FrameRate

SIZE = Size(160, 96)
LARGER = Size(192, 96)
_NO_DIGEST = "0" * 64
_PAGE = b"<p>nobody draws this</p>"


def plan(
    kind: tuple[Format, Codec],
    rate: FrameRate,
    cuts: Sequence[int],
    *,
    quality: Quality = Quality.DRAFT,
    alpha: bool = False,
    sound: bool = False,
    size: Size = SIZE,
    **more,
) -> Plan:
    """The plan of a film that shows the frames from the first cut to the last one, a chunk between any two."""
    spec = OutputSpec(*kind, quality, alpha=alpha)
    settings = None if is_packed(spec) else settings_for(spec, size, rate)
    frames = FrameRange(cuts[0], cuts[-1])
    made = Plan(
        page=PagePlan(entry="index.html"),
        picture=PicturePlan(
            width=size.width, height=size.height, scale=1, rate=str(rate), frames=frames.stop,
            start=frames.start, stop=frames.stop, mode="seek", capture="stream",
        ),
        output=OutputPlan(
            format=spec.format, codec=spec.codec, quality=spec.quality, alpha=alpha,
            encoder=settings.encoder if settings else spec.codec.value,
            pixel_format=settings.pixel_format if settings else "rgb24",
            options=settings.options if settings else {}, segment=segment_of(spec, rate),
        ),
        environment=Environment(
            browser="none", browser_digest=_NO_DIGEST, machine="any", libraries={}, framewright="0", code=_NO_DIGEST, fonts={}
        ),
        chunks=tuple(
            Chunk(index=index, start=start, stop=stop, cost=1.0)
            for index, (start, stop) in enumerate(zip(cuts, cuts[1:], strict=False))
        ),
        files=(PlanFile(name="index.html", digest=digest_of(_PAGE), bytes=len(_PAGE)),),
        sound=SoundPiecePlan(mix=SoundPlan(samples=samples(frames, rate)), sources={}) if sound else None,
        digests=Digests(video=_NO_DIGEST, plan=_NO_DIGEST),
        **more,
    )  # fmt: skip
    return sealed(made)


def write(folder: Path, plan: Plan) -> Path:
    """The plan in a folder of its own, with its page."""
    project = folder.with_name(f"{folder.name}-project")
    project.mkdir(parents=True)
    (project / "index.html").write_bytes(_PAGE)
    write_plan(folder, plan, Bundle(plan, project, project))
    return folder


def samples(frames: FrameRange, rate: FrameRate) -> int:
    """How long the sound of these frames is."""
    return round(rate.time_of(len(frames)) * SAMPLE_RATE)


def chunk(
    folder: Path,
    plan: Plan,
    start: int,
    stop: int,
    *,
    shown: Sequence[int] | None = None,
    opacity: int = 255,
    **told,
) -> Path:
    """A piece with a counter in every frame, and its account.

    Args:
        shown: the number in each frame, in place of its own.
        opacity: of every pixel, of 255.
        told: what the account says otherwise.
    """
    folder.mkdir(parents=True, exist_ok=True)
    spec = plan.output.spec
    frames = FrameRange(start, stop)
    attempt = folder / "attempt"
    encoder = open_piece(spec, plan.picture.drawn, plan.picture.frame_rate, frames, attempt)
    before = None
    for number in shown or frames:
        if number == before:
            encoder.repeat()
        else:
            picture = drawings.counted(number, plan.picture.drawn)
            picture[..., 3] = opacity
            encoder.write(drawings.as_picture(picture, spec.layout, alpha=spec.alpha))
        before = number
    encoder.finish()
    piece = folder / f"{start}-{stop}.{spec.format}"
    return committed(attempt, piece, account(plan, attempt, frames, **told))


def chunks(folder: Path, plan: Plan) -> list[Path]:
    """All pieces of a plan, without its sound."""
    return [chunk(folder, plan, one.start, one.stop) for one in plan.chunks]


def account(plan: Plan, file: Path, frames: FrameRange, **told) -> ChunkResult:
    """What stands beside the piece of these frames."""
    fields = {
        "key": chunk_key(plan, frames),
        "start": frames.start,
        "stop": frames.stop,
        "digest": file_digest(file),
        "bytes": file.stat().st_size,
        "fingerprints": ("0" * 16,) * len(frames),
        "unchanged": 0,
        "workers": 1,
        "capture": "stream",
        "time": TimeSpent(opening=0, rendering=0, finishing=0, encoder_busy=0, waiting_for_pictures=0),
    }
    if "parameters" not in told:
        fields["parameters"] = parameters_digest(file)
    return ChunkResult(**(fields | told))


def committed(attempt: Path, piece: Path, result: ChunkResult | SoundResult) -> Path:
    """The file under its name, with its account."""
    commit(attempt, piece, result)
    return piece


def sound(folder: Path, plan: Plan, wave: np.ndarray | None = None, **told) -> Path:
    """The plan's sound; silence if no other wave of shape (samples, 2) is given."""
    folder.mkdir(parents=True, exist_ok=True)
    attempt = folder / "attempt"
    heard = (
        np.zeros((samples(plan.picture.range, plan.picture.frame_rate), 2), np.float32)
        if wave is None
        else wave
    )
    write_sound_piece(plan.output.format, source(heard), attempt)
    fields = {
        "key": plan.digests.audio or digest_of(b"sound"),
        "digest": file_digest(attempt),
        "bytes": attempt.stat().st_size,
        "samples": len(heard),
        "codec": "any",
        "report": SoundReport(tracks=1, peak=None),
        "seconds": 0.0,
    }
    return committed(attempt, folder / "sound.piece", SoundResult(**(fields | told)))


def source(wave: np.ndarray) -> SoundSource:
    """A wave in blocks."""

    def blocks(pulse: Pulse) -> Iterator[np.ndarray]:
        del pulse
        for start in range(0, len(wave), 7777):
            yield wave[start : start + 7777]

    return SoundSource(len(wave), blocks)
