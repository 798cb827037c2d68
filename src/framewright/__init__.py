"""Framewright renders HTML compositions to video, deterministically and fast.

    import framewright

    report = framewright.render("my-title/", "title.mp4", fps=30)
    print(report.output.frames, "frames,", report.unchanged, "of them unchanged")

:func:`render` and :func:`probe` block; :func:`render_async` and :func:`probe_async` are awaited. What goes wrong is
raised as a :class:`FramewrightError` whose ``code`` is for programs and whose ``message`` is for people.
"""

from framewright.model.composition import Clip, Description, Notice, Variable, VariableType
from framewright.model.errors import (
    BrowserError,
    CompositionError,
    EncoderError,
    ExitCode,
    FramewrightError,
    OutputError,
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
from framewright.model.report import FileFacts, RenderReport
from framewright.model.settings import Settings

# The function takes the name of the room that it comes from; what else that room has is named here.
from framewright.render import (
    CancelToken,
    Check,
    CheckState,
    Listener,
    ProbeResult,
    RenderOptions,
    diagnose,
    probe,
    probe_async,
    render,
    render_async,
)

__all__ = [
    "BrowserError",
    "CancelToken",
    "Check",
    "CheckState",
    "Clip",
    "CompositionError",
    "Decided",
    "Description",
    "EncoderError",
    "ExitCode",
    "FellBack",
    "FileFacts",
    "Finished",
    "FrameRate",
    "FramewrightError",
    "Listener",
    "Notice",
    "OutputError",
    "ProbeResult",
    "Progressed",
    "RenderCancelledError",
    "RenderEvent",
    "RenderOptions",
    "RenderReport",
    "Settings",
    "SetupError",
    "Stage",
    "StageBegan",
    "UsageError",
    "Variable",
    "VariableType",
    "Warned",
    "diagnose",
    "probe",
    "probe_async",
    "render",
    "render_async",
]
