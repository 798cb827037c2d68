"""A plan as it is written: one JSON document, and everything that can be wrong with one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pydantic import ValidationError

from framewright.model.errors import FramewrightError, PlanError
from framewright.model.plan import Plan
from framewright.render.planning.digests import sealed
from framewright.render.planning.files import path_of

if TYPE_CHECKING:
    from collections.abc import Iterator

VERSION = 1
# A plan of the most chunks, with as many files, has about 5 MiB.
LARGEST_DOCUMENT = 64 * 2**20


def write_document(plan: Plan) -> bytes:
    """The document of a plan, for people to read too."""
    return f"{plan.model_dump_json(indent=1)}\n".encode()


def read_document(data: bytes, shown: str) -> Plan:
    """The plan that a document holds.

    Args:
        shown: how people would name the document.

    Raises:
        PlanError: ``PLAN_INVALID`` it is none, or lacks something, or contradicts itself; ``PLAN_NEWER``;
            ``PLAN_CHANGED`` somebody has changed it since it was planned.
    """
    if len(data) > LARGEST_DOCUMENT:
        raise _invalid(shown, f"it has {len(data)} bytes, and a plan at most {LARGEST_DOCUMENT}")
    _check_version(data, shown)
    try:
        plan = Plan.model_validate_json(data, strict=True)
        for fault in _faults(plan):
            raise _invalid(shown, fault)
        digests = sealed(plan).digests
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(step) for step in first["loc"]) or "the document"
        raise _invalid(shown, f"{where}: {first['msg']}") from error
    except PlanError:
        raise
    except (FramewrightError, ValueError, ArithmeticError) as error:
        raise _invalid(shown, str(error).rstrip(".")) from error
    if digests != plan.digests:
        raise PlanError(
            f"{shown} has been changed since it was planned: its digests are of something else. Plan again.",
            code="PLAN_CHANGED",
        )
    return plan


def _check_version(data: bytes, shown: str) -> None:
    """First, for another version may differ in everything else."""
    try:
        said = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise _invalid(shown, f"it is no JSON: {error}") from error
    version = said.get("version") if isinstance(said, dict) else None
    if isinstance(version, int) and version > VERSION:
        raise PlanError(
            f"{shown} is a plan of version {version}, and this Framewright reads version {VERSION}: use the one that "
            "planned it.",
            code="PLAN_NEWER",
        )
    if version != VERSION or isinstance(version, bool):
        raise _invalid(shown, "it does not say that it is a plan of version 1")


def _faults(plan: Plan) -> Iterator[str]:
    """What no field can tell by itself."""
    _ = plan.picture.frame_rate, plan.picture.drawn, plan.output.spec
    named: set[tuple[str, str]] = set()
    digests = {file.digest for file in plan.files}
    for file in plan.files:
        if file.kind == "project":
            if path_of(file.name) is None:
                yield f"the file '{file.name}' lies outside of the project"
            if (file.kind, file.name) in named:
                yield f"the file '{file.name}' is listed twice"
            named.add((file.kind, file.name))
        for start, stop in file.frames or ():
            if not start < stop:
                yield f"the file '{file.name}' is needed in frames {start} to {stop}, which are none"
    if plan.page.entry is not None and ("project", plan.page.entry) not in named:
        yield f"the page '{plan.page.entry}' is not among the files"
    for answer in plan.recording.answers:
        if answer.blob is not None and answer.blob not in digests:
            yield f"the body of {answer.url} is not among the files"
    for name, digest in plan.sound.sources.items() if plan.sound else ():
        if digest not in digests:
            yield f"the sound '{name}' is not among the files"
    for track in plan.sound.mix.tracks if plan.sound else ():
        if plan.sound and track.source not in plan.sound.sources:
            yield f"the sound '{track.source}' of {track.name} has no file"


def _invalid(shown: str, fault: str) -> PlanError:
    return PlanError(
        f"{shown} is no plan that can be followed: {fault}. Plan again with framewright plan.",
        code="PLAN_INVALID",
    )
