"""The options of a render as they travel: in JSON, with files by the names that they have where they are sent."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, fields
from enum import Enum
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, TypeVar

from pydantic import ValidationError

from framewright.model.errors import UsageError
from framewright.model.frames import FrameRate
from framewright.model.job_request import PlanRequest, ProbeOptions, ProbeRequest, RenderRequest
from framewright.render.audio_track import AudioTrack
from framewright.render.options import RenderOptions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pydantic import JsonValue

    from framewright.model.job_request import CompositionSource
    from framewright.model.subtitles import SubtitleFile

_COMMA_OR_BACKSLASH = re.compile(r"[,\\]")
_Request = TypeVar("_Request", ProbeRequest, RenderRequest, PlanRequest)


@dataclass(frozen=True, slots=True)
class Wishes:
    """The options of one call.

    Attributes:
        page_timeout: seconds; None: as the service has it.
    """

    options: RenderOptions
    page_timeout: float | None = None

    @property
    def beside(self) -> tuple[Path, ...]:
        """The files that they name."""
        subtitles = tuple(one.path for one in self.options.subtitles)
        return (*subtitles, *(Path(os.fspath(one.path)) for one in self.options.audio_tracks))

    def request(
        self,
        kind: type[_Request],
        composition: CompositionSource,
        renamed: Mapping[Path, str] | None,
        **more: JsonValue,
    ) -> _Request:
        """What is asked for.

        Args:
            renamed: how files are called in the project; None: the project is not here, and they are named as they are in it.

        Raises:
            UsageError: ``FILES_APART`` a file is here, and the project is not; ``REQUEST_INVALID`` more than a request holds.
        """
        told = self._told(_InProject(renamed))
        if kind is ProbeRequest:
            # What concerns only the file is not looked at, as everywhere.
            told = {name: value for name, value in told.items() if name in ProbeOptions.model_fields}
        given = {name: value for name, value in more.items() if value is not None}
        try:
            return kind(composition=composition, **told, **given)  # type: ignore[arg-type]  # pydantic reads them
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            name = str(first["loc"][0]) if first["loc"] else "the request"
            raise UsageError(
                f"{name} cannot be sent to a service: {first['msg']}.", code="REQUEST_INVALID"
            ) from None

    def _told(self, files: _InProject) -> dict[str, JsonValue]:
        usual = RenderOptions()
        told: dict[str, JsonValue] = {}
        for one in fields(self.options):
            value = getattr(self.options, one.name)
            if value == getattr(usual, one.name):
                continue
            match value:
                case Enum():
                    told[one.name] = value.value
                case FrameRate():
                    told[one.name] = str(value)
                case _ if one.name == "variables":
                    told[one.name] = dict(value)
                case _ if one.name == "subtitles":
                    told[one.name] = [files.subtitle_line(file) for file in value]
                case _ if one.name == "audio_tracks":
                    told[one.name] = [files.track_line(track) for track in value]
                case _:
                    told[one.name] = value
        if self.page_timeout is not None:
            told["page_timeout"] = self.page_timeout
        return told


class _InProject:
    """Names of files as a service knows them."""

    def __init__(self, renamed: Mapping[Path, str] | None) -> None:
        self._renamed = renamed

    def subtitle_line(self, file: SubtitleFile) -> str:
        line = self._name(file.path)
        for name, value in (("lang", file.language), ("label", file.label)):
            if value is not None and "," in value:
                raise UsageError(
                    f"--subtitles {file.path}: a service takes no {name} with a comma in it: leave it out of '{value}'.",
                    code="SUBTITLES_INVALID",
                )
            line += "" if value is None else f",{name}={value}"
        return line

    def track_line(self, track: AudioTrack) -> str:
        line = _COMMA_OR_BACKSLASH.sub(lambda found: f"\\{found[0]}", self._name(track.path))
        usual = AudioTrack(track.path)
        for one in fields(track):
            value = getattr(track, one.name, None)
            if one.name not in {"path", "_"} and value != getattr(usual, one.name):
                written = str(value).lower() if isinstance(value, bool) else repr(value)
                line += f",{one.name}={written}"
        return line

    def _name(self, path: str | os.PathLike[str]) -> str:
        found = Path(os.fspath(path))
        if self._renamed is not None:
            return self._renamed[found]
        name = PurePosixPath(os.fspath(path))
        if name.is_absolute() or ".." in name.parts:
            raise UsageError(
                f"{path} lies here, and the project does not: name it as it is called in the project, or render a project of "
                "this machine, so that both are sent together.",
                code="FILES_APART",
            )
        return str(name)


def original_names(renamed: Mapping[Path, str], asked: Sequence[Path]) -> dict[str, str]:
    """What files are called by whoever named them, by their names in the project."""
    return {renamed[path]: os.fsencode(path).decode("utf-8", "backslashreplace") for path in asked}
