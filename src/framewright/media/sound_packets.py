"""From a source of sound to its packets, one after the other, in whatever thread asks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import av

from framewright.media.codec_log import complaint
from framewright.model.errors import EncoderError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from av.packet import Packet
    from numpy.typing import NDArray

    from framewright.media.sound_encoder import SoundEncoder
    from framewright.media.sound_source import Pulse, SoundSource


def sound_packets(source: SoundSource, encoder: SoundEncoder, pulse: Pulse) -> Iterator[Packet[Any]]:
    """All packets of a sound. Close it, or go through to the end: its files are closed with it.

    Raises:
        StoppedError: the pulse was stopped.
        EncoderError: ``SOUND_FAILED``, ``SOUND_LENGTH``, ``ENCODER_FAILED``.
        whatever else mixing raised.
    """
    for block in _mixed(source, pulse):
        pulse.beat()
        yield from encoder.encode(block)
    yield from encoder.finish()


def _mixed(source: SoundSource, pulse: Pulse) -> Iterator[NDArray[np.float32]]:
    blocks = source.blocks(pulse)
    try:
        yield from blocks
    except (av.FFmpegError, OSError, ValueError) as error:
        # Whoever writes the file would take it for an error of his own.
        raise EncoderError(
            f"The sound could not be mixed: {complaint(error)}.", code="SOUND_FAILED"
        ) from error
    finally:
        if (close := getattr(blocks, "close", None)) is not None:
            close()  # files are closed in the thread that reads them
