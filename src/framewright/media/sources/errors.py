"""What can be wrong with a source: found below as a fault, told to the author as an error that names the file."""

from __future__ import annotations

import av

from framewright.media.codec_log import complaint
from framewright.model.errors import CompositionError


class SourceError(CompositionError):
    """A source of video or sound cannot be read.

    Its code is one of ``SOURCE_MISSING``, ``SOURCE_EMPTY``, ``SOURCE_INVALID`` (no media), ``SOURCE_CORRUPT``,
    ``SOURCE_UNSUPPORTED`` (its codec), ``SOURCE_NO_VIDEO``, ``SOURCE_TOO_LARGE`` (its pictures), ``SOURCE_STALLED``
    (its decoder makes no progress).
    """


class SourceFault(Exception):  # noqa: N818 - never seen outside: it becomes a SourceError
    """A reason without the name of the file, since one file has many names.

    Attributes:
        code: of the error that it becomes.
        reason: how the sentence goes on behind the name, without a full stop: ``is empty: …``.
    """

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason

    def named(self, shown: str) -> SourceError:
        """The error for an author who calls the file ``shown``."""
        return SourceError(f"The source {shown} {self.reason}.", code=self.code)


def fault_of(error: BaseException) -> SourceFault:
    """What an error of FFmpeg or of the system says of a file that was being opened."""
    if isinstance(error, SourceFault):
        return error
    if isinstance(error, FileNotFoundError):
        return SourceFault("SOURCE_MISSING", "is missing: put the file there, or mend the address")
    if isinstance(error, PermissionError):
        return SourceFault("SOURCE_MISSING", "may not be read by this user")
    if isinstance(error, (av.error.DecoderNotFoundError, av.error.PatchWelcomeError)):
        return SourceFault("SOURCE_UNSUPPORTED", f"needs something that FFmpeg lacks: {complaint(error)}")
    said = complaint(error)
    if "whitelist" in said:
        # FFmpeg would list all that is allowed.
        said = "it is a playlist, text, or of a kind that holds no pictures or sound of its own"
    return SourceFault("SOURCE_INVALID", f"is no video, picture or sound that can be read: {said}")
