"""The public verbs about finished files: making one of pieces, and judging one. Awaited or not."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from framewright.render.blocking import run_blocking
from framewright.render.cancel import Stoppable

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from framewright.model.assembled import AssembleReport
    from framewright.model.verified import VerifyReport
    from framewright.render.cancel import CancelToken


async def assemble_async(
    plan: str | os.PathLike[str],
    pieces: Sequence[str | os.PathLike[str]],
    output: str | os.PathLike[str],
    *,
    cancel: CancelToken | None = None,
) -> AssembleReport:
    """Make the finished file out of the pieces of a plan.

    Packets are copied, not encoded again. Every piece is read through and checked: it must belong to this plan, be the
    file that was finished, to the last bit, and hold every frame of its range.

    Args:
        plan: the folder that ``framewright plan`` has written, or its ``plan.json``.
        pieces: files, or folders of them, in any order; each file with its account (``NAME.json``) beside it. The sound is
            one of them.
        output: the file, or for an image sequence the folder. It appears when it is complete; until then whatever has
            that name stays as it is.
        cancel: ends it from any thread.

    Raises:
        PlanError: the plan cannot be read.
        AssembleError: the pieces do not make up the plan; its sound is missing, or there is none.
        PieceError: a piece is not whole, or not what it says.
        UsageError: ``FORMAT_CONTRADICTS`` the name of the output is that of another kind of file.
        OutputError, EncoderError: the file could not be written.
        RenderCancelledError: ``cancel`` was cancelled.

    Whatever is raised: nothing is left of the file.
    """
    from framewright.render.assembling import assemble_plan

    async with Stoppable(cancel):
        return await assemble_plan(Path(plan), [Path(piece) for piece in pieces], Path(output))
    raise AssertionError("unreachable")


def assemble(
    plan: str | os.PathLike[str],
    pieces: Sequence[str | os.PathLike[str]],
    output: str | os.PathLike[str],
    *,
    cancel: CancelToken | None = None,
) -> AssembleReport:
    """Make the finished file out of the pieces of a plan; see :func:`assemble_async`, which this runs to its end."""
    return run_blocking(lambda: assemble_async(plan, pieces, output, cancel=cancel))


async def verify_async(
    file: str | os.PathLike[str],
    *,
    against: str | os.PathLike[str] | None = None,
    plan: str | os.PathLike[str] | None = None,
    cancel: CancelToken | None = None,
) -> VerifyReport:
    """Read a finished file to its end, and judge it. Every frame is decoded, one at a time.

    Args:
        file: any video file, or the folder of an image sequence.
        against: another one, with which each frame is compared.
        plan: what the file was made by: the folder that ``framewright plan`` has written, or its ``plan.json``.
        cancel: ends it from any thread.

    Returns:
        The findings; a file that cannot be read is one.

    Raises:
        UsageError: ``FILE_MISSING``.
        PlanError: the plan cannot be read.
        RenderCancelledError: ``cancel`` was cancelled.
    """
    from framewright.render.verifying import verify_file

    async with Stoppable(cancel):
        return await verify_file(
            Path(file),
            None if against is None else Path(against),
            None if plan is None else Path(plan),
        )
    raise AssertionError("unreachable")


def verify(
    file: str | os.PathLike[str],
    *,
    against: str | os.PathLike[str] | None = None,
    plan: str | os.PathLike[str] | None = None,
    cancel: CancelToken | None = None,
) -> VerifyReport:
    """Read a finished file to its end, and judge it; see :func:`verify_async`, which this runs to its end."""
    return run_blocking(lambda: verify_async(file, against=against, plan=plan, cancel=cancel))
