"""The commands. Each imports what it needs once it is called, so that --help stays quick."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from framewright.cli import options as o  # noqa: TC001 -- typer reads it at run time

if TYPE_CHECKING:
    from framewright.render import RenderWishes

app = typer.Typer(
    add_completion=False,
    no_args_is_help=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
cache = typer.Typer(help="Say what is kept between renders, or remove it.")
app.add_typer(cache, name="cache")


def _tell_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"framewright {version('framewright')}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def framewright(
    context: typer.Context,
    *,
    version: bool = typer.Option(
        False, "--version", help="Show the version and exit.", callback=_tell_version, is_eager=True
    ),
) -> None:
    """Render HTML compositions to video."""
    del version  # told by its callback
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command()
def render(
    composition: o.Composition,
    *,
    output: o.Output = None,
    batch: o.Batch = None,
    format: o.Format = None,  # noqa: A002 -- the name of the option
    codec: o.Codec = None,
    quality: o.Quality = "standard",
    hdr: o.Hdr = "auto",
    crf: o.Crf = None,
    video_bitrate: o.VideoBitrate = None,
    alpha: o.Alpha = None,
    fps: o.Fps = None,
    start_frame: o.StartFrame = None,
    end_frame: o.EndFrame = None,
    audio_track: o.AudioTracks = None,
    skip_audio: o.SkipAudio = False,
    loudness: o.Loudness = None,
    width: o.Width = None,
    height: o.Height = None,
    duration: o.Duration = None,
    scale: o.Scale = 1.0,
    variables: o.Variables = None,
    subtitles: o.Subtitles = None,
    subtitles_mode: o.SubtitlesMode = "burn",
    mode: o.Mode = "seek",
    page_timeout: o.PageTimeout = None,
    page_memory: o.PageMemory = None,
    strict: o.Strict = False,
    workers: o.Workers = "auto",
    chunks: o.Chunks = "auto",
    chunk_frames: o.ChunkFrames = None,
    resume: o.Resume = True,
    executor: o.ExecutorName = "local",
    capture: o.Capture = "auto",
    as_json: o.JsonEvents = False,
    quiet: o.Quiet = False,
    explain: o.Explain = False,
    debug: o.Debug = False,
) -> int:
    """Render a composition to a video."""
    from framewright.cli.render import Telling, check_executor, run_render

    check_executor(executor)

    wishes: RenderWishes = {
        "format": format,
        "codec": codec,
        "quality": quality,
        "hdr": hdr,
        "crf": crf,
        "bitrate": video_bitrate,
        "alpha": alpha,
        "fps": fps,
        "start_frame": start_frame,
        "end_frame": end_frame,
        "audio_tracks": audio_track,
        "skip_audio": skip_audio,
        "loudness": loudness,
        "width": width,
        "height": height,
        "duration": duration,
        "scale": scale,
        "variables": variables,
        "subtitles": subtitles or None,
        "subtitles_mode": subtitles_mode,
        "mode": mode,
        "strict": strict,
        "workers": workers,
        "chunks": chunks,
        "chunk_frames": chunk_frames,
        "resume": resume,
        "capture": capture,
    }
    telling = Telling(as_json=as_json, quiet=quiet, debug=debug, explain=explain)
    if batch is not None:
        from framewright.cli.batch import run_batch

        return run_batch(
            composition,
            batch,
            output,
            wishes,
            telling=telling,
            page_timeout=page_timeout,
            page_memory=page_memory,
        )
    return run_render(
        composition, output, wishes, telling=telling, page_timeout=page_timeout, page_memory=page_memory
    )


@app.command()
def plan(
    composition: o.Composition,
    *,
    output: o.PlanTarget = None,
    format: o.Format = None,  # noqa: A002 -- the name of the option
    codec: o.Codec = None,
    quality: o.Quality = "standard",
    crf: o.Crf = None,
    video_bitrate: o.VideoBitrate = None,
    alpha: o.Alpha = None,
    fps: o.Fps = None,
    start_frame: o.StartFrame = None,
    end_frame: o.EndFrame = None,
    audio_track: o.AudioTracks = None,
    skip_audio: o.SkipAudio = False,
    loudness: o.Loudness = None,
    width: o.Width = None,
    height: o.Height = None,
    duration: o.Duration = None,
    scale: o.Scale = 1.0,
    variables: o.Variables = None,
    subtitles: o.Subtitles = None,
    subtitles_mode: o.SubtitlesMode = "burn",
    mode: o.Mode = "seek",
    page_timeout: o.PageTimeout = None,
    page_memory: o.PageMemory = None,
    strict: o.Strict = False,
    chunks: o.Chunks = "auto",
    chunk_frames: o.ChunkFrames = None,
    capture: o.Capture = "auto",
    as_json: o.JsonDocument = False,
    debug: o.Debug = False,
) -> int:
    """Settle everything about a render and write it down, for others to follow."""
    from framewright.cli.plan import run_plan

    return run_plan(
        composition,
        output,
        {
            "format": format,
            "codec": codec,
            "quality": quality,
            "crf": crf,
            "bitrate": video_bitrate,
            "alpha": alpha,
            "fps": fps,
            "start_frame": start_frame,
            "end_frame": end_frame,
            "audio_tracks": audio_track,
            "skip_audio": skip_audio,
            "loudness": loudness,
            "width": width,
            "height": height,
            "duration": duration,
            "scale": scale,
            "variables": variables,
            "subtitles": subtitles or None,
            "subtitles_mode": subtitles_mode,
            "mode": mode,
            "strict": strict,
            "chunks": chunks,
            "chunk_frames": chunk_frames,
            "capture": capture,
        },
        as_json=as_json,
        debug=debug,
        page_timeout=page_timeout,
        page_memory=page_memory,
    )


@app.command()
def probe(
    composition: o.Composition,
    *,
    fps: o.Fps = None,
    start_frame: o.StartFrame = None,
    end_frame: o.EndFrame = None,
    audio_track: o.AudioTracks = None,
    skip_audio: o.SkipAudio = False,
    width: o.Width = None,
    height: o.Height = None,
    duration: o.Duration = None,
    scale: o.Scale = 1.0,
    variables: o.Variables = None,
    subtitles: o.Subtitles = None,
    subtitles_mode: o.SubtitlesMode = "burn",
    mode: o.Mode = "seek",
    page_timeout: o.PageTimeout = None,
    page_memory: o.PageMemory = None,
    strict: o.Strict = False,
    as_json: o.JsonDocument = False,
    debug: o.Debug = False,
) -> int:
    """Describe a composition without rendering it."""
    from framewright.cli.probe import run_probe

    return run_probe(
        composition,
        {
            "fps": fps,
            "start_frame": start_frame,
            "end_frame": end_frame,
            "audio_tracks": audio_track,
            "skip_audio": skip_audio,
            "width": width,
            "height": height,
            "duration": duration,
            "scale": scale,
            "variables": variables,
            "subtitles": subtitles or None,
            "subtitles_mode": subtitles_mode,
            "mode": mode,
            "strict": strict,
        },
        as_json=as_json,
        debug=debug,
        page_timeout=page_timeout,
        page_memory=page_memory,
    )


@app.command()
def check(
    composition: o.Composition,
    *,
    audit: o.Audit = True,
    fps: o.Fps = None,
    width: o.Width = None,
    height: o.Height = None,
    duration: o.Duration = None,
    variables: o.Variables = None,
    mode: o.Mode = "seek",
    page_timeout: o.PageTimeout = None,
    page_memory: o.PageMemory = None,
    strict: o.StrictFindings = False,
    report: o.ReportFolder = None,
    as_json: o.JsonDocument = False,
    quiet: o.QuietFindings = False,
    debug: o.Debug = False,
) -> int:
    """Find what will go wrong in a composition, or may not be meant."""
    from framewright.cli.check import CheckTelling, run_check

    return run_check(
        composition,
        {
            "fps": fps,
            "width": width,
            "height": height,
            "duration": duration,
            "variables": variables,
            "mode": mode,
            "strict": strict,
        },
        audit=audit,
        telling=CheckTelling(as_json=as_json, quiet=quiet, debug=debug, report=report),
        page_timeout=page_timeout,
        page_memory=page_memory,
    )


@app.command()
def chunk(
    plan: o.PlanFolder,
    index: o.ChunkIndex,
    *,
    output: o.PieceOutput,
    workers: o.Workers = "auto",
    allow_environment_drift: o.AllowDrift = False,
    as_json: o.JsonEvents = False,
    quiet: o.Quiet = False,
    debug: o.Debug = False,
) -> int:
    """Render one chunk of a plan, or its sound."""
    from framewright.cli.chunk import run_chunk

    return run_chunk(
        plan,
        index,
        output,
        workers=workers,
        allow_drift=allow_environment_drift,
        as_json=as_json,
        quiet=quiet,
        debug=debug,
    )


@app.command()
def assemble(
    plan: o.PlanFolder,
    pieces: o.Pieces,
    *,
    output: o.FinishedOutput,
    as_json: o.JsonDocument = False,
    quiet: o.Quiet = False,
    debug: o.Debug = False,
) -> int:
    """Put the pieces of a plan together into its file."""
    from framewright.cli.assemble import run_assemble

    return run_assemble(plan, pieces, output, as_json=as_json, quiet=quiet, debug=debug)


@app.command()
def verify(
    file: o.FinishedFile,
    *,
    against: o.Against = None,
    plan: o.ByPlan = None,
    as_json: o.JsonDocument = False,
    debug: o.Debug = False,
) -> int:
    """Read a finished file to its end, and say whether it is right."""
    from framewright.cli.verify import run_verify

    return run_verify(file, against=against, plan=plan, as_json=as_json, debug=debug)


@app.command()
def doctor(*, as_json: o.JsonDocument = False, debug: o.Debug = False) -> int:
    """Say what is installed, what is missing, and what mends it."""
    from framewright.cli.doctor import run_doctor

    return run_doctor(as_json=as_json, debug=debug)


@app.command()
def bench(
    composition: o.BenchComposition = None,
    *,
    quick: o.Quick = False,
    write: o.WriteSettings = None,
    format: o.Format = None,  # noqa: A002 -- the name of the option
    codec: o.Codec = None,
    quality: o.Quality = "standard",
    fps: o.Fps = None,
    start_frame: o.StartFrame = None,
    end_frame: o.EndFrame = None,
    width: o.Width = None,
    height: o.Height = None,
    duration: o.Duration = None,
    scale: o.Scale = 1.0,
    variables: o.Variables = None,
    mode: o.Mode = "seek",
    capture: o.Capture = "auto",
    page_timeout: o.PageTimeout = None,
    page_memory: o.PageMemory = None,
    as_json: o.JsonDocument = False,
    debug: o.Debug = False,
) -> int:
    """Measure this machine and say what to set, or reckon how long a composition takes on more of them."""
    from framewright.cli.bench import run_bench

    return run_bench(
        composition,
        {
            "format": format,
            "codec": codec,
            "quality": quality,
            "fps": fps,
            "start_frame": start_frame,
            "end_frame": end_frame,
            "width": width,
            "height": height,
            "duration": duration,
            "scale": scale,
            "variables": variables,
            "mode": mode,
            "capture": capture,
        },
        quick=quick,
        write=write,
        as_json=as_json,
        debug=debug,
        page_timeout=page_timeout,
        page_memory=page_memory,
    )


@cache.callback(invoke_without_command=True)
def _cache(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@cache.command("list")
def cache_list(*, as_json: o.JsonDocument = False) -> int:
    """Say what is kept between renders, and how much room it takes."""
    from framewright.cli.cache import run_cache_list

    return run_cache_list(as_json=as_json)


@cache.command("clean")
def cache_clean(
    *, older_than: o.OlderThan = None, everything: o.CleanAll = False, as_json: o.JsonDocument = False
) -> int:
    """Remove pieces of renders that are beyond the limits of size and age, or more; never what a render is using."""
    from framewright.cli.cache import run_cache_clean

    return run_cache_clean(older_than=older_than, everything=everything, as_json=as_json)
