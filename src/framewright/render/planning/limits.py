"""What is refused before anything is spent: plans beyond what an installation carries, and wishes that cannot be met."""

from __future__ import annotations

from bisect import bisect_right
from pathlib import Path
from typing import TYPE_CHECKING

from framewright.model.errors import PlanTooLargeError
from framewright.render.added_sound import check_added
from framewright.render.output_choice import choose_kind
from framewright.render.planning.files import needed_by_all
from framewright.render.subtitles import read_sources

if TYPE_CHECKING:
    import os

    from framewright.model.plan import Plan, PlanFile
    from framewright.model.settings import Settings
    from framewright.render.options import RenderOptions

_MOST_NAMES = 3
_MIB = 2**20


def check_wishes(output: str | os.PathLike[str], options: RenderOptions) -> None:
    """See that wishes go together, and that what they name can be read, without looking at a page.

    What depends on the page is refused once it is open: transparency, sizes that a codec cannot hold.

    Raises:
        UsageError: a format, codec, quality or track that the output cannot have; files of subtitles or sound that are
            not there.
        SoundError: an added track without sound that can be read.
    """
    choose_kind(Path(output), options)
    read_sources(options)
    check_added(options.audio_tracks)


def check_limits(plan: Plan, settings: Settings, *, travels: bool) -> None:
    """See that a plan stays within the limits of the installation.

    Args:
        travels: its files are copied to whoever renders a chunk, and so count.

    Raises:
        PlanTooLargeError: ``CHUNKS_TOO_MANY``, ``DURATION_TOO_LONG``; ``FILES_TOO_LARGE`` names the largest files.
    """
    if len(plan.chunks) > settings.plan_chunks:
        raise PlanTooLargeError(
            f"The plan has {len(plan.chunks)} chunks, and {settings.plan_chunks} are allowed: ask for fewer with --chunks, "
            "or raise FRAMEWRIGHT_PLAN_CHUNKS.",
            code="CHUNKS_TOO_MANY",
        )
    seconds = float(plan.picture.frame_rate.time_of(plan.picture.frames))
    if seconds > settings.plan_duration:
        raise PlanTooLargeError(
            f"The composition has {seconds:g} seconds, and {settings.plan_duration:g} are allowed: shorten it, or raise "
            "FRAMEWRIGHT_PLAN_DURATION.",
            code="DURATION_TOO_LONG",
        )
    if travels:
        _check_files(plan, settings.plan_size)


def chunk_bytes(plan: Plan) -> tuple[int, ...]:
    """The bytes of files that each chunk needs, in the order of the chunks."""
    starts = [chunk.start for chunk in plan.chunks]
    always = 0
    sums = [0] * len(starts)
    # The same bytes under two names travel once.
    for same in _by_digest(plan).values():
        size = same[0].bytes
        if any(map(needed_by_all, same)):
            always += size
            continue
        touched = {
            index
            for file in same
            for start, stop in file.frames or ()
            for index in range(max(0, bisect_right(starts, start) - 1), bisect_right(starts, stop - 1))
            if start < plan.chunks[index].stop
        }
        for index in touched:
            sums[index] += size
    return tuple(always + one for one in sums)


def _check_files(plan: Plan, limit: int) -> None:
    sizes = chunk_bytes(plan)
    worst = max(range(len(sizes)), key=sizes.__getitem__)
    if sizes[worst] <= limit:
        return
    needed = [
        same[0]
        for same in _by_digest(plan).values()
        if any(needed_by_all(file) or file.needed_in(plan.chunks[worst].range) for file in same)
    ]
    largest = sorted(needed, key=lambda file: -file.bytes)[:_MOST_NAMES]
    told = ", ".join(f"{file.name} ({file.bytes / _MIB:.1f} MiB)" for file in largest)
    raise PlanTooLargeError(
        f"Chunk {worst} needs {sizes[worst] / _MIB:.0f} MiB of files, and {limit / _MIB:.0f} MiB are allowed; the largest are "
        f"{told}. Make them smaller, or raise FRAMEWRIGHT_PLAN_SIZE.",
        code="FILES_TOO_LARGE",
    )


def _by_digest(plan: Plan) -> dict[str, list[PlanFile]]:
    found: dict[str, list[PlanFile]] = {}
    for file in plan.files:
        found.setdefault(file.digest, []).append(file)
    return found
