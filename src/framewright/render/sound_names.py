"""How sound is spoken of to people: files by the names that authors gave them, and in plain words why something is not heard."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from framewright.model.sound import Unheard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from framewright.model.composition import Clip, Description
    from framewright.model.media import MediaUse
    from framewright.model.sound import Dropped, Sounds, SoundTrack

    _Told = TypeVar("_Told", SoundTrack, Dropped, MediaUse, Clip)

_MOST_NAMES = 3
_WHY = {
    Unheard.MUTED: "muted",
    Unheard.HIDDEN: "hidden",
    Unheard.UNSEEN: "never shown",
    Unheard.SILENT: "at volume 0",
    Unheard.SOUNDLESS: "without sound in the source",
    Unheard.SOURCELESS: "without a source",
    Unheard.REFUSED: "by data-has-audio or data-helios-no-audio",
    Unheard.UNPLAYED: "that nobody plays",
    Unheard.TRIMMED: "with nothing behind the trim",
    Unheard.GROUP_HIDDEN: "in a hidden group",
}


def spoken(dropped: Iterable[Dropped]) -> str:
    """What is not heard, by reasons: ``2 muted (#a, #b), 1 at volume 0 (#c)``."""
    names: dict[Unheard, list[str]] = {}
    for one in dropped:
        names.setdefault(one.why, []).append(one.name)
    return ", ".join(f"{len(found)} {_WHY[why]} ({_some(found)})" for why, found in names.items())


def _some(names: Sequence[str]) -> str:
    # Elements without an id may share a name, which is told once.
    different = list(dict.fromkeys(names))
    more = len(different) - _MOST_NAMES
    return ", ".join(different[:_MOST_NAMES] + ([f"{more} more"] if more > 0 else []))


def names_of(
    addresses: Iterable[str], shown: Callable[[str], str], *, taken: Iterable[str]
) -> dict[str, str]:
    """A name for each address, as an author would name it; no two are alike, and none is one of ``taken``."""
    names: dict[str, str] = {}
    known = set(taken)
    for address in dict.fromkeys(addresses):
        name = told = shown(address)
        count = 1
        while told in known:
            count += 1
            told = f"{name} ({count})"
        names[address] = told
        known.add(told)
    return names


def named_tracks(tracks: Iterable[SoundTrack], names: Mapping[str, str]) -> Iterable[SoundTrack]:
    """The same, each source by its name where it has one."""
    for track in tracks:
        yield track.model_copy(update={"source": names.get(track.source, track.source)})


def named_sounds(sounds: Sounds, shown: Callable[[str], str]) -> Sounds:
    """The same, each source as an author would name it."""
    return sounds.model_copy(
        update={
            "tracks": tuple(_named(one, shown) for one in sounds.tracks),
            "dropped": tuple(_named(one, shown) for one in sounds.dropped),
        }
    )


def named_media(media: Iterable[MediaUse], shown: Callable[[str], str]) -> tuple[MediaUse, ...]:
    """The same, each source as an author would name it."""
    return tuple(_named(use, shown) for use in media)


def named_description(page: Description, shown: Callable[[str], str]) -> Description:
    """The same, each source as an author would name it."""
    return page.model_copy(
        update={
            "clips": tuple(_named(clip, shown) for clip in page.clips),
            "media": named_media(page.media, shown),
            "sounds": named_sounds(page.sounds, shown),
        }
    )


def _named(told: _Told, shown: Callable[[str], str]) -> _Told:
    return told if told.source is None else told.model_copy(update={"source": shown(told.source)})
