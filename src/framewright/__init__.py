"""Framewright renders HTML compositions to video, deterministically and fast.

    import framewright

    report = framewright.render("my-title/", "title.mp4", fps=30)
    print(report.output.frames, "frames,", report.unchanged, "of them unchanged")

:func:`render`, :func:`render_batch`, :func:`probe` and :func:`check` block; those that end in ``_async`` are awaited. What goes wrong is
raised as a :class:`FramewrightError` whose ``code`` is for programs and whose ``message`` is for people.
"""

from typing import TYPE_CHECKING

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
from framewright.executors import (
    Assembled,
    Executor,
    Order,
    Pieces,
    render,
    render_async,
    render_batch,
    render_batch_async,
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
    EnvironmentMismatchError,
    ExitCode,
    FramewrightError,
    OutputError,
    PieceError,
    PlanError,
    PlanTooLargeError,
    RenderCancelledError,
    SetupError,
    StoreError,
    UsageError,
)
from framewright.model.events import (
    ChunkState,
    ChunkTold,
    Decided,
    FellBack,
    Finished,
    Progressed,
    RenderEvent,
    SoundTold,
    Stage,
    StageBegan,
    Warned,
)
from framewright.model.frames import FrameRate
from framewright.model.media import AudioFacts, MediaFacts, MediaFailure, MediaUse, VideoFacts
from framewright.model.piece import ChunkResult, SoundResult
from framewright.model.plan import Chunk, Plan, PlanFile
from framewright.model.recording import AnsweredBy, RecordedAnswer
from framewright.model.report import AudioStreamFacts, FileFacts, FootageReport, RenderReport, SoundReport
from framewright.model.settings import Settings
from framewright.model.sound import Dropped, SoundGroup, Sounds, SoundTrack, Unheard
from framewright.model.subtitles import SubtitleFacts, SubtitleFile, SubtitlesMode
from framewright.model.verified import Fault, FileFinding, FilmComparison, FrameDifference, VerifyReport
from framewright.model.webhook import WebhookError, verify_webhook

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
    check_options,
    diagnose,
    mix_sound,
    mix_sound_async,
    open_plan,
    plan,
    plan_async,
    probe,
    probe_async,
    render_chunk,
    render_chunk_async,
    verify,
    verify_async,
)

if TYPE_CHECKING:
    from framewright.client import AsyncClient, Client
    from framewright.executors.temporal.executor import TemporalExecutor

__all__ = [
    "AnsweredBy",
    "AssembleError",
    "AssembleReport",
    "Assembled",
    "AsyncClient",
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
    "Chunk",
    "ChunkResult",
    "ChunkState",
    "ChunkTold",
    "Client",
    "Clip",
    "CompositionError",
    "Decided",
    "Description",
    "DifferingFrame",
    "Dropped",
    "EncoderError",
    "EnvironmentMismatchError",
    "Executor",
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
    "Order",
    "OutputError",
    "PageFacts",
    "PieceError",
    "Pieces",
    "Place",
    "Plan",
    "PlanError",
    "PlanFile",
    "PlanTooLargeError",
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
    "SoundResult",
    "SoundTold",
    "SoundTrack",
    "Sounds",
    "Stage",
    "StageBegan",
    "StoreError",
    "SubtitleFacts",
    "SubtitleFile",
    "SubtitlesMode",
    "TemporalExecutor",
    "Unheard",
    "UsageError",
    "Variable",
    "VariableType",
    "VerifyReport",
    "VideoFacts",
    "Warned",
    "WebhookError",
    "assemble",
    "assemble_async",
    "check",
    "check_async",
    "check_options",
    "diagnose",
    "mix_sound",
    "mix_sound_async",
    "open_plan",
    "plan",
    "plan_async",
    "probe",
    "probe_async",
    "render",
    "render_async",
    "render_batch",
    "render_batch_async",
    "render_chunk",
    "render_chunk_async",
    "verify",
    "verify_async",
    "verify_webhook",
]


def __getattr__(name: str) -> type["AsyncClient | Client | TemporalExecutor"]:
    """What needs an extra, or takes long to load, is loaded when it is asked for."""
    if name == "TemporalExecutor":
        from framewright.executors.temporal.executor import TemporalExecutor as Found

        return Found
    if name in {"AsyncClient", "Client"}:
        from framewright import client

        return client.AsyncClient if name == "AsyncClient" else client.Client
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
