"""What this machine has and can do."""

from __future__ import annotations

from framewright.cli import options as o  # noqa: TC001 -- typer reads it at run time


def doctor(*, as_json: o.JsonDocument = False, debug: o.Debug = False) -> int:
    """Say what is installed, what is missing, and what mends it."""
    from framewright.cli.doctor import run_doctor

    return run_doctor(as_json=as_json, debug=debug)


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
