"""What plans and their pieces are called: digests of everything that can change a byte of them, and of nothing else.

The same on every machine, and from every way in which a plan came to be: written and read again, or made here.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from framewright.model.plan import Digests
from framewright.stores.blobs import digest_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic import BaseModel

    from framewright.model.frames import FrameRange
    from framewright.model.plan import Plan, PlanFile
    from framewright.model.recording import RecordedAnswer

# What is told of a whole render and changes no picture of a part.
_OF_THE_WHOLE = frozenset({"start", "stop"})
# Where an answer came from differs from the first plan to the second, and a failure may be told in other words.
_OF_THE_DAY = frozenset({"by", "failure", "headers"})
# Headers by which a browser takes a body otherwise. The rest are ids of the request, and ages, which nobody's pictures
# depend on.
_ACTING = frozenset(
    {
        "content-type",
        "content-disposition",
        "content-language",
        "content-security-policy",
        "location",
        "permissions-policy",
        "referrer-policy",
        "timing-allow-origin",
        "x-content-type-options",
        "x-frame-options",
    }
)
_ACTING_BEGINNINGS = ("access-control-", "cross-origin-")


def canonical(value: object) -> bytes:
    """JSON in which equal values are equal bytes: names sorted, no blanks, ASCII only.

    Raises:
        ValueError: a number that is not finite.
        TypeError: something that is no JSON.
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("ascii")


def digest_of_value(value: object) -> str:
    """BLAKE3 of the canonical JSON."""
    return digest_of(canonical(value))


def chunk_key(plan: Plan, frames: FrameRange) -> str:
    """What names a piece with these frames: the same for every plan that would render them alike.

    The sound, the other pieces, the texts and the output's path do not count; nor do files that only others need.

    Args:
        frames: any part of the composition, whether or not the plan has a chunk like it.
    """
    return chunk_keys(plan, (frames,))[0]


def chunk_keys(plan: Plan, ranges: Iterable[FrameRange]) -> tuple[str, ...]:
    """The key of each range, as :func:`chunk_key`; what they share is looked at once."""
    of_all = digest_of_value(_of_all_pictures(plan))
    some = [
        (file, None if file.facts is None else digest_of_value(_told(file.facts)))
        for file in plan.files
        if file.frames is not None
    ]
    return tuple(digest_of_value(_of_range(of_all, some, frames)) for frames in ranges)


def sealed(plan: Plan) -> Plan:
    """The plan with its digests, whatever stood there before."""
    video = chunk_key(plan, plan.picture.range)
    audio = None if plan.sound is None else digest_of_value(_of_sound(plan))
    segment = plan.output.segment
    whole = {
        "video": video,
        "audio": audio,
        # Where the encoder begins anew anyway, a cut changes nothing: costs are measured, and differ from day to day.
        "cuts": [chunk.stop for chunk in plan.chunks[:-1] if not segment or chunk.stop % segment],
        "texts": [_told(text) for text in plan.texts],
    }
    return plan.model_copy(update={"digests": Digests(video=video, audio=audio, plan=digest_of_value(whole))})


def _of_all_pictures(plan: Plan) -> dict[str, object]:
    return {
        "version": plan.version,
        "page": _told(plan.page),
        "picture": _told(plan.picture, leave=_OF_THE_WHOLE),
        "output": _told(plan.output),
        "environment": _told(plan.environment),
        "recording": [_recorded(answer) for answer in plan.recording.answers],
        "files": sorted(
            [file.kind, file.name, file.digest]
            for file in plan.files
            if not file.spare and file.frames is None
        ),
    }


def _of_range(
    of_all: str, some: Iterable[tuple[PlanFile, str | None]], frames: FrameRange
) -> dict[str, object]:
    needed, told = [], {}
    for file, facts in some:
        if file.needed_in(frames):
            needed.append([file.kind, file.name, file.digest])
        elif facts is not None:
            # A page is told of sources that it does not show here, and may lay itself out by them.
            told[file.name] = facts
    return {"all": of_all, "files": sorted(needed), "facts": told, "frames": [frames.start, frames.stop]}


def _of_sound(plan: Plan) -> dict[str, object]:
    sound, here = plan.sound, plan.environment
    assert sound is not None
    return {
        "version": plan.version,
        # Sources go by what they hold: a name may have a port of the day in it.
        "mix": sound.mix.model_dump(
            mode="json", exclude={"tracks": {"__all__": {"name", "source"}}}, exclude_defaults=True
        ),
        "sources": [sound.sources[track.source] for track in sound.mix.tracks],
        "format": plan.output.format.value,
        "code": here.code,
        "libraries": dict(here.libraries),
        "machine": here.machine,
    }


def _recorded(answer: RecordedAnswer) -> dict[str, object]:
    headers = [
        header
        for header in answer.headers
        if header[0] in _ACTING or header[0].startswith(_ACTING_BEGINNINGS)
    ]
    return {**_told(answer, leave=_OF_THE_DAY), "headers": sorted(headers)}


def _told(value: BaseModel, *, leave: frozenset[str] = frozenset()) -> dict[str, object]:
    # A field that comes with a later version changes no name as long as nobody uses it.
    return value.model_dump(mode="json", exclude=set(leave), exclude_defaults=True)
