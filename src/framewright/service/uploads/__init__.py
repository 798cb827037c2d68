"""Projects that callers send: as an archive, or file by file."""

from framewright.service.uploads.intake import Intake
from framewright.service.uploads.uploads import Uploads

__all__ = ["Intake", "Uploads"]
