"""The steps of a render, one by one, and what becomes of them."""

from __future__ import annotations

from framewright.cli import options as o  # noqa: TC001 -- typer reads it at run time
from framewright.cli import piece_options as p  # noqa: TC001 -- as above


def chunk(
    plan: p.PlanFolder,
    index: p.ChunkIndex,
    *,
    output: p.PieceOutput,
    workers: o.Workers = "auto",
    allow_environment_drift: p.AllowDrift = False,
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


def assemble(
    plan: p.PlanFolder,
    pieces: p.Pieces,
    *,
    output: p.FinishedOutput,
    as_json: o.JsonDocument = False,
    quiet: o.Quiet = False,
    debug: o.Debug = False,
) -> int:
    """Put the pieces of a plan together into its file."""
    from framewright.cli.assemble import run_assemble

    return run_assemble(plan, pieces, output, as_json=as_json, quiet=quiet, debug=debug)


def verify(
    file: p.FinishedFile,
    *,
    against: p.Against = None,
    plan: p.ByPlan = None,
    as_json: o.JsonDocument = False,
    debug: o.Debug = False,
) -> int:
    """Read a finished file to its end, and say whether it is right."""
    from framewright.cli.verify import run_verify

    return run_verify(file, against=against, plan=plan, as_json=as_json, debug=debug)
