"""Answers from a recording and from nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from framewright.browser import Answer, Refusal
from framewright.composition.remote.exchange import Key, key_of
from framewright.composition.remote.recorder import show

if TYPE_CHECKING:
    from framewright.browser import Request
    from framewright.model.recording import RecordedAnswer, Recording
    from framewright.stores.blobs import BlobFolder

_SHORT = 300


class Replay:
    """The answerer of every browser after the first. Needs no network, and gives each of them the same.

    Args:
        blobs: holds the bodies.
        strict: an address that is not in the recording ends the render; else it fails, as if nobody answered.
    """

    def __init__(self, recording: Recording, blobs: BlobFolder, *, strict: bool) -> None:
        self._answers = {Key(one.method, one.url, one.sent): one for one in recording.answers}
        self._blobs = blobs
        self._strict = strict

    async def answer(self, request: Request) -> Answer | Refusal:
        """The recorded answer."""
        found = await self.find(request)
        return found if isinstance(found, Refusal) else await show(found, self._blobs, request)

    async def find(self, request: Request) -> RecordedAnswer | Refusal:
        """As :meth:`answer`, with the body where it lies."""
        recorded = self._answers.get(key_of(request))
        if recorded is not None:
            return recorded
        return Refusal(
            code="REMOTE_UNKNOWN",
            message=f"{request.url[:_SHORT]} was asked for only after the page was ready, and is answered with a failure: "
            "let the page ask for it while it loads.",
            fatal=self._strict,
        )
