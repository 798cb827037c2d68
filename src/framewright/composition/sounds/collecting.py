"""From what a page tells of its videos and sounds to the tracks of a mix, by arithmetic alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from framewright.composition.sounds.grouping import group_of, silenced
from framewright.composition.sounds.lanes import multiplied, points_of, shifted, thinned
from framewright.composition.sounds.reading import Reader
from framewright.composition.sounds.stretches import NOTHING, stretches
from framewright.model.media import MediaUse
from framewright.model.sound import LOUDEST, Dropped, Sounds, SoundTrack, Unheard

if TYPE_CHECKING:
    from collections.abc import Iterator

    from framewright.composition.sounds.lanes import Knot
    from framewright.composition.sounds.stretches import Stretch
    from framewright.composition.sounds.told import ToldSound, ToldSounds
    from framewright.model.composition import Notice

_SLOWEST, _FASTEST = 0.05, 20.0


class Collected(NamedTuple):
    """What is heard, every video and sound with its time, and what their author should know."""

    sounds: Sounds
    media: tuple[MediaUse, ...]
    notices: tuple[Notice, ...]


def collect(told: ToldSounds) -> Collected:
    """Work out the tracks of a page, in the order in which it names them."""
    notices: list[Notice] = []
    groups = {group.id: group for group in told.groups}
    silent = silenced(groups)
    tracks: list[SoundTrack] = []
    dropped: list[Dropped] = []
    media: list[MediaUse] = []
    for sound in told.tracks:
        reader = Reader(sound.name, notices)
        parts = list(stretches(sound))
        heard, why = _heard(sound, parts, silent, reader)
        tracks += heard
        media += _uses(sound, parts, why)
        if why is not None:
            dropped.append(Dropped(name=sound.name, source=sound.address, why=why))
            if why is Unheard.SOUNDLESS and _is_wanted(sound):
                reader.tell("SOUND_MISSING", "It is to be heard, and its source holds no sound.")
    found_groups = tuple(group_of(group, groups, Reader(group.name, notices)) for group in told.groups)
    if told.chain is not None:
        master = Reader("the root", notices)
        if master.lanes(None, told.chain)[1]:
            master.tell(
                "EFFECT_UNSUPPORTED", "data-fx-chain of the root asks for gain, which is not applied there."
            )
    sounds = Sounds(tracks=tuple(tracks), groups=found_groups, dropped=tuple(dropped))
    return Collected(sounds, tuple(media), tuple(dict.fromkeys(notices)))


def _heard(
    sound: ToldSound, parts: list[Stretch], silent: frozenset[str], reader: Reader
) -> tuple[list[SoundTrack], Unheard | None]:
    """Its tracks; without any, why."""
    why = _why_unheard(sound, silent)
    if why is not None:
        return [], why
    if not parts:
        return [], Unheard.UNSEEN
    length = sound.facts.seconds if sound.facts else None
    left = [part for part in parts if part.loop or part.address or length is None or part.offset < length]
    if not left or (not sound.plays and length is not None and sound.offset >= length):
        return [], Unheard.TRIMMED
    heard = [track for track in _tracks(sound, left, reader) if _is_loud(track)]
    return heard, None if heard else Unheard.MUTED if sound.muted else Unheard.SILENT


def _why_unheard(sound: ToldSound, silent: frozenset[str]) -> Unheard | None:
    """The first reason for which none of it is heard, whenever it plays."""
    if sound.hidden:
        return Unheard.HIDDEN
    if sound.refused or (sound.kind == "video" and _flag(sound.heard) is False):
        return Unheard.REFUSED
    if sound.muted and not sound.volumes:
        return Unheard.MUTED
    if sound.group in silent:
        return Unheard.GROUP_HIDDEN
    if not sound.placed and not sound.plays:
        return Unheard.UNPLAYED
    if any(play.address for play in sound.plays):
        return None
    if sound.address is None:
        return Unheard.SOURCELESS
    return Unheard.SOUNDLESS if sound.facts is not None and sound.facts.audio is None else None


def _flag(written: str | None) -> bool | None:
    return None if written is None else written.strip().lower() in {"", "true"}


def _is_wanted(sound: ToldSound) -> bool:
    """It asks to be heard, so that a source without sound is a fault."""
    return sound.kind == "audio" or bool(_flag(sound.heard))


def _is_loud(track: SoundTrack) -> bool:
    """Some of it is louder than nothing."""
    return any(point.v > 0 for point in track.lane) if track.lane else track.volume > 0


def _tracks(sound: ToldSound, parts: list[Stretch], reader: Reader) -> Iterator[SoundTrack]:
    """One for each time that it plays."""
    gain = reader.volume(sound.volume)
    drawn, levels = reader.lanes(sound.automation, sound.chain)
    fades = (
        reader.seconds(sound.fade_in, "The fade at the beginning") / sound.pace,
        reader.seconds(sound.fade_out, "The fade at the end") / sound.pace,
    )
    pan = reader.pan(sound.pan)
    if not sound.keeps_pitch and any(part.rate != 1 for part in parts):
        reader.tell("PITCH_KEPT", "preservesPitch is false: the pitch is kept all the same, at any rate.")
    for part in parts:
        curve = _gains(sound, part, gain, drawn)
        if levels:
            levelled = shifted(levels, by=part.gone * sound.pace, pace=sound.pace)
            curve = multiplied(curve or ((0.0, gain, False),), levelled)
        rise, fall = _fades(fades, part)
        if part.gone > 0 and rise > 0:
            # What is left of it begins above 0, which only a lane can say.
            ramp = shifted(((0.0, 0.0, False), (rise, 1.0, False)), by=part.gone)
            curve = multiplied(curve or ((0.0, gain, False),), ramp)
            rise = 0.0
        yield SoundTrack(
            name=sound.name,
            source=part.address or sound.address or "",
            start=part.start,
            duration=part.duration,
            offset=part.offset,
            skip=part.skip,
            until=sound.facts.seconds if part.loop and sound.facts and not part.address else None,
            rate=min(_FASTEST, max(_SLOWEST, part.rate)),
            loop=part.loop,
            volume=gain,
            lane=points_of(thinned(curve)),
            fade_in=rise,
            fade_out=fall,
            pan=pan,
            group=sound.group,
            wanted=_is_wanted(sound),
        )


def _gains(sound: ToldSound, part: Stretch, gain: float, drawn: tuple[Knot, ...]) -> tuple[Knot, ...]:
    """What is drawn beats what scripts do, which beats what is written; empty: the written gain all along."""
    if drawn:
        return shifted(drawn, by=part.gone * sound.pace, pace=sound.pace)
    if not sound.volumes:
        return ()
    knots = tuple((seconds, max(0.0, min(LOUDEST, level)), holds) for seconds, level, holds in sound.volumes)
    heard = thinned(shifted(knots, by=part.start))
    return () if all(knot[1] == gain for knot in heard) else heard


def _fades(fades: tuple[float, float], part: Stretch) -> tuple[float, float]:
    """Those that outrun the clip meet inside it. One whose end is cut off by what stands around it is not faded there."""
    rise, fall = fades
    if part.whole is None or part.stop is None or rise + fall <= 0:
        return fades
    share = min(1.0, (part.whole - part.start + part.gone) / (rise + fall))
    return rise * share, 0.0 if part.stop < part.whole - NOTHING else fall * share


def _uses(sound: ToldSound, parts: list[Stretch], why: Unheard | None) -> Iterator[MediaUse]:
    told = MediaUse(
        element=sound.name,
        kind=sound.kind,
        source=sound.address,
        facts=sound.facts,
        failure=sound.failure,
        unheard=why,
        seen=bool(parts) and not sound.hidden,
        placed=sound.placed,
    )
    if not parts:
        # Nobody plays it: a video shows where it stands.
        stands = not sound.placed and not sound.plays
        still = {"plays": False, "offset": max(0.0, sound.offset), "seen": stands and not sound.hidden}
        yield told.model_copy(update=still)
    for part in parts:
        place: dict[str, object] = {
            "start": part.start,
            "duration": part.duration,
            "offset": part.offset,
            "rate": part.rate,
            "loop": part.loop,
            "skip": part.skip,
        }
        if part.address:
            place |= {"source": part.address, "facts": None, "failure": None}
        yield told.model_copy(update=place)
