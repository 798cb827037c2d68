"""The options of the commands: their names, their help, and the panels in which --help shows them.

What a value may be is settled where it is read, in :mod:`framewright.render`, so that the command line and the
Python API refuse the same things in the same words.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

_OUTPUT = "Output"
_PAGE = "Page"
_FRAMES = "Frames"
_SOUND = "Sound"
_WORK = "Work"
_TELLING = "Messages"

Composition = Annotated[
    str,
    typer.Argument(
        metavar="COMPOSITION",
        help="A folder with an index.html, an .html file, or an http(s) address.",
        show_default=False,
    ),
]

Output = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o", metavar="OUT", help="File or folder to write. (default: NAME.mp4, here)",
        show_default=False, rich_help_panel=_OUTPUT,
    ),
]  # fmt: skip
PlanTarget = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o", metavar="DIR", help="Write the plan here, with all files that it needs. (default: tell it only)",
        show_default=False, rich_help_panel=_OUTPUT,
    ),
]  # fmt: skip
Batch = Annotated[
    Path | None,
    typer.Option(
        metavar="ROWS", help="Render once a row of variables (.json, .ndjson, .csv); -o names fields: out/{name}-{index}.mp4.",
        show_default=False, rich_help_panel=_OUTPUT,
    ),
]  # fmt: skip
Format = Annotated[
    str | None,
    typer.Option(
        metavar="KIND", help="mp4, mov, webm, gif, png-sequence. (default: by suffix)", show_default=False,
        rich_help_panel=_OUTPUT,
    ),
]  # fmt: skip
Codec = Annotated[
    str | None,
    typer.Option(
        metavar="NAME", help="h264, h265, vp9, av1, prores. (default: by format)", show_default=False,
        rich_help_panel=_OUTPUT,
    ),
]  # fmt: skip
Quality = Annotated[
    str, typer.Option(metavar="LEVEL", help="draft, standard, high.", rich_help_panel=_OUTPUT)
]
Hdr = Annotated[
    str,
    typer.Option(
        metavar="KIND",
        help="auto, off, pq, hlg: with h265 and av1, BT.2020 in 10 bits.",
        rich_help_panel=_OUTPUT,
    ),
]
Crf = Annotated[
    float | None,
    typer.Option(
        metavar="N",
        help="Constant rate factor, in the codec's own scale.",
        show_default=False,
        rich_help_panel=_OUTPUT,
    ),
]
VideoBitrate = Annotated[
    str | None,
    typer.Option(
        metavar="RATE",
        help="Bits a second in place of --crf, such as 8M.",
        show_default=False,
        rich_help_panel=_OUTPUT,
    ),
]
Alpha = Annotated[
    bool | None,
    typer.Option(
        "--alpha/--no-alpha", metavar=" ", help="Keep transparency. (default: where page and format have it)", show_default=False,
        rich_help_panel=_OUTPUT,
    ),
]  # fmt: skip

Width = Annotated[
    int | None,
    typer.Option(
        metavar="PIXELS", help="For pages that declare none.", show_default=False, rich_help_panel=_PAGE
    ),
]
Height = Annotated[
    int | None,
    typer.Option(
        metavar="PIXELS", help="For pages that declare none.", show_default=False, rich_help_panel=_PAGE
    ),
]
Duration = Annotated[
    float | None,
    typer.Option(
        metavar="SECONDS", help="For pages that declare none.", show_default=False, rich_help_panel=_PAGE
    ),
]
Scale = Annotated[
    float,
    typer.Option(metavar="FACTOR", help="Device pixels to one CSS pixel, 0.5 to 4.", rich_help_panel=_PAGE),
]
Variables = Annotated[
    str | None,
    typer.Option(
        metavar="JSON|@FILE",
        help="Values for the page's variables, as a JSON object or in a file.",
        show_default=False,
        rich_help_panel=_PAGE,
    ),
]
Subtitles = Annotated[
    list[str] | None,
    typer.Option(
        metavar="FILE[,lang=de]",
        help="SubRip or WebVTT; more than once for several tracks.",
        show_default=False,
        rich_help_panel=_PAGE,
    ),
]
SubtitlesMode = Annotated[
    str,
    typer.Option(
        metavar="MODE", help="burn (drawn into the picture), track (mp4, mov, webm).", rich_help_panel=_PAGE
    ),
]
Mode = Annotated[
    str,
    typer.Option(
        metavar="MODE",
        help="seek, run (through every frame: for pages whose state grows), auto (compares both).",
        rich_help_panel=_PAGE,
    ),
]
PageTimeout = Annotated[
    float | None,
    typer.Option(
        metavar="SECONDS", help="For loading, and for each frame. (default: 45)", show_default=False,
        rich_help_panel=_PAGE,
    ),
]  # fmt: skip
PageMemory = Annotated[
    str | None,
    typer.Option(
        metavar="SIZE",
        help="For one browser, such as 512M. (default: 3G)",
        show_default=False,
        rich_help_panel=_PAGE,
    ),
]
Strict = Annotated[
    bool,
    typer.Option(
        "--strict/--no-strict",
        metavar=" ",
        show_default=False,
        help="Treat warnings before the first frame as errors.",
        rich_help_panel=_PAGE,
    ),
]

Fps = Annotated[
    str | None,
    typer.Option(
        metavar="RATE", help="Such as 30 or 30000/1001. (default: the page's, else 30)", show_default=False,
        rich_help_panel=_FRAMES,
    ),
]  # fmt: skip
StartFrame = Annotated[
    int | None, typer.Option(metavar="N", help="First frame.", show_default=False, rich_help_panel=_FRAMES)
]
EndFrame = Annotated[
    int | None,
    typer.Option(metavar="N", help="Frame to stop before.", show_default=False, rich_help_panel=_FRAMES),
]

AudioTracks = Annotated[
    list[str] | None,
    typer.Option(
        "--audio-track", metavar="FILE[,KEY=VALUE…]",
        help="A sound beside the page's own; again for more. Keys: volume, offset, seek, duration, fade_in, fade_out, loop, rate, pan.",
        show_default=False, rich_help_panel=_SOUND,
    ),
]  # fmt: skip
SkipAudio = Annotated[
    bool,
    typer.Option(
        "--skip-audio", metavar=" ", help="No sound, whatever the page has.", rich_help_panel=_SOUND
    ),
]
Loudness = Annotated[
    float | None,
    typer.Option(
        metavar="LUFS", help="Bring the sound to this loudness, such as -16. (default: as it is)",
        show_default=False, rich_help_panel=_SOUND,
    ),
]  # fmt: skip

Workers = Annotated[
    str,
    typer.Option(
        metavar="N|auto",
        help="Browsers that draw side by side.",
        envvar="FRAMEWRIGHT_WORKERS",
        show_envvar=False,
        rich_help_panel=_WORK,
    ),
]
Chunks = Annotated[
    str,
    typer.Option(
        metavar="N|auto",
        help="Pieces to render in; several are rendered side by side, in processes that share the workers.",
        rich_help_panel=_WORK,
    ),
]
ChunkFrames = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        help="Frames of each chunk, in place of their number.",
        show_default=False,
        rich_help_panel=_WORK,
    ),
]
Resume = Annotated[
    bool,
    typer.Option(
        "--resume/--no-resume",
        metavar=" ",
        help="Use finished pieces of earlier renders, and keep those of this one. (default: --resume)",
        show_default=False,
        rich_help_panel=_WORK,
    ),
]
ExecutorName = Annotated[
    str,
    typer.Option(
        "--executor",
        metavar="NAME",
        help="Who renders: local, this machine; temporal, a cluster.",
        rich_help_panel=_WORK,
    ),
]
Server = Annotated[
    str | None,
    typer.Option(
        "--server", metavar="URL", help="Have a render service do it, such as http://127.0.0.1:8080. (default: FRAMEWRIGHT_SERVER)",
        envvar="FRAMEWRIGHT_SERVER", show_envvar=False, show_default=False, rich_help_panel=_WORK,
    ),
]  # fmt: skip
TokenFile = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help="Holds the service's token. (default: FRAMEWRIGHT_SERVER_TOKEN)", show_default=False,
        rich_help_panel=_WORK,
    ),
]  # fmt: skip
Capture = Annotated[
    str,
    typer.Option(
        metavar="KIND",
        help="auto, stream, screenshot.",
        envvar="FRAMEWRIGHT_CAPTURE",
        show_envvar=False,
        rich_help_panel=_WORK,
    ),
]

BenchComposition = Annotated[
    str | None,
    typer.Argument(
        metavar="[COMPOSITION]",
        help="Reckon how long this one takes, by 1 to 1000 workers; without it the machine is measured.",
        show_default=False,
    ),
]
Quick = Annotated[
    bool,
    typer.Option("--quick", metavar=" ", help="In a third of the time, more roughly.", rich_help_panel=_WORK),
]
WriteSettings = Annotated[
    Path | None,
    typer.Option(
        "--write",
        metavar="FILE",
        help="Write what is recommended, as lines for a shell to source.",
        show_default=False,
        rich_help_panel=_OUTPUT,
    ),
]

Audit = Annotated[
    bool,
    typer.Option(
        "--audit/--no-audit",
        metavar=" ",
        show_default=False,
        help="Compare frames by several ways that lead to them, or save that time. (default: compare)",
        rich_help_panel=_WORK,
    ),
]
StrictFindings = Annotated[
    bool,
    typer.Option(
        "--strict/--no-strict",
        metavar=" ",
        show_default=False,
        help="Count warnings as errors.",
        rich_help_panel=_TELLING,
    ),
]
ReportFolder = Annotated[
    Path | None,
    typer.Option(
        "--report",
        metavar="DIR",
        help="Write a page with the findings, and with pictures of frames that differ.",
        show_default=False,
        rich_help_panel=_TELLING,
    ),
]
QuietFindings = Annotated[
    bool, typer.Option("--quiet", "-q", metavar=" ", help="Tell errors only.", rich_help_panel=_TELLING)
]

JsonEvents = Annotated[
    bool,
    typer.Option(
        "--json", metavar=" ", help="Events on stdout, one JSON object a line.", rich_help_panel=_TELLING
    ),
]
JsonDocument = Annotated[
    bool, typer.Option("--json", metavar=" ", help="One JSON document on stdout.", rich_help_panel=_TELLING)
]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", metavar=" ", help="Say nothing but errors.", rich_help_panel=_TELLING)
]
Explain = Annotated[
    bool,
    typer.Option(
        "--explain",
        metavar=" ",
        help="Tell in the end where the time went, the slowest frames, and why each choice was made.",
        rich_help_panel=_TELLING,
    ),
]
Debug = Annotated[
    bool,
    typer.Option(
        "--debug",
        metavar=" ",
        help="Log every decision to stderr, and show tracebacks.",
        rich_help_panel=_TELLING,
    ),
]

OlderThan = Annotated[
    str | None,
    typer.Option(
        metavar="AGE", help="Whatever was not used for so long, such as 12h or 7d.", show_default=False
    ),
]
CleanAll = Annotated[bool, typer.Option("--all", metavar=" ", help="Everything that no render is using.")]
