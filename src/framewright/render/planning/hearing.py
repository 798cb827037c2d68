"""What is heard, settled for a plan: found out beside the frames, since it may take as long as they do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from framewright.model.composition import Notice
from framewright.model.output import SOUND_CODECS
from framewright.model.sound import Dropped, SoundPlan, Sounds, Unheard
from framewright.render.choice import Choice
from framewright.render.listening import Listening
from framewright.render.sound_names import named_sounds, named_tracks, names_of, spoken
from framewright.render.sound_plan import plan_sound
from framewright.render.threads import in_thread
from framewright.sound import SoundError, check

if TYPE_CHECKING:
    from types import TracebackType

    from framewright.model.output import Format
    from framewright.model.sound import SoundTrack
    from framewright.render.listening import Heard
    from framewright.render.opening import Opened
    from framewright.render.options import RenderOptions
    from framewright.render.telling import Teller


@dataclass(frozen=True, slots=True)
class SettledSound:
    """What is mixed.

    Attributes:
        mix: its tracks name their sources as people do.
        files: where the bytes of each source are.
        dropped: what could be heard and is not.
    """

    mix: SoundPlan
    files: dict[str, Path]
    dropped: tuple[Dropped, ...]


class Hearing:
    """Finds out what is heard. An async context manager, entered before a picture of the page is captured.

    Args:
        container: of the finished file.
    """

    def __init__(self, opened: Opened, options: RenderOptions, container: Format, teller: Teller) -> None:
        self._opened = opened
        self._options = options
        self._container = container
        self._teller = teller
        self._listener = Listening(opened.theatre, opened)
        self._listens = False

    async def __aenter__(self) -> Self:
        known = len(self._opened.first.description.sounds.tracks) + len(self._options.audio_tracks)
        if self._options.skip_audio:
            if known:
                self._decide(0, "no sound, as asked.")
        elif self._container not in SOUND_CODECS:
            if known:
                self._leave_out(known)
        else:
            self._listens = True
            await self._listener.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._listens:
            await self._listener.__aexit__(kind, error, trace)

    async def settle(self) -> SettledSound | None:
        """What is heard; None: nothing. May run beside the render, and once.

        Raises:
            CompositionError, BrowserError: what is heard could not be found out, or a source cannot be read.
        """
        if not self._listens:
            return None
        heard = await self._listener.listen()
        self._teller.warn(self._opened.theatre.named(heard.notices))
        if not heard.tracks and not self._options.audio_tracks:
            self._tell_nothing(heard)
            return None
        return await self._settle(heard)

    async def _settle(self, heard: Heard) -> SettledSound:
        timing, theatre = self._opened.timing, self._opened.theatre
        added = self._options.audio_tracks
        plan = plan_sound(
            heard.tracks, heard.groups, added, timing.range, timing.rate, loudness=self._options.loudness
        )
        # A plan names no place of this machine: files of the caller go by their last name.
        given = {one.planned().source: Path(one.path) for one in added}
        names = names_of(given, lambda path: Path(path).name, taken=())
        ours = (track.source for track in plan.tracks if track.source not in given)
        addresses = names_of(ours, theatre.shown, taken=names.values())
        files = {name: given[path] for path, name in names.items()}
        for address, name in addresses.items():
            files[name] = await theatre.locate(address)
        dropped = list(named_sounds(Sounds(dropped=heard.dropped), theatre.shown).dropped)
        tracks: list[SoundTrack] = []
        for track in named_tracks(plan.tracks, names | addresses):
            if track.wanted or await in_thread(lambda one=track: _sounds(one, files)):  # type: ignore[misc]
                tracks.append(track)
            else:
                dropped.append(Dropped(name=track.name, source=track.source, why=Unheard.SOUNDLESS))
        used = {track.source: files[track.source] for track in tracks}
        settled = SettledSound(plan.model_copy(update={"tracks": tuple(tracks)}), used, tuple(dropped))
        self._decide(len(tracks), self._reason(settled), dropped)
        return settled

    def _reason(self, sound: SettledSound) -> str:
        count = len(sound.mix.tracks)
        codec = SOUND_CODECS[self._container].value.upper()
        parts = [f"{count} {'track' if count == 1 else 'tracks'} in one mix, as {codec}"]
        if self._options.loudness is not None:
            parts.append(f"brought to {self._options.loudness:g} LUFS")
        if sound.dropped:
            parts.append(f"{len(sound.dropped)} left out: {spoken(sound.dropped)}")
        return f"{'; '.join(parts)}."

    def _tell_nothing(self, heard: Heard) -> None:
        if heard.dropped:
            dropped = named_sounds(Sounds(dropped=heard.dropped), self._opened.theatre.shown).dropped
            self._decide(0, f"nothing is heard: {spoken(dropped)}.", dropped)
        if self._options.loudness is not None:
            message = f"--loudness {self._options.loudness:g} is not followed, since nothing is heard."
            self._teller.warn((Notice(code="OPTION_IGNORED", message=message),))

    def _leave_out(self, count: int) -> None:
        what = "track of sound is" if count == 1 else "tracks of sound are"
        message = (
            f"{self._container} has no sound: {count} {what} left out; mp4, webm and mov have it, "
            "and --skip-audio says that none is wanted."
        )
        self._teller.warn((Notice(code="SOUND_LEFT_OUT", message=message),))

    def _decide(self, tracks: int, reason: str, dropped: list[Dropped] | tuple[Dropped, ...] = ()) -> None:
        self._teller.decide(
            Choice(
                subject="sound",
                choice=tracks,
                inputs={
                    "explicit": len(self._options.audio_tracks),
                    "skip_audio": self._options.skip_audio,
                    "loudness": self._options.loudness,
                    "dropped": [one.model_dump(mode="json") for one in dropped],
                },
                reason=reason,
            )
        )


def _sounds(track: SoundTrack, files: dict[str, Path]) -> bool:
    """Whether a source that need not have sound has some."""
    try:
        check(SoundPlan(tracks=(track.model_copy(update={"group": None}),), samples=0), files)
    except SoundError as error:
        if error.code == "SOUND_NO_AUDIO":
            return False
        raise
    return True
