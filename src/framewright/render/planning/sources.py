"""Where the bytes of a planned file lie now, and what is said when they are not what they were."""

from __future__ import annotations

from typing import TYPE_CHECKING

from framewright.browser import find_file
from framewright.model.errors import CompositionError
from framewright.render.planning.files import path_of
from framewright.stores import BlobFolder

if TYPE_CHECKING:
    from pathlib import Path

    from framewright.model.plan import PlanFile
    from framewright.render.bundle import Bundle


def source_of(file: PlanFile, bundle: Bundle) -> Path:
    """Where the bytes of a planned file lie now.

    Raises:
        CompositionError: ``FILE_CHANGED`` it is gone.
    """
    if file.kind == "recorded":
        return BlobFolder(bundle.blobs).path(file.digest)
    if file.kind == "added":
        return bundle.sources[file.name]
    path = path_of(file.name)
    assert path is not None
    assert bundle.root is not None
    found = find_file(bundle.root, path)
    if found is None:
        raise CompositionError(
            f"{bundle.root / path} is gone since it was planned: plan again.", code="FILE_CHANGED"
        )
    return found[0]


def changed(source: Path) -> CompositionError:
    """What is raised when it holds other bytes than it did."""
    return CompositionError(
        f"{source} was changed while it was planned: plan again when it is finished.", code="FILE_CHANGED"
    )


def unreadable(source: Path, error: OSError) -> CompositionError:
    """What is raised when the system does not let us read it."""
    return CompositionError(f"{source} cannot be read: {error.strerror or error}.", code="UNREADABLE")
