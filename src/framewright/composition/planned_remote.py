"""What answers for other origins when a plan is followed: its recording, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from framewright.composition.remote.locating import locate_file
from framewright.composition.remote.replay import Replay

if TYPE_CHECKING:
    from pathlib import Path

    from framewright.browser import Answer, Refusal, Request
    from framewright.model.recording import Recording
    from framewright.stores import BlobFolder


class PlannedRemote:
    """The answerer of every page of a plan. Needs no network.

    Args:
        blobs: holds the bodies.
        strict: an address that is not in the recording ends the render.
    """

    def __init__(self, recording: Recording, blobs: BlobFolder, *, strict: bool) -> None:
        self._replay = Replay(recording, blobs, strict=strict)
        self._blobs = blobs

    async def answer(self, request: Request) -> Answer | Refusal:
        """The recorded answer to a request of any page."""
        return await self._replay.answer(request)

    async def locate(self, address: str, origin: str) -> Path | Refusal:
        """The file that a page's media of another origin come from."""
        return await locate_file(self._replay, self._blobs, address, origin)
