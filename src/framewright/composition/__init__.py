"""What the author wrote: opening a project, and the page that describes itself and obeys our clock."""

from framewright.composition.injection import RuntimeConfig, runtime_source
from framewright.composition.planned_remote import PlannedRemote
from framewright.composition.project import Project, open_project
from framewright.composition.remote_desk import RemoteDesk
from framewright.composition.site import Site, open_site
from framewright.composition.stage import Stage
from framewright.composition.wishes import Wishes

__all__ = [
    "PlannedRemote",
    "Project",
    "RemoteDesk",
    "RuntimeConfig",
    "Site",
    "Stage",
    "Wishes",
    "open_project",
    "open_site",
    "runtime_source",
]
