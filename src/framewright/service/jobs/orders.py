"""What a runner is told of a job: the request, within the folders and limits of the installation."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from framewright.model.output import CODECS, Codec, Format
from framewright.service.runner.messages import RunLimits, RunProbe, RunRender

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pydantic import JsonValue

    from framewright.model.job_request import ProbeRequest, RenderOptionsWire, RenderRequest
    from framewright.service.desk import Source
    from framewright.service.jobs.entries import Entry
    from framewright.service.settings import ServiceSettings

_SUFFIXES = {
    Format.MP4: ".mp4",
    Format.MOV: ".mov",
    Format.WEBM: ".webm",
    Format.GIF: ".gif",
    Format.PNG_SEQUENCE: ".zip",
}
_LONGEST_NAME = 80
LATEST = "latest.jpg"
"""In the folder of a job: its latest frame, small."""


@dataclass(frozen=True, slots=True)
class Folders:
    """Where the desk keeps its things.

    Attributes:
        data: of the service, mode 0700.
    """

    data: Path

    @property
    def jobs(self) -> Path:
        """What jobs have made, by their ids."""
        return self.data / "jobs"

    @property
    def work(self) -> Path:
        """Of running jobs, and nobody's once they have ended."""
        return self.data / "work"

    @property
    def cache(self) -> Path:
        """Of runners: finished pieces, by which a job that begins again goes on."""
        return self.data / "cache"

    def job(self, job: str) -> Path:
        """What one job has made."""
        return self.jobs / job


def render_order(entry: Entry, folders: Folders, settings: ServiceSettings) -> RunRender:
    """The order to render a job."""
    home, source = folders.job(entry.id), entry.source
    return RunRender(
        composition=source.composition,
        root=None if source.root is None else str(source.root),
        options=dict(_options(entry.request)),
        settings={**_machine(folders, settings), "glimpse": str(home / LATEST)},
        limits=_limits(settings),
        output=str(home / f"output{suffix_of(entry.request)}"),
    )


def probe_order(
    request: ProbeRequest, source: Source, folders: Folders, settings: ServiceSettings
) -> RunProbe:
    """The order to look at a composition."""
    return RunProbe(
        composition=source.composition,
        root=None if source.root is None else str(source.root),
        options=dict(request.given()),
        settings=_machine(folders, settings),
        limits=_limits(settings),
    )


def suffix_of(request: RenderRequest) -> str:
    """How the name of the file ends: by its format, else by the first format that its codec goes into, else ``.mp4``."""
    return _SUFFIXES[format_of(request)]


def name_of(entry: Entry) -> str:
    """The name of the file, for whoever saves it: what people call the job, in letters that every system takes."""
    return file_name(entry.name, format_of(entry.request))


def file_name(name: str, kind: Format) -> str:
    """The same of any job.

    Args:
        name: as people call it.
    """
    plain = re.sub(r"[^\w.\- ]+", "-", name).strip(" .-_")[:_LONGEST_NAME].rstrip(" .-_")
    return f"{plain or 'render'}{_SUFFIXES[kind]}"


def format_of(request: RenderOptionsWire) -> Format:
    """What a request asks for: its format, else the first one that its codec goes into, else MP4."""
    if request.format is not None:
        return Format(request.format)
    codec = Codec.H264 if request.codec is None else Codec(request.codec)
    return next((kind for kind, codecs in CODECS.items() if codec in codecs), Format.MP4)


def _options(request: RenderRequest) -> Mapping[str, JsonValue]:
    return {**request.given(), "format": format_of(request).value}


def _machine(folders: Folders, settings: ServiceSettings) -> dict[str, JsonValue]:
    return {"cache": str(folders.cache), "page_network": settings.page_network}


def _limits(settings: ServiceSettings) -> RunLimits:
    return RunLimits(duration=settings.duration, frames=settings.frames, pixels=settings.pixels)
