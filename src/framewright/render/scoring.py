"""The sound of one render: whether there is any, what is heard, where its bytes are; found out beside the frames."""

from __future__ import annotations

import asyncio
import contextlib
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from framewright.model.composition import Notice
from framewright.model.output import SOUND_CODECS
from framewright.model.sound import Dropped, SoundPlan, Sounds, Unheard
from framewright.render.added_sound import files_of
from framewright.render.choice import Choice
from framewright.render.listening import Listening
from framewright.render.mixing import Mixing, Score
from framewright.render.sound_names import named_sounds, named_tracks, names_of, spoken
from framewright.render.sound_plan import plan_sound
from framewright.render.threads import in_thread
from framewright.sound import SoundError, check

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from framewright.media import SoundSource
    from framewright.model.output import Format
    from framewright.model.report import SoundReport
    from framewright.model.sound import SoundTrack
    from framewright.render.listening import Heard
    from framewright.render.opening import Opened
    from framewright.render.options import RenderOptions
    from framewright.render.telling import Teller


class Scoring:
    """Finds out what is heard while frames render. An async context manager; leaving it gives up what is not done.

    Entering waits only where nobody knows yet whether anything is heard at all.

    Args:
        container: of the file.

    Raises:
        CompositionError, BrowserError: on entry, or by the file's sound: what is heard could not be found out, or a source
            cannot be read.
    """

    def __init__(self, opened: Opened, options: RenderOptions, container: Format, teller: Teller) -> None:
        self._opened = opened
        self._options = options
        self._container = container
        self._teller = teller
        self._mixing: Mixing | None = None
        self._listener = Listening(opened.theatre, opened)
        self._resources = AsyncExitStack()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        known = len(self._opened.first.description.sounds.tracks) + len(self._options.audio_tracks)
        if self._options.skip_audio:
            if known:
                self._decide(0, "no sound, as asked.")
            return self
        if self._container not in SOUND_CODECS:
            if known:
                self._leave_out(known)
            return self
        await self._resources.enter_async_context(self._listener)
        if known:
            self._mixing = mixing = Mixing(self._plan(None).samples)
            self._task = asyncio.create_task(self._find_out(mixing))
            return self
        heard = await self._listener.listen()
        if heard.tracks:
            self._mixing = Mixing(self._plan(None).samples)
            self._mixing.begin(await self._score(heard))
        else:
            self._tell_nothing(heard)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if self._task is not None:
                self._task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await self._task
        finally:
            await self._resources.aclose()

    @property
    def source(self) -> SoundSource | None:
        """For the file; None: it has no sound."""
        return None if self._mixing is None else self._mixing.source

    def report(self) -> SoundReport | None:
        """The account, once the file is finished; None: it has no sound."""
        return None if self._mixing is None else self._mixing.report()

    async def _find_out(self, mixing: Mixing) -> None:
        try:
            mixing.begin(await self._score(await self._listener.listen()))
        except BaseException as error:
            mixing.fail(error)  # the file tells of it, with the next frame that it takes
            if isinstance(error, asyncio.CancelledError):
                raise

    def _plan(self, heard: Heard | None) -> SoundPlan:
        timing = self._opened.timing
        return plan_sound(
            heard.tracks if heard else (),
            heard.groups if heard else (),
            self._options.audio_tracks,
            timing.range,
            timing.rate,
            loudness=self._options.loudness,
        )

    async def _score(self, heard: Heard) -> Score:
        self._teller.warn(heard.notices)
        plan = self._plan(heard)
        files = files_of(self._options.audio_tracks)
        tracks: list[SoundTrack] = []
        theatre = self._opened.theatre
        dropped = list(named_sounds(Sounds(dropped=heard.dropped), theatre.shown).dropped)
        ours = (track.source for track in plan.tracks if track.source not in files)
        names = names_of(ours, theatre.shown, taken=files)
        for address, name in names.items():
            files[name] = await theatre.locate(address)
        for track in named_tracks(plan.tracks, names):
            if track.wanted or await in_thread(lambda one=track: _sounds(one, files)):  # type: ignore[misc]
                tracks.append(track)
            else:
                dropped.append(Dropped(name=track.name, source=track.source, why=Unheard.SOUNDLESS))
        score = Score(plan.model_copy(update={"tracks": tuple(tracks)}), files, tuple(dropped))
        self._decide(len(tracks), self._reason(score), dropped)
        return score

    def _reason(self, score: Score) -> str:
        count = len(score.plan.tracks)
        codec = SOUND_CODECS[self._container].value.upper()
        parts = [f"{count} {'track' if count == 1 else 'tracks'} in one mix, as {codec}"]
        if self._options.loudness is not None:
            parts.append(f"brought to {self._options.loudness:g} LUFS")
        if score.dropped:
            parts.append(f"{len(score.dropped)} left out: {spoken(score.dropped)}")
        return f"{'; '.join(parts)}."

    def _tell_nothing(self, heard: Heard) -> None:
        self._teller.warn(heard.notices)
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
