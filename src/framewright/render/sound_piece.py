"""The sound of a plan, mixed and encoded into a piece beside the chunks."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from typing import TYPE_CHECKING

from framewright.media import Pulse, StoppedError, read_sound_piece, write_sound_piece
from framewright.model.errors import PlanError, StalledError
from framewright.model.logs import get_logger
from framewright.model.piece import SoundResult
from framewright.render.committing import attempt_at, commit, committed, file_digest
from framewright.render.mixing import Mixing, Score
from framewright.render.threads import in_thread, past_stopping

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from framewright.model.plan import Plan
    from framewright.render.bundle import Bundle

_TELL_EVERY = 0.5
_PATIENCE = 5.0
_log = get_logger(__name__)


async def mix_sound(
    plan: Plan,
    bundle: Bundle,
    path: Path,
    *,
    stall_seconds: float = 120.0,
    on_progress: Callable[[float], None] = lambda _: None,
) -> SoundResult:
    """Mix the sound of a plan and encode it for its output, unless that is done already.

    The same plan gives the same bytes, wherever. Several may do the same at once; the last one to finish writes what the
    others wrote.

    Args:
        bundle: where the files of the mix are.
        path: where the piece shall stand, in a folder that exists; its account stands beside it once it is finished.
        stall_seconds: without anything being done, after which it is given up.
        on_progress: told how much is done, from 0 to 1, every half second.

    Raises:
        PlanError: ``PLAN_SOUNDLESS``: the plan has no sound.
        CompositionError: a source cannot be read; it names the element, the file and the reason.
        StalledError: ``SOUND_STALLED``.
        EncoderError: the sound could not be encoded.
        OutputError: the piece cannot be written.

    Whatever is raised, or when this is cancelled: nothing is left of the attempt.
    """
    sound, key = plan.sound, plan.digests.audio
    if sound is None or key is None:
        raise PlanError("The plan has no sound to be mixed: assemble it without one.", code="PLAN_SOUNDLESS")
    began = time.perf_counter()
    if (found := await in_thread(lambda: committed(path, key, SoundResult))) is not None:
        _log.info("sound_found", samples=found.samples)
        return found
    mixing = Mixing(sound.mix.samples)
    mixing.begin(Score(sound.mix, bundle.sources, sound.dropped))
    attempt = attempt_at(path)
    try:
        await _Work(lambda pulse: write_sound_piece(plan.output.format, mixing.source, attempt, pulse)).ended(
            lambda: on_progress(mixing.fraction), stall_seconds
        )

        def account() -> SoundResult:
            return SoundResult(
                key=key,
                digest=file_digest(attempt),
                bytes=attempt.stat().st_size,
                samples=sound.mix.samples,
                codec=read_sound_piece(attempt).codec,
                report=mixing.report(),
                seconds=round(time.perf_counter() - began, 3),
            )

        result = await in_thread(account)
        await past_stopping(lambda: commit(attempt, path, result))
    finally:
        with contextlib.suppress(OSError):
            attempt.unlink(missing_ok=True)
    return result


class _Work:
    """A long work in a thread of its own that can be given up."""

    def __init__(self, work: Callable[[Pulse], None]) -> None:
        self._work = work
        self._pulse = Pulse()
        self._loop = asyncio.get_running_loop()
        self._done = asyncio.Event()
        self._failure: BaseException | None = None
        # A daemon: a codec that never returns must not keep the process from ending.
        self._thread = threading.Thread(target=self._run, name="sound", daemon=True)

    async def ended(self, tell: Callable[[], None], stall_seconds: float) -> None:
        """Do it to its end.

        Raises:
            StalledError: ``SOUND_STALLED``: it did not beat for ``stall_seconds``.
            whatever the work raised, or who is told.
        """
        self._thread.start()
        seen, since = self._pulse.beats, time.monotonic()
        try:
            while not await self._done_within(min(_TELL_EVERY, stall_seconds / 4)):
                tell()
                if (now := self._pulse.beats) != seen:
                    seen, since = now, time.monotonic()
                elif time.monotonic() - since > stall_seconds:
                    raise StalledError(
                        f"The mix of the sound stood still for {stall_seconds:g} seconds: "
                        "see whether its files can be read.",
                        code="SOUND_STALLED",
                    )
        finally:
            await self._give_up()
        if self._failure is not None:
            raise self._failure
        tell()

    async def _give_up(self) -> None:
        """Wait for the step in work; then the thread is left behind."""
        self._pulse.stop()
        if await self._done_within(_PATIENCE):
            self._thread.join(_PATIENCE)  # it is at its last line
        else:
            _log.warning("sound_abandoned", patience=_PATIENCE)

    async def _done_within(self, seconds: float) -> bool:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._done.wait()
        return self._done.is_set()

    def _run(self) -> None:
        try:
            self._work(self._pulse)
        except StoppedError:
            pass
        except BaseException as error:  # noqa: BLE001 -- raised again where it is waited for
            self._failure = error
        with contextlib.suppress(RuntimeError):  # the loop may be closed by now
            self._loop.call_soon_threadsafe(self._done.set)
