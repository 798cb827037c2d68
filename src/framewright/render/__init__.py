"""From a composition to a description, a plan, its pieces, and a finished file."""

from framewright.render.audio_track import AudioTrack
from framewright.render.cancel import CancelToken
from framewright.render.file_verbs import assemble, assemble_async, verify, verify_async
from framewright.render.installation import Check, CheckState
from framewright.render.media_account import MediaAccount
from framewright.render.options import (
    CaptureWish,
    HdrWish,
    ModeWish,
    ProbeWishes,
    RenderOptions,
    RenderWishes,
)
from framewright.render.piece_verbs import (
    mix_sound,
    mix_sound_async,
    render_chunk,
    render_chunk_async,
)
from framewright.render.planning.verbs import check_options, open_plan, plan, plan_async
from framewright.render.probe_result import ProbeResult
from framewright.render.telling import BatchListener, Listener
from framewright.render.verbs import (
    diagnose,
    probe,
    probe_async,
)

__all__ = [
    "AudioTrack",
    "BatchListener",
    "CancelToken",
    "CaptureWish",
    "Check",
    "CheckState",
    "HdrWish",
    "Listener",
    "MediaAccount",
    "ModeWish",
    "ProbeResult",
    "ProbeWishes",
    "RenderOptions",
    "RenderWishes",
    "assemble",
    "assemble_async",
    "check_options",
    "diagnose",
    "mix_sound",
    "mix_sound_async",
    "open_plan",
    "plan",
    "plan_async",
    "probe",
    "probe_async",
    "render_chunk",
    "render_chunk_async",
    "verify",
    "verify_async",
]
