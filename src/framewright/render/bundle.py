"""A plan together with the files that it names, wherever they lie on this machine."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from framewright.model.plan import Plan


@dataclass(frozen=True, slots=True)
class Bundle:
    """What a piece is made of: of a project where it stands, or of a plan's folder.

    Attributes:
        root: the folder that is served to the page; None for a page of the web.
        blobs: holds recorded bodies, by their digests.
        sources: the files of the mix, by the names that the plan of the sound gives them.
    """

    plan: Plan
    root: Path | None
    blobs: Path
    sources: Mapping[str, Path] = field(default_factory=dict)
