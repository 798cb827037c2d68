"""Framewright renders HTML compositions to video, deterministically and fast.

    import framewright

    report = framewright.render("my-title/", "title.mp4", fps=30)
    print(report.output.frames, "frames,", report.unchanged, "of them unchanged")

:func:`render`, :func:`render_batch`, :func:`probe` and :func:`check` block; those that end in ``_async`` are awaited. What goes wrong is
raised as a :class:`FramewrightError` whose ``code`` is for programs and whose ``message`` is for people.
"""

from framewright.check import (
    AuditFacts,
    CheckReport,
    DifferingFrame,
    Finding,
    PageFacts,
    Place,
    Severity,
    check,
    check_async,
)
from framewright.model.assembled import AssembleReport
from framewright.model.batch import (
    BatchEvent,
    BatchFinished,
    BatchReport,
    Failure,
    RowBegan,
    RowFailed,
    RowResult,
    RowTold,
)
from framewright.model.composition import Clip, Description, FontUse, Notice, Variable, VariableType
from framewright.model.errors import (
    AssembleError,
    BrowserError,
    CompositionError,
    EncoderError,
    ExitCode,
    FramewrightError,
    OutputError,
    PieceError,
    PlanError,
    RenderCancelledError,
    SetupError,
    UsageError,
)
from framewright.model.events import (
    Decided,
    FellBack,
    Finished,
    Progressed,
    RenderEvent,
    Stage,
    StageBegan,
    Warned,
)
from framewright.model.frames import FrameRate
from framewright.model.media import AudioFacts, MediaFacts, MediaFailure, MediaUse, VideoFacts
from framewright.model.recording import AnsweredBy, RecordedAnswer
from framewright.model.report import AudioStreamFacts, FileFacts, FootageReport, RenderReport, SoundReport
from framewright.model.settings import Settings
from framewright.model.sound import Dropped, SoundGroup, Sounds, SoundTrack, Unheard
from framewright.model.subtitles import SubtitleFacts, SubtitleFile, SubtitlesMode
from framewright.model.verified import Fault, FileFinding, FilmComparison, FrameDifference, VerifyReport

# Two functions take the names of the rooms that they come from; what else those rooms have is named here.
from framewright.render import (
    AudioTrack,
    BatchListener,
    CancelToken,
    Check,
    CheckState,
    Listener,
    MediaAccount,
    ProbeResult,
    RenderOptions,
    assemble,
    assemble_async,
    diagnose,
    probe,
    probe_async,
    render,
    render_async,
    render_batch,
    render_batch_async,
    verify,
    verify_async,
)

__all__ = [
    "AnsweredBy",
    "AssembleError",
    "AssembleReport",
    "AudioFacts",
    "AudioStreamFacts",
    "AudioTrack",
    "AuditFacts",
    "BatchEvent",
    "BatchFinished",
    "BatchListener",
    "BatchReport",
    "BrowserError",
    "CancelToken",
    "Check",
    "CheckReport",
    "CheckState",
    "Clip",
    "CompositionError",
    "Decided",
    "Description",
    "DifferingFrame",
    "Dropped",
    "EncoderError",
    "ExitCode",
    "Failure",
    "Fault",
    "FellBack",
    "FileFacts",
    "FileFinding",
    "FilmComparison",
    "Finding",
    "Finished",
    "FontUse",
    "FootageReport",
    "FrameDifference",
    "FrameRate",
    "FramewrightError",
    "Listener",
    "MediaAccount",
    "MediaFacts",
    "MediaFailure",
    "MediaUse",
    "Notice",
    "OutputError",
    "PageFacts",
    "PieceError",
    "Place",
    "PlanError",
    "ProbeResult",
    "Progressed",
    "RecordedAnswer",
    "RenderCancelledError",
    "RenderEvent",
    "RenderOptions",
    "RenderReport",
    "RowBegan",
    "RowFailed",
    "RowResult",
    "RowTold",
    "Settings",
    "SetupError",
    "Severity",
    "SoundGroup",
    "SoundReport",
    "SoundTrack",
    "Sounds",
    "Stage",
    "StageBegan",
    "SubtitleFacts",
    "SubtitleFile",
    "SubtitlesMode",
    "Unheard",
    "UsageError",
    "Variable",
    "VariableType",
    "VerifyReport",
    "VideoFacts",
    "Warned",
    "assemble",
    "assemble_async",
    "check",
    "check_async",
    "diagnose",
    "probe",
    "probe_async",
    "render",
    "render_async",
    "render_batch",
    "render_batch_async",
    "verify",
    "verify_async",
]
