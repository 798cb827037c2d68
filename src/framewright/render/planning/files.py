"""Which files of a project a render needs, and which of its parts need them."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote_from_bytes, unquote_to_bytes

from framewright.browser import decoded_path, find_file, name_below
from framewright.composition import Site
from framewright.model.errors import CompositionError
from framewright.model.plan import PlanFile
from framewright.render.planning.spare_files import find_spare
from framewright.stores.known_digests import ChangedFileError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from framewright.composition import Project
    from framewright.model.composition import Notice
    from framewright.model.frames import FrameRange
    from framewright.model.media import MediaFacts, MediaUse
    from framewright.model.plan import Digest, PicturePlan, Plan
    from framewright.model.recording import Recording
    from framewright.render.house import Asked
    from framewright.render.planning.spare_files import SpareLimit
    from framewright.stores.known_digests import KnownDigests

# A picture may be asked for a little before it shows, and the last one is held for a little while.
_MARGIN = 2


@dataclass(frozen=True, slots=True)
class Listed:
    """The files of a plan.

    Attributes:
        files: sorted by kind and name.
        sources: the digest of the file behind each name of the mix.
        notices: what was left out.
    """

    files: tuple[PlanFile, ...]
    sources: Mapping[str, Digest] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()


@dataclass(slots=True)
class _Need:
    """Who needs a file: every frame, or some ranges; and the mix."""

    always: bool = False
    ranges: set[tuple[int, int]] = field(default_factory=set)
    sound: bool = False
    facts: MediaFacts | None = None


def list_files(
    project: Project | Site,
    picture: PicturePlan,
    known: KnownDigests,
    *,
    asked: Asked,
    origin: str,
    media: Iterable[MediaUse] = (),
    sounds: Mapping[str, Path] | None = None,
    recording: Recording | None = None,
    spare: SpareLimit | None = None,
) -> Listed:
    """List what a composition needs. Blocks: it reads files that were not read before.

    A source of video is needed in the frames in which it is shown, but by everybody where its place on the clock is not
    written down, where opening the page already shows it, and where every frame is gone through.

    Args:
        asked: what the page has asked for until it stood ready at frame 0, and nothing that came later.
        origin: of the file server, which stands in the addresses of ``media``.
        media: the videos and sounds of the page, with their addresses.
        sounds: the files of the mix, by the names that its tracks have for them.
        recording: what the page got from other origins.
        spare: list also what the page could still ask for, and the digest of each; None: do not.

    Raises:
        CompositionError: ``FILE_CHANGED`` one is being written; ``UNREADABLE``.
    """
    recorded = _recorded(recording)
    own: dict[str, tuple[Path, _Need]] = {}
    if not isinstance(project, Site):
        own = _own_files(project, picture, asked, origin, tuple(media))
    sources: dict[str, Digest] = {}
    added: list[PlanFile] = []
    for name, path in (sounds or {}).items():
        digest, size = digest_of_file(path, known)
        sources[name] = digest
        if not isinstance(project, Site) and path.resolve().is_relative_to(project.root):
            _mark_sound(own, project.root, path)
        elif digest in recorded:
            recorded[digest] = [one.model_copy(update={"sound": True}) for one in recorded[digest]]
        else:
            added.append(PlanFile(name=name, kind="added", digest=digest, bytes=size, frames=(), sound=True))
    files = [_plan_file(name, path, need, known) for name, (path, need) in own.items()]
    notices: tuple[Notice, ...] = ()
    if spare is not None and not isinstance(project, Site):
        found = find_spare(project.root, spare, without=own.keys())
        notices = found.notices
        for name, path in found.files:
            digest, size = digest_of_file(path, known)
            files.append(PlanFile(name=written_name(name), digest=digest, bytes=size, spare=True))
    files += [*added, *(one for same in recorded.values() for one in same)]
    return Listed(tuple(sorted(files, key=lambda file: (file.kind, file.name))), sources, notices)


def written_name(path: str) -> str:
    """A path in the project as a plan names it: its bytes percent-encoded, with slashes."""
    return quote_from_bytes(os.fsencode(path), safe="/")


def path_of(name: str) -> str | None:
    """The path that a plan's name means; None where it would lead out of a folder, or is no name of a file."""
    path = os.fsdecode(unquote_to_bytes(name))
    parts = path.split("/")
    return None if "\0" in path or any(part in {"", ".", ".."} for part in parts) else path


def absent_facts(plan: Plan) -> dict[str, MediaFacts]:
    """What pages are told of sources that lie elsewhere, by their paths in the project."""
    told: dict[str, MediaFacts] = {}
    for file in plan.files:
        path = path_of(file.name) if file.kind == "project" else None
        if path is not None and file.facts is not None:
            told[path] = file.facts
    return told


def needed_files(plan: Plan, frames: FrameRange) -> tuple[PlanFile, ...]:
    """What must be there to draw these frames, with what travels along."""
    return tuple(file for file in plan.files if needed_by_all(file) or file.needed_in(frames))


def needed_by_all(file: PlanFile) -> bool:
    """Whether it goes to every chunk: also a sound that scripts play, of which nobody has told the plan what it holds."""
    return file.frames is None or (file.kind == "project" and file.sound and file.facts is None)


def digest_of_file(path: Path, known: KnownDigests) -> tuple[str, int]:
    """The digest of a file of the project and its size.

    Raises:
        CompositionError: ``FILE_CHANGED``, ``UNREADABLE``.
    """
    try:
        return known.of(path)
    except ChangedFileError as error:
        raise CompositionError(
            f"{path} is being written: render when it is finished.", code="FILE_CHANGED"
        ) from error
    except OSError as error:
        raise CompositionError(
            f"{path} cannot be read: {error.strerror or error}.", code="UNREADABLE"
        ) from error


def _own_files(
    project: Project, picture: PicturePlan, asked: Asked, origin: str, media: tuple[MediaUse, ...]
) -> dict[str, tuple[Path, _Need]]:
    """Every file of the project that is needed, by its path there, and where it truly lies."""
    found: dict[str, tuple[Path, _Need]] = {}

    def need(path: str) -> tuple[Path, _Need] | None:
        there = find_file(project.root, path)
        if there is None:
            return None  # gone since: whoever asks for it then finds out
        real = there[0]
        return found.setdefault(name_below(project.root, path, real), (real, _Need()))

    for path in (project.entry, *sorted(asked.served)):
        if (one := need(path)) is not None:
            one[1].always = True
    placed: set[str] = set()
    for use in media:
        at = _path_at(use.source, origin)
        if at is None or (one := need(at)) is None:
            continue
        real, wanted = one
        placed.add(name_below(project.root, at, real))
        wanted.facts = wanted.facts or use.facts
        ranges = None if real in asked.shown else _frames_of(use, picture)
        if ranges is None:
            wanted.always = True
        else:
            wanted.ranges |= ranges
    for path in sorted(asked.described - placed):
        if (one := need(path)) is not None:
            one[1].always = True
    return found


def _path_at(address: str | None, origin: str) -> str | None:
    if address is None or not address.startswith(f"{origin}/"):
        return None
    return decoded_path(address[len(origin) :].partition("#")[0].partition("?")[0])


def _frames_of(use: MediaUse, picture: PicturePlan) -> set[tuple[int, int]] | None:
    """The frames for which its pictures are needed; None: nobody can tell, so all."""
    if use.facts is None:
        return None
    if use.kind == "audio" or use.facts.video is None:
        return set()
    if not use.placed or picture.mode == "run":
        return None
    if not use.seen:
        return set()
    rate = picture.frame_rate.value
    first = max(0, math.floor(use.start * rate) - _MARGIN)
    last = picture.frames
    if use.duration is not None:
        last = min(last, math.ceil((use.start + use.duration) * rate) + _MARGIN)
    return {(first, last)} if first < last else set()


def _mark_sound(own: dict[str, tuple[Path, _Need]], root: Path, path: Path) -> None:
    real = path.resolve()
    for there, need in own.values():
        if there == real:
            need.sound = True
            return
    own[os.fspath(real.relative_to(root))] = (real, _Need(sound=True))


def _plan_file(name: str, path: Path, need: _Need, known: KnownDigests) -> PlanFile:
    digest, size = digest_of_file(path, known)
    return PlanFile(
        name=written_name(name),
        digest=digest,
        bytes=size,
        frames=None if need.always else _joined(need.ranges),
        sound=need.sound,
        facts=need.facts,
    )


def _joined(ranges: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """The same frames in as few ranges as can be, in order."""
    joined: list[tuple[int, int]] = []
    for start, stop in sorted(ranges):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(stop, joined[-1][1]))
        else:
            joined.append((start, stop))
    return tuple(joined)


def _recorded(recording: Recording | None) -> dict[Digest, list[PlanFile]]:
    """The bodies of a recording, by their digests; one may be that of several addresses."""
    bodies: dict[Digest, list[PlanFile]] = {}
    for answer in recording.answers if recording else ():
        if answer.blob is not None:
            file = PlanFile(name=answer.url, kind="recorded", digest=answer.blob, bytes=answer.bytes)
            same = bodies.setdefault(answer.blob, [])
            if file not in same:
                same.append(file)
    return bodies
