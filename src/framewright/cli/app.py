"""The commands. Each imports what it needs once it is called, so that --help stays quick."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from framewright.cli import cluster_options as c  # noqa: TC001 -- typer reads it at run time
from framewright.cli import options as o  # noqa: TC001 -- as above
from framewright.cli.commands.cache import cache
from framewright.cli.commands.jobs import jobs
from framewright.cli.commands.machine import bench, doctor
from framewright.cli.commands.pieces import assemble, chunk, verify
from framewright.cli.commands.serve import serve
from framewright.cli.commands.store import store
from framewright.cli.commands.tokens import tokens
from framewright.cli.commands.worker import worker

if TYPE_CHECKING:
    from framewright.render import RenderWishes

app = typer.Typer(
    add_completion=False,
    no_args_is_help=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


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


def _is_given(context: typer.Context, name: str) -> bool:
    """Whether an option stands on the command line: its variable is for all renders of this machine."""
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


@app.command()
def render(
    context: typer.Context,
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
    server: o.Server = None,
    token_file: o.TokenFile = None,
    capture: o.Capture = "auto",
    store: c.Store = None,
    temporal_dev: c.TemporalDev = False,
    detach: c.Detach = False,
    priority: c.Priority = None,
    keep_pieces: c.KeepPieces = True,
    plan_on: c.PlanOn = None,
    address: c.Address = None,
    namespace: c.Namespace = None,
    queue: c.Queue = None,
    api_key_file: c.ApiKeyFile = None,
    tls: c.Tls = None,
    tls_ca: c.TlsCa = None,
    tls_cert: c.TlsCert = None,
    tls_key: c.TlsKey = None,
    as_json: o.JsonEvents = False,
    quiet: o.Quiet = False,
    explain: o.Explain = False,
    debug: o.Debug = False,
) -> int:
    """Render a composition to a video."""
    from framewright.cli.cluster import ClusterWishes
    from framewright.cli.executing import ExecutorWishes
    from framewright.cli.remote import ServerWishes
    from framewright.cli.render import Telling, run_render

    service = ServerWishes.of(
        server,
        token_file,
        on_line=_is_given(context, "server"),
        executor_on_line=_is_given(context, "executor"),
        detach=detach,
    )
    who = ExecutorWishes(
        name=executor,
        store=store,
        dev=temporal_dev,
        detach=detach and service is None,
        priority=priority,
        keep_pieces=keep_pieces,
        plan_on=plan_on,
        workers_given=_is_given(context, "workers"),
        cluster=ClusterWishes(
            address=address,
            namespace=namespace,
            queue=queue,
            api_key_file=api_key_file,
            tls=tls,
            tls_ca=tls_ca,
            tls_cert=tls_cert,
            tls_key=tls_key,
        ),
    )

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
    if service is not None:
        service.check(batch=batch is not None, explain=explain, page_memory=page_memory)
        # What the environment says of them is said of this machine.
        if not who.workers_given:
            del wishes["workers"]
        if not _is_given(context, "capture"):
            del wishes["capture"]
    if batch is not None:
        from framewright.cli.batch import run_batch

        return run_batch(
            composition,
            batch,
            output,
            wishes,
            executor=who,
            telling=telling,
            page_timeout=page_timeout,
            page_memory=page_memory,
        )
    return run_render(
        composition,
        output,
        wishes,
        executor=who,
        server=service,
        telling=telling,
        page_timeout=page_timeout,
        page_memory=page_memory,
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
    context: typer.Context,
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
    server: o.Server = None,
    token_file: o.TokenFile = None,
    as_json: o.JsonDocument = False,
    debug: o.Debug = False,
) -> int:
    """Describe a composition without rendering it."""
    from framewright.cli.probe import run_probe
    from framewright.cli.remote import ServerWishes

    service = ServerWishes.of(server, token_file, on_line=_is_given(context, "server"))
    if service is not None:
        service.check(batch=False, explain=False, page_memory=page_memory)
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
        server=service,
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


for _command in (chunk, assemble, verify, worker, serve, doctor, bench):
    app.command()(_command)
app.add_typer(cache, name="cache")
app.add_typer(store, name="store")
app.add_typer(jobs, name="jobs")
app.add_typer(tokens, name="tokens")
