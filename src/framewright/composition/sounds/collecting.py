"""From what a page tells of its videos and sounds to the tracks of a mix, by arithmetic alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from framewright.composition.sounds.lanes import multiplied, points_of, shifted, thinned
from framewright.composition.sounds.reading import Reader
from framewright.model.sound import LOUDEST, Dropped, SoundGroup, Sounds, SoundTrack, Unheard

if TYPE_CHECKING:
    from collections.abc import Iterator

    from framewright.composition.sounds.lanes import Knot
    from framewright.composition.sounds.told import Play, ToldGroup, ToldSound, ToldSounds
    from framewright.model.composition import Notice

_SLOWEST, _FASTEST = 0.05, 20.0
# Shorter than a sample: nothing is heard of it.
_NOTHING = 1 / 96_000


class Collected(NamedTuple):
    """What is heard, and what its author should know."""

    sounds: Sounds
    notices: tuple[Notice, ...]


def collect(told: ToldSounds) -> Collected:
    """Work out the tracks of a page, in the order in which it names them."""
    notices: list[Notice] = []
    groups = {group.id: group for group in told.groups}
    silent = {group for group in groups if _is_silenced(group, groups)}
    tracks: list[SoundTrack] = []
    dropped: list[Dropped] = []
    for sound in told.tracks:
        reader = Reader(sound.name, notices)
        why = _why_unheard(sound, silent)
        if why is None:
            found = list(_tracks(sound, reader))
            heard = [track for track in found if _is_loud(track)]
            tracks += heard
            why = None if heard else _silence(sound) if found else Unheard.UNSEEN
        if why is not None:
            dropped.append(Dropped(name=sound.name, source=sound.address, why=why))
    found_groups = tuple(_group(group, groups, Reader(group.name, notices)) for group in told.groups)
    if told.chain is not None:
        Reader("the root", notices).effects(told.chain)
    sounds = Sounds(tracks=tuple(tracks), groups=found_groups, dropped=tuple(dropped))
    return Collected(sounds, tuple(dict.fromkeys(notices)))


def _is_silenced(group: str | None, groups: dict[str, ToldGroup]) -> bool:
    """It is hidden, or one that it is part of."""
    seen: set[str] = set()
    while group is not None and group in groups and group not in seen:
        seen.add(group)
        if groups[group].hidden:
            return True
        group = groups[group].parent
    return False


def _why_unheard(sound: ToldSound, silent: set[str]) -> Unheard | None:
    """The first reason for which none of it is heard, whenever it plays."""
    heard = (sound.heard or "").strip().lower()
    if sound.hidden:
        return Unheard.HIDDEN
    if sound.refused or (sound.kind == "video" and sound.heard is not None and heard == "false"):
        return Unheard.REFUSED
    if sound.muted and not sound.volumes:
        return Unheard.MUTED
    if sound.group in silent:
        return Unheard.GROUP_HIDDEN
    if not sound.placed and not sound.plays:
        return Unheard.UNPLAYED
    if sound.address is None:
        return Unheard.SOURCELESS
    if sound.facts is not None:
        if sound.facts.audio is None:
            return Unheard.SOUNDLESS
        length = sound.facts.seconds
        if sound.placed and length is not None and sound.offset >= length:
            return Unheard.TRIMMED
    return None


def _silence(sound: ToldSound) -> Unheard:
    return Unheard.MUTED if sound.muted else Unheard.SILENT


def _is_loud(track: SoundTrack) -> bool:
    """Some of it is louder than nothing."""
    return any(point.v > 0 for point in track.lane) if track.lane else track.volume > 0


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Where a source is heard, before it is cut. Seconds of the page but for ``offset`` and ``skip``, as of a track."""

    start: float
    stop: float | None
    offset: float
    rate: float
    loop: bool
    skip: float = 0.0


def _tracks(sound: ToldSound, reader: Reader) -> Iterator[SoundTrack]:
    """One for each time that it is heard."""
    gain = reader.volume(sound.volume)
    lane = reader.lane(sound.automation)
    reader.effects(sound.chain)
    fades = (
        reader.seconds(sound.fade_in, "The fade at the beginning"),
        reader.seconds(sound.fade_out, "The fade at the end"),
    )
    pan = reader.pan(sound.pan)
    stretches = list(_stretches(sound))
    if not sound.keeps_pitch and any(one.rate != 1 for one in stretches):
        reader.tell("PITCH_KEPT", "preservesPitch is false: the pitch is kept all the same, at any rate.")
    for stretch in stretches:
        placed = _placed(sound, stretch)
        if placed is None:
            continue
        track, gone = placed
        curve = _gains(sound, stretch, gain, lane, track.start)
        rise, fall = _fades(fades, sound.pace, stretch, track)
        if gone > 0 and rise > 0:
            # What is left of it begins above 0, which only a lane can say.
            ramp = shifted(((0.0, 0.0, False), (rise, 1.0, False)), by=gone)
            curve = multiplied(curve or ((0.0, gain, False),), ramp)
            rise = 0.0
        told = {
            "volume": gain,
            "lane": points_of(thinned(curve)),
            "fade_in": rise,
            "fade_out": fall,
            "pan": pan,
        }
        yield track.model_copy(update=told)


def _stretches(sound: ToldSound) -> Iterator[_Stretch]:
    """What scripts play beats a place that is not written as a start."""
    if not sound.plays:
        stop = None if sound.duration is None else sound.start + sound.duration
        yield _Stretch(sound.start, stop, sound.offset, sound.rate, sound.loop)
        return
    for play in _joined(sound.plays):
        gone = max(0.0, play.offset - sound.offset) if play.loop else 0.0
        yield _Stretch(play.start, play.stop, play.offset - gone, play.rate, play.loop, gone)


def _joined(plays: tuple[Play, ...]) -> list[Play]:
    """Without the seams at which a source just goes on."""
    found: list[Play] = []
    for play in plays:
        last = found[-1] if found else None
        if last is not None and _goes_on(last, play):
            found[-1] = last.model_copy(update={"stop": play.stop})
        else:
            found.append(play)
    return found


def _goes_on(last: Play, play: Play) -> bool:
    if last.stop != play.start or (last.rate, last.loop) != (play.rate, play.loop) or play.loop:
        return False
    return abs(last.offset + (play.start - last.start) * last.rate - play.offset) < _NOTHING


def _placed(sound: ToldSound, stretch: _Stretch) -> tuple[SoundTrack, float] | None:
    """The part of it in which all around it is shown, and the seconds that this has cut off its front; None: no part."""
    opens, closes = sound.window
    start = max(stretch.start, opens, 0.0)
    stops = [one for one in (stretch.stop, closes) if one is not None]
    duration = min(stops) - start if stops else None
    if duration is not None and duration <= _NOTHING:
        return None
    gone = start - stretch.start
    way = gone * stretch.rate
    length = sound.facts.seconds if sound.facts else None
    if not stretch.loop and length is not None and stretch.offset + way >= length:
        return None
    track = SoundTrack(
        name=sound.name,
        source=sound.address or "",
        start=start,
        duration=duration,
        offset=max(0.0, stretch.offset if stretch.loop else stretch.offset + way),
        skip=stretch.skip + way if stretch.loop else 0.0,
        rate=min(_FASTEST, max(_SLOWEST, stretch.rate)),
        loop=stretch.loop,
        group=sound.group,
        wanted=sound.kind == "audio"
        or (sound.heard is not None and sound.heard.strip().lower() in {"", "true"}),
    )
    return track, gone


def _gains(
    sound: ToldSound, stretch: _Stretch, gain: float, lane: tuple[Knot, ...], start: float
) -> tuple[Knot, ...]:
    """What is drawn beats what scripts do, which beats what is written; empty: the written gain all along."""
    if lane:
        return shifted(lane, by=(start - stretch.start) * sound.pace, pace=sound.pace)
    if not sound.volumes:
        return ()
    knots = tuple((seconds, max(0.0, min(LOUDEST, level)), holds) for seconds, level, holds in sound.volumes)
    heard = thinned(shifted(knots, by=start))
    return () if all(knot[1] == gain for knot in heard) else heard


def _fades(
    fades: tuple[float, float], pace: float, stretch: _Stretch, track: SoundTrack
) -> tuple[float, float]:
    """Seconds of the page; those that outrun the clip meet inside it. One whose end is cut off by others is not faded."""
    rise, fall = fades[0] / pace, fades[1] / pace
    if stretch.stop is not None:
        length = stretch.stop - stretch.start
        share = min(1.0, length / (rise + fall)) if rise + fall > 0 else 1.0
        rise, fall = rise * share, fall * share
        if track.duration is not None and track.start + track.duration < stretch.stop - _NOTHING:
            fall = 0.0
    return rise, fall


def _group(told: ToldGroup, groups: dict[str, ToldGroup], reader: Reader) -> SoundGroup:
    reader.effects(told.chain)
    parent = told.parent if told.parent in groups and not _circles(told.id, groups) else None
    return SoundGroup(
        id=told.id,
        volume=reader.volume(told.volume),
        lane=points_of(shifted(reader.lane(told.automation), by=0.0)),
        parent=parent,
    )


def _circles(group: str, groups: dict[str, ToldGroup]) -> bool:
    """Following its parents leads back to it."""
    seen: set[str] = set()
    at: str | None = group
    while at is not None and at in groups and at not in seen:
        seen.add(at)
        at = groups[at].parent
    return at == group
