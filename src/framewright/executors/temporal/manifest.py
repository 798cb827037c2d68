"""The wishes of a render on their way to a worker that plans it: in JSON, with the files that they name beside the project."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, fields
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from framewright.executors.temporal.values import Manifest
from framewright.model.errors import PlanError, UsageError
from framewright.model.frames import FrameRate
from framewright.model.subtitles import SubtitleFile
from framewright.render.audio_track import AudioTrack
from framewright.render.options import RenderOptions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import JsonValue

    from framewright.executors.temporal.values import Bounds, ManifestFile

# They are for whoever calls, or for whoever renders, and not for the plan.
_LEFT = frozenset({"workers", "resume"})
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,10}")
_FILES = {"subtitles": SubtitleFile, "audio_tracks": AudioTrack}


@dataclass(frozen=True, slots=True)
class ManifestDraft:
    """A manifest whose files have not been sent yet.

    Attributes:
        options: as :class:`~framewright.executors.temporal.values.Manifest` has them.
        beside: the names of files that the options name, and where they lie now.
    """

    options: Mapping[str, JsonValue]
    beside: tuple[tuple[str, Path], ...]
    slots: int
    bounds: Bounds | None = None

    @classmethod
    def of(cls, options: RenderOptions, *, slots: int, bounds: Bounds | None = None) -> ManifestDraft:
        """Write down the wishes of a render."""
        written: dict[str, JsonValue] = {}
        beside: list[tuple[str, Path]] = []
        usual = RenderOptions()
        for one in fields(options):
            value = getattr(options, one.name)
            if one.name in _LEFT or value == getattr(usual, one.name):
                continue
            if one.name in _FILES:
                written[one.name] = [_with_file(wish, beside) for wish in value]
            elif isinstance(value, FrameRate):
                written[one.name] = str(value)
            else:
                written[one.name] = (
                    value.value
                    if isinstance(value, Enum)
                    else dict(value)
                    if one.name == "variables"
                    else value
                )
        return cls(written, tuple(beside), slots, bounds)

    def manifest(
        self,
        *,
        entry: str | None,
        site: str | None,
        files: tuple[ManifestFile, ...],
        beside: tuple[ManifestFile, ...],
    ) -> Manifest:
        """The manifest, now that everything lies in the store."""
        return Manifest(
            entry=entry,
            site=site,
            files=files,
            beside=beside,
            options=dict(self.options),
            slots=self.slots,
            bounds=self.bounds,
        )


def options_of(manifest: Manifest, beside: Path) -> RenderOptions:
    """The wishes that a manifest holds.

    Args:
        beside: the folder in which the files lie that the options name.

    Raises:
        PlanError: ``MANIFEST_INVALID`` a wish that this Framewright does not know, or cannot read.
    """
    wishes: dict[str, object] = dict(manifest.options)
    try:
        for name, kind in _FILES.items():
            told = wishes.get(name)
            if isinstance(told, list):
                wishes[name] = [kind(**{**one, "path": beside / one["path"]}) for one in told]
        return RenderOptions.parse(**wishes)  # type: ignore[arg-type]  # each is read there, and refused if it is none
    except (UsageError, TypeError, KeyError, ValueError) as error:
        raise PlanError(
            f"The options of a project in the store cannot be read ({error}): use one version of Framewright for clients and "
            "workers.",
            code="MANIFEST_INVALID",
        ) from error


def _with_file(wish: SubtitleFile | AudioTrack, beside: list[tuple[str, Path]]) -> JsonValue:
    """A wish that names a file, which gets a name among those that travel; decoders tell some formats by the suffix."""
    path = Path(os.fspath(wish.path))
    suffix = path.suffix if _SUFFIX.fullmatch(path.suffix) else ""
    name = f"{len(beside)}{suffix}"
    beside.append((name, path))
    told: dict[str, JsonValue] = {
        one.name: getattr(wish, one.name) for one in fields(wish) if one.name not in {"path", "_"}
    }
    return {**told, "path": name}
