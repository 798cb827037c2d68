"""Tracks that are read by other processes: decoders and Python then use all cores, and crash without us."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from framewright.sound.errors import Origin, SoundError
from framewright.sound.process import PATIENCE
from framewright.sound.reading import Part
from framewright.sound.wire import HEAD, Kind, Order, Slots

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from framewright.model.sound import SoundPlan

# Without the package's public face, which would take longer to import than all that is needed.
_BEGIN = (
    "import sys, types; package = types.ModuleType('framewright'); package.__path__ = [sys.argv[3]]; "
    "sys.modules['framewright'] = package; from framewright.sound.process import main; main()"
)
_PACKAGE = Path(__file__).parents[1]
_LOOKS_UP_EVERY = 0.1
_GOES_WITHIN = 5.0
_FEWEST_SLOTS, _MOST_SLOTS = 8, 64


class ReadingElsewhere:
    """A :class:`~framewright.sound.reading.Reading` by several processes. What is read does not depend on how many.

    Args:
        shares: the numbers of the tracks that each of them reads.
        first, stop, block: the blocks that will be asked for.
        look: called while it waits; what it raises ends the wait.

    Raises:
        OSError: no process can be started here.
    """

    def __init__(
        self,
        plan: SoundPlan,
        files: Mapping[str, Path],
        shares: Sequence[tuple[int, ...]],
        *,
        first: int,
        stop: int,
        block: int,
        look: Callable[[], None],
    ) -> None:
        self._processes: list[_Process] = []
        try:
            for numbers in shares:
                tracks = tuple(plan.tracks[number] for number in numbers)
                slots = max(_FEWEST_SLOTS, min(_MOST_SLOTS, 4 * len(numbers)))
                own = plan.model_copy(update={"tracks": tracks})
                order = Order(own, numbers, files, first, stop, block, slots)
                self._processes.append(_Process(order, look))
            for process in self._processes:
                process.begin()
        except BaseException:
            self.close()
            raise

    def between(self, first: int, stop: int) -> Iterator[Part]:
        """See :meth:`~framewright.sound.reading.Reading.between`."""
        del stop
        while True:
            process = min(self._processes, key=_Process.reached)
            if process.reached()[0] != first:
                return
            yield process.take()

    def close(self) -> None:
        """End all processes."""
        for process in self._processes:
            process.end()


class _Process:
    """One of them."""

    def __init__(self, order: Order, look: Callable[[], None]) -> None:
        self._order = order
        self._look = look
        self._unread = b""
        self._head: tuple[int, int, int, int, int] | None = None
        self._taken = 0
        written, shared = os.memfd_create("order"), os.memfd_create("sound")
        try:
            os.write(written, order.written())
            os.lseek(written, 0, os.SEEK_SET)
            os.ftruncate(shared, Slots.bytes_of(order))
            self._slots = Slots(shared, order)
            self._slots.working_on = order.numbers[0]
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-c", _BEGIN, str(written), str(shared), str(_PACKAGE)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                pass_fds=(written, shared),
                env=os.environ
                | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "OPENBLAS_NUM_THREADS": "1"},
                start_new_session=True,  # Ctrl-C is for the mix, which ends it
                bufsize=0,
            )
        finally:
            os.close(written)
            os.close(shared)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._in, self._out = self._process.stdin, self._process.stdout
        self._coming = select.poll()
        self._coming.register(self._out, select.POLLIN)

    def begin(self) -> None:
        """Wait until it is there.

        Raises:
            OSError: it cannot be.
        """
        try:
            self._receive(HEAD.size)
        except SoundError as error:
            raise OSError(f"a process for reading sound did not begin: {error}") from error

    def reached(self) -> tuple[int, int]:
        """The block and the track of what it gives next; waits until that is known.

        Raises:
            SoundError: it crashed, or stands still.
        """
        if self._head is None:
            self._head = HEAD.unpack(self._receive(HEAD.size))
        return self._head[1], self._head[2]

    def take(self) -> Part:
        """What it gives next. Right until the next one is taken.

        Raises:
            SoundError: the track cannot be read.
        """
        assert self._head is not None
        kind, _, track, low, count = self._head
        if kind == Kind.FAILURE:
            told = json.loads(self._receive(count))
            if not told["code"]:
                raise ValueError(told["message"])
            raise SoundError(told["message"], code=told["code"])
        self._head = None
        # In one go for several: each wakes the process up.
        if self._taken >= self._order.slots // 4:
            with contextlib.suppress(BrokenPipeError):  # told when its output is read
                os.write(self._in.fileno(), bytes(self._taken))
            self._taken = 0
        self._taken += 1
        return Part(track, low, self._slots.next(count))

    def end(self) -> None:
        """End it, whatever it does."""
        self._process.kill()
        for pipe in (self._in, self._out):
            with contextlib.suppress(OSError):
                pipe.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_GOES_WITHIN)

    def _receive(self, size: int) -> bytes:
        while len(self._unread) < size:
            self._wait()
            more = os.read(self._out.fileno(), 65_536)
            if not more:
                raise self._gone()
            self._unread += more
        received, self._unread = self._unread[:size], self._unread[size:]
        return received

    def _wait(self) -> None:
        until = time.monotonic() + PATIENCE + _GOES_WITHIN
        while not self._coming.poll(_LOOKS_UP_EVERY * 1000):
            self._look()
            if time.monotonic() > until:  # it should have ended itself by now
                self._process.send_signal(signal.SIGALRM)
                raise self._gone()

    def _gone(self) -> SoundError:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_GOES_WITHIN)
        number = self._order.numbers.index(self._slots.working_on)
        track = self._order.plan.tracks[number]
        slow = self._process.returncode == -signal.SIGALRM
        reason = f"keeps its decoder busy for {PATIENCE} seconds" if slow else "makes its decoder crash"
        return Origin(track.name, track.source, self._order.files[track.source]).error(
            "SOUND_CORRUPT", reason
        )
