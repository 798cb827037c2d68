"""One render from end to end: open, choose, capture, encode, name the file, give account."""

from __future__ import annotations

import os
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from framewright.capture import CapturePool, block_length, choose_workers, window_length
from framewright.media import EncoderThread, OutputFile, inspect, open_encoder
from framewright.model.composition import ClipKind
from framewright.model.errors import EncoderError
from framewright.model.events import Finished, Stage
from framewright.model.output import Format
from framewright.model.report import RenderReport, TimeSpent
from framewright.model.sound import SAMPLE_RATE
from framewright.model.subtitles import SubtitlesMode
from framewright.render.added_sound import check_added
from framewright.render.capture_choice import choose_capture, is_secure
from framewright.render.choice import Choice
from framewright.render.crew import Crew
from framewright.render.machine import read_machine
from framewright.render.meter import Pace, SlowestBlock, Watch
from framewright.render.opening import open_composition
from framewright.render.options import CaptureWish
from framewright.render.output_choice import choose_kind, choose_output
from framewright.render.scoring import Scoring
from framewright.render.subtitles import text_tracks
from framewright.render.threads import in_thread, past_stopping

if TYPE_CHECKING:
    from framewright.media import SoundSource
    from framewright.media.subtitles import TextTrack
    from framewright.model.events import FellBack
    from framewright.model.output import OutputSpec
    from framewright.model.report import FileFacts, SoundReport
    from framewright.model.settings import Settings
    from framewright.render.opening import Opened
    from framewright.render.options import RenderOptions
    from framewright.render.telling import Teller
    from framewright.render.turn import Turn


@dataclass(slots=True)
class _Tally:
    """What is counted while frames come in."""

    unchanged: int = 0
    retried_blocks: int = 0
    restarted_workers: int = 0


class Job:
    """One render. Make it, await :meth:`run` once.

    Args:
        composition: a folder with an ``index.html``, an HTML file, or an ``http(s)`` address.
        output: the file, or for an image sequence the folder, that shall stand in the end.
        turn: of the batch that this is a part of, if any.
    """

    def __init__(
        self,
        composition: str,
        output: str | os.PathLike[str],
        options: RenderOptions,
        settings: Settings,
        teller: Teller,
        *,
        turn: Turn | None = None,
    ) -> None:
        self._turn = turn
        self._composition = composition
        self._output = Path(output)
        self._options = options
        self._settings = settings
        self._teller = teller
        self._tally = _Tally()
        self._slowest = SlowestBlock()
        self._watch = Watch()

    async def run(self) -> RenderReport:
        """Render.

        Raises:
            FramewrightError: see :func:`framewright.render`. Then nothing stands under the output's name that did
                not stand there before, and no process of ours is left.
        """
        kind = choose_kind(self._output, self._options)
        await in_thread(lambda: check_added(self._options.audio_tracks))
        self._teller.stage(Stage.OPENING)
        async with AsyncExitStack() as stack:
            # Whoever cannot write finds out before a browser starts.
            target = stack.enter_context(OutputFile(self._output, folder=kind.format is Format.PNG_SEQUENCE))
            opened = await stack.enter_async_context(
                open_composition(self._composition, self._options, self._settings, self._teller, self._turn)
            )
            spec, choice = choose_output(
                kind, self._options, transparent=opened.first.description.transparent
            )
            self._teller.decide(choice)
            crew = self._choose_crew(opened, spec)
            workers = self._choose_workers(opened)
            scoring = await stack.enter_async_context(
                Scoring(opened, self._options, spec.format, self._teller)
            )
            encoder = await in_thread(
                lambda: open_encoder(
                    spec,
                    opened.drawn,
                    opened.timing.rate,
                    target.partial,
                    scoring.source,
                    texts=self._text_tracks(opened),
                ),
                undo=lambda unused: unused.abort(),
            )
            thread = await stack.enter_async_context(EncoderThread(encoder))
            opening = self._watch.lap()
            await self._capture(opened, spec, crew, workers, thread)
            rendering = self._watch.lap()
            self._teller.stage(Stage.FINISHING)
            await thread.finish()
            facts = await in_thread(lambda: self._read_back(target.partial, opened, spec, scoring.source))
            await past_stopping(target.commit)
        busy = min(thread.busy_seconds, rendering)
        time = TimeSpent(
            opening=opening,
            rendering=rendering,
            finishing=self._watch.lap(),
            encoder_busy=busy,
            waiting_for_pictures=rendering - busy,
        )
        report = self._report(facts, opened, workers, crew, time, sound=scoring.report())
        self._teller.tell(Finished(report=report))
        return report

    def _text_tracks(self, opened: Opened) -> tuple[TextTrack, ...]:
        if self._options.subtitles_mode is not SubtitlesMode.TRACK:
            return ()
        return text_tracks(opened.subtitles, opened.timing.range, opened.timing.rate)

    def _read_back(
        self, path: Path, opened: Opened, spec: OutputSpec, sound: SoundSource | None
    ) -> FileFacts:
        """What a reader finds in the file, before it gets its name."""
        facts = inspect(path, opened.timing.rate)
        # GIF readers count a picture that holds once.
        if spec.format is not Format.GIF and facts.frames != len(opened.timing.range):
            raise EncoderError(
                f"The encoder wrote {facts.frames} frames of {len(opened.timing.range)}: use another --codec, and "
                "report this.",
                code="FRAMES_LOST",
            )
        _check_sound(facts, sound)
        # A name that is no UTF-8 cannot stand in JSON as it is.
        told = os.fsencode(self._output).decode("utf-8", "backslashreplace")
        return facts.model_copy(update={"path": told})

    def _choose_crew(self, opened: Opened, spec: OutputSpec) -> Crew:
        kind, choice = choose_capture(
            self._options.capture,
            spec,
            opened.drawn,
            frame_control=opened.house.frame_control,
            secure=is_secure(opened.first.page.address),
        )
        self._teller.decide(choice)
        return Crew(
            opened,
            kind,
            alpha=spec.alpha,
            must_stream=self._options.capture is CaptureWish.STREAM,
            on_fallback=self._fell_back,
        )

    def _choose_workers(self, opened: Opened) -> int:
        machine = read_machine()
        sizing = choose_workers(
            requested=self._options.workers,
            cores=machine.cores,
            memory=machine.available,
            frames=len(opened.timing.range),
            size=opened.drawn,
            footage=any(clip.kind is ClipKind.VIDEO for clip in opened.first.description.clips),
        )
        self._teller.decide(
            Choice(
                subject="workers",
                choice=sizing.workers,
                inputs={**sizing.inputs, "limits_from": machine.source},
                reason=f"{sizing.workers} side by side; what sets the number: {sizing.limit}.",
            )
        )
        return sizing.workers

    async def _capture(
        self, opened: Opened, spec: OutputSpec, crew: Crew, workers: int, encoder: EncoderThread
    ) -> None:
        """Bring every picture to the encoder, in order."""
        frames = opened.timing.range
        block = block_length(opened.drawn)
        pool = CapturePool(
            crew.open_worker,
            frames,
            workers=workers,
            block=block,
            window=window_length(opened.drawn, spec.layout, workers=workers, block=block),
            on_incident=self._fell_back,
            on_block=self._slowest.note,
        )
        self._teller.stage(Stage.RENDERING)
        pace = Pace(len(frames))
        async with aclosing(pool.frames()) as pictures:
            async for frame, picture in pictures:
                await encoder.put(picture)
                self._tally.unchanged += picture is None
                progress = pace.advance(frame + 1 - frames.start)
                if progress is not None:
                    self._teller.tell(progress)

    def _fell_back(self, event: FellBack) -> None:
        self._tally.retried_blocks += event.code in {"RUN_REPEATED", "RUN_BY_SCREENSHOT", "WORKER_RESTARTED"}
        self._tally.restarted_workers += event.code == "WORKER_RESTARTED"
        self._teller.fall_back(event)

    def _report(
        self,
        facts: FileFacts,
        opened: Opened,
        workers: int,
        crew: Crew,
        time: TimeSpent,
        *,
        sound: SoundReport | None,
    ) -> RenderReport:
        return RenderReport(
            output=facts,
            frames=len(opened.timing.range),
            unchanged=self._tally.unchanged,
            workers=workers,
            capture=crew.kind.value,
            mode=opened.mode.value,
            seconds=self._watch.total,
            time=time,
            retried_blocks=self._tally.retried_blocks,
            restarted_workers=self._tally.restarted_workers,
            slowest=self._slowest.slowest,
            sound=sound,
            subtitles=opened.subtitle_facts,
            footage=opened.theatre.footage,
            notices=self._teller.notices,
        )


def _check_sound(facts: FileFacts, sound: SoundSource | None) -> None:
    """The file's sound is as long as it was made, to the sample."""
    found = 0 if facts.sound is None else round(facts.sound.seconds * SAMPLE_RATE)
    wanted = 0 if sound is None else sound.samples
    # Matroska cannot say how little of a single packet of Opus is heard.
    if abs(found - wanted) > (0 if wanted > SAMPLE_RATE // 10 else SAMPLE_RATE // 50):
        raise EncoderError(
            f"The sound of the file has {found} samples in place of {wanted}: use another --format or --skip-audio, and "
            "report this.",
            code="SOUND_LOST",
        )
