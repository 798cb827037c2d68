"""Sound is mixed and encoded in a thread of its own, ahead of the pictures, and waits in a bounded queue."""

from __future__ import annotations

import queue
import threading
from typing import TYPE_CHECKING, Any

from framewright.media.sound_packets import sound_packets
from framewright.media.sound_source import Pulse, StoppedError
from framewright.model.logs import get_logger

if TYPE_CHECKING:
    from av.packet import Packet

    from framewright.media.sound_encoder import SoundEncoder
    from framewright.media.sound_source import SoundSource

# Some ten seconds of compressed sound, 3 MB of PCM.
CAPACITY = 512
_LOOKS_UP_EVERY = 0.1
_log = get_logger(__name__)


class SoundThread:
    """Makes the packets of a file's sound.

    Args:
        encoder: belongs to the thread from now on.
        capacity: packets that may wait.
    """

    def __init__(self, source: SoundSource, encoder: SoundEncoder, *, capacity: int = CAPACITY) -> None:
        self._source = source
        self._encoder = encoder
        self._queue: queue.Queue[Packet[Any] | None] = queue.Queue(capacity)
        self._pulse = Pulse()
        self._failure: BaseException | None = None
        # A daemon: a codec that never returns must not keep the process from ending.
        self._thread = threading.Thread(target=self._run, name="sound", daemon=True)
        self._thread.start()

    @property
    def progress(self) -> int:
        """A number that grows whenever anything was done."""
        return self._pulse.beats

    def take(self, *, wait: bool) -> Packet[Any] | None:
        """The next packet; None behind the last one.

        Raises:
            queue.Empty: it is not made yet; never with ``wait``.
            StoppedError: the thread was interrupted or closed.
            whatever the source or the encoder raised.
        """
        while True:
            self.check()
            try:
                return self._queue.get(block=wait, timeout=_LOOKS_UP_EVERY)
            except queue.Empty:
                if not wait:
                    raise

    def check(self) -> None:
        """Tell of a failure as soon as it is known, whatever still waits before it.

        Raises:
            as :meth:`take`.
        """
        if self._pulse.stopped:
            raise StoppedError
        if self._failure is not None:
            raise self._failure

    def interrupt(self) -> None:
        """End the work, and the wait for it, soon. From any thread."""
        self._pulse.stop()

    def close(self, patience: float = 2.0) -> None:
        """Give up what is not done. Waits ``patience`` seconds at most; then the thread is left behind."""
        self._pulse.stop()
        self._thread.join(patience)
        if self._thread.is_alive():
            _log.warning("sound_abandoned", patience=patience)

    def _run(self) -> None:
        try:
            for packet in sound_packets(self._source, self._encoder, self._pulse):
                self._put(packet)
            self._put(None)
        except StoppedError:
            return
        except BaseException as error:  # noqa: BLE001 -- raised again where the packets are taken
            self._failure = error

    def _put(self, packet: Packet[Any] | None) -> None:
        while True:
            try:
                self._queue.put(packet, timeout=_LOOKS_UP_EVERY)
            except queue.Full:
                if self._pulse.stopped:
                    raise StoppedError from None
            else:
                self._pulse.beat()
                return
