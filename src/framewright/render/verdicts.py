"""What is wrong with a file, from what was seen of it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from framewright.media.codec_settings import settings_for
from framewright.media.pieces import is_packed
from framewright.model.media import Transfer
from framewright.model.output import Codec, Format
from framewright.model.sound import SAMPLE_RATE
from framewright.model.verified import Fault, FileFinding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from framewright.media.verifying import Film
    from framewright.model.plan import Plan
    from framewright.model.report import FileFacts

FAR_SECONDS = 10
"""Keyframes further apart than this make a film slow to seek in."""
_UNTOLD = 2  # of ITU-T H.273: unspecified
_CODECS = {
    Codec.H264: "h264",
    Codec.H265: "hevc",
    Codec.AV1: "av1",
    Codec.VP9: "vp9",
    Codec.PRORES: "prores",
    Codec.GIF: "gif",
    Codec.PNG: "png",
}
_SOUND_CODECS = {Format.MP4: "aac", Format.WEBM: "opus"}
# Matrix, range, primaries, transfer, as they are written.
_COLOURS = {Transfer.SDR: (1, 1, 1, 1), Transfer.PQ: (9, 1, 9, 16), Transfer.HLG: (9, 1, 9, 18)}
_GIF_TICK = Fraction(1, 100)
_CLOCK = Fraction(1, 1000)  # of WebM
_SLACK = Fraction(1, 5)  # in what a file says of its own length


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was seen of a file.

    Attributes:
        index_first: None: it has no index.
        pictures: it is a folder of pictures, which knows no times.
    """

    file: FileFacts
    film: Film
    index_first: bool | None
    pictures: bool

    @property
    def rate(self) -> Fraction:
        """Frames a second; 0 when nobody knows."""
        return Fraction(self.file.fps)


def by_itself(seen: Evidence, *, strict: bool) -> Iterator[FileFinding]:
    """What is wrong whatever the file should be.

    Args:
        strict: it is one of ours, in which nothing may be odd.
    """
    film = seen.film
    if film.damage is not None:
        frame, reason = film.damage
        yield FileFinding(
            code=Fault.DAMAGED, message=f"It cannot be decoded at about frame {frame}: {reason}.", frame=frame
        )
    elif film.packets and film.frames < film.packets:
        yield FileFinding(
            code=Fault.DAMAGED, message=f"Of {film.packets} frames only {film.frames} can be decoded."
        )
    elif film.packets < film.promised:
        yield FileFinding(
            code=Fault.DAMAGED,
            message=f"It is cut off: its index tells of {film.promised} frames, and it holds {film.packets}.",
            frame=film.packets,
        )
    elif film.length is not None and film.length > _end(seen) + _SLACK:
        yield FileFinding(
            code=Fault.DAMAGED,
            message=f"It is cut off: it says that it lasts {float(film.length):g} s, and ends at {float(_end(seen)):g} s.",
            frame=film.frames,
        )
    if film.unordered is not None:
        yield FileFinding(
            code=Fault.TIMES_UNORDERED,
            message=f"The time of frame {film.unordered} is not behind that of the frame before.",
            frame=film.unordered,
        )
    if film.uneven is not None:
        yield FileFinding(
            code=Fault.TIMES_UNEVEN,
            message=f"Frame {film.uneven} is not shown at its time, at {seen.file.fps} frames a second.",
            error=strict,
            frame=film.uneven,
        )
    if not film.opens:
        yield FileFinding(code=Fault.KEYFRAME_MISSING, message="It does not begin with a keyframe.", frame=0)
    if seen.rate and film.longest > FAR_SECONDS * seen.rate and seen.file.codec != "gif":
        yield FileFinding(
            code=Fault.KEYFRAMES_FAR,
            message=f"Up to {film.longest} frames lie between two keyframes, more than {FAR_SECONDS} s.",
            error=strict,
        )
    yield from _of_sound(seen)
    if seen.index_first is False:
        yield FileFinding(
            code=Fault.INDEX_LAST,
            message="Its index stands at its end: players begin only when they have all of it.",
            error=strict,
        )
    if not film.rgb and film.frames and _UNTOLD in {film.matrix, film.primaries, film.transfer}:
        yield FileFinding(
            code=Fault.COLOURS_UNTOLD, message="It does not say how its colours are meant.", error=strict
        )


def _end(seen: Evidence) -> Fraction:
    return max(Fraction(seen.file.seconds), seen.film.sound_end or Fraction(0))


def by_plan(seen: Evidence, plan: Plan) -> Iterator[FileFinding]:
    """What is not as the plan says."""
    file, film, spec = seen.file, seen.film, plan.output.spec
    if seen.pictures != (spec.format is Format.PNG_SEQUENCE):
        yield FileFinding(code=Fault.PLAN_FORMAT, message=f"The plan is for {spec.format}, and this is none.")
        return
    if file.codec != _CODECS[spec.codec]:
        yield FileFinding(
            code=Fault.PLAN_CODEC, message=f"Its codec is {file.codec}, and the plan's {_CODECS[spec.codec]}."
        )
    yield from _of_frames(seen, plan)
    coded = plan.picture.drawn
    if not is_packed(spec):
        settings = settings_for(spec, coded, plan.picture.frame_rate)
        coded = settings.coded
        if film.longest > settings.keyframe_distance:
            yield FileFinding(
                code=Fault.KEYFRAMES_FAR,
                message=f"Up to {film.longest} frames lie between two keyframes, and the plan wants "
                f"{settings.keyframe_distance} at most.",
            )
        told = (film.matrix, film.range, film.primaries, film.transfer)
        if told != _COLOURS[spec.transfer]:
            yield FileFinding(
                code=Fault.PLAN_COLOURS,
                message=f"Its colours are told as {told}, and the plan's are {_COLOURS[spec.transfer]}.",
            )
    if (file.width, file.height) != (coded.width, coded.height):
        yield FileFinding(
            code=Fault.PLAN_SIZE,
            message=f"Its pictures are {file.width}x{file.height}, and the plan's {coded}.",
        )
    yield from _of_planned_sound(seen, plan)
    if film.texts != len(plan.texts):
        yield FileFinding(
            code=Fault.PLAN_TEXTS,
            message=f"It has {film.texts} tracks of text, and the plan {len(plan.texts)}.",
        )


def _of_frames(seen: Evidence, plan: Plan) -> Iterator[FileFinding]:
    file, wanted, rate = seen.file, len(plan.picture.range), plan.picture.frame_rate
    if plan.output.format is Format.GIF:
        # A picture that holds is one frame of a GIF, however long.
        seconds = rate.time_of(wanted)
        if abs(Fraction(file.seconds) - seconds) > _GIF_TICK:
            yield FileFinding(
                code=Fault.PLAN_FRAMES,
                message=f"It lasts {file.seconds:g} s, and the plan {float(seconds):g} s.",
            )
        return
    if file.frames != wanted:
        yield FileFinding(
            code=Fault.PLAN_FRAMES,
            message=f"It has {file.frames} frames, and the plan {wanted}.",
            frame=min(file.frames, wanted),
        )
    # WebM has no rate, only times in whole milliseconds, which are looked at frame by frame.
    if plan.output.format in {Format.MP4, Format.MOV} and seen.rate != rate.value:
        yield FileFinding(
            code=Fault.PLAN_RATE, message=f"It shows {file.fps} frames a second, and the plan {rate}."
        )


def _of_sound(seen: Evidence) -> Iterator[FileFinding]:
    """The sound ends with the pictures, but for one packet of it."""
    sound, film, length = seen.file.sound, seen.film, Fraction(seen.file.seconds)
    if sound is None or not length:
        return
    # Not every container says how much of the last packet is heard.
    end = Fraction(sound.seconds) if film.sound_end is None else film.sound_end
    if abs(end - length) > film.sound_frame + _CLOCK:
        yield FileFinding(
            code=Fault.SOUND_LENGTH,
            message=f"Its sound ends at {float(end):.4f} s, and its pictures at {float(length):.4f} s.",
        )


def _of_planned_sound(seen: Evidence, plan: Plan) -> Iterator[FileFinding]:
    sound = seen.file.sound
    if (sound is None) != (plan.sound is None):
        has, wants = ("no sound", "has some") if sound is None else ("sound", "has none")
        yield FileFinding(code=Fault.PLAN_SOUND, message=f"It has {has}, and the plan {wants}.")
        return
    if sound is None or plan.sound is None:
        return
    codec = _SOUND_CODECS.get(plan.output.format, "pcm_s24le")
    if (sound.codec, sound.rate, sound.channels) != (codec, SAMPLE_RATE, 2):
        yield FileFinding(
            code=Fault.PLAN_SOUND,
            message=f"Its sound is {sound.codec} of {sound.rate} Hz, and the plan's {codec} of {SAMPLE_RATE} Hz, stereo.",
        )
    samples = round(sound.seconds * SAMPLE_RATE)
    wanted = plan.sound.mix.samples
    # Matroska cannot say how little of a single packet of Opus is heard.
    if abs(samples - wanted) > (0 if wanted > SAMPLE_RATE // 10 else SAMPLE_RATE // 50):
        yield FileFinding(
            code=Fault.PLAN_SOUND, message=f"Its sound has {samples} samples, and the plan {wanted}."
        )
