"""What all performances of one render share, and what they have asked of the project."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from framewright.composition import PlannedRemote, Project, RemoteDesk, Site, Wishes
    from framewright.model.media import MediaFacts
    from framewright.model.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What all performances of one render share.

    Attributes:
        program: the browser.
        frame_control: whether it draws only when told to.
        scale: device pixels to a CSS pixel.
        wishes: what the page is told.
        remote: answers what the page asks of other origins; None: the network does.
        absent: what sources hold that are no part of the folder here; see :class:`OwnFiles`.
    """

    project: Project | Site
    program: Path
    frame_control: bool
    scale: float
    wishes: Wishes
    settings: Settings
    remote: RemoteDesk | PlannedRemote | None = None
    absent: Mapping[str, MediaFacts] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asked:
    """What pages have asked of the project so far. Paths in it, as they were asked for.

    Attributes:
        served: by the browser: pages, scripts, styles, images, fonts, and whatever scripts fetch.
        described: sources of video, sound and moving pictures.
        shown: the files, links followed, of which somebody has got a frame.
        lacked: what is not there.
    """

    served: frozenset[str] = frozenset()
    described: frozenset[str] = frozenset()
    shown: frozenset[Path] = frozenset()
    lacked: frozenset[str] = frozenset()
