"""Files that pages asked for after they were planned: a plan does not name them, so whoever uses a piece again looks at them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from framewright.browser import find_file, name_below
from framewright.composition import Site
from framewright.render.committing import file_digest
from framewright.render.planning.files import written_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from framewright.composition import Project
    from framewright.model.plan import Plan


def unplanned_files(
    plan: Plan, project: Project | Site, served: Iterable[str]
) -> tuple[tuple[str, str], ...]:
    """The names of such files and their digests. Blocks: it reads them.

    Args:
        served: paths that pages have asked for, as they were asked for.
    """
    if isinstance(project, Site):
        return ()  # all of it is recorded
    planned = {file.name for file in plan.files if file.kind == "project" and not file.spare}
    found: dict[str, str] = {}
    for path in served:
        there = find_file(project.root, path)
        if there is None:
            continue
        name = written_name(name_below(project.root, path, there[0]))
        if name not in planned and name not in found:
            found[name] = file_digest(there[0])
    return tuple(sorted(found.items()))
