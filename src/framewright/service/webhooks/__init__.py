"""Messages to others about jobs: allowed, written down, signed, and tried until they arrive."""

from framewright.service.webhooks.allowing import Allowed
from framewright.service.webhooks.webhooks import Webhooks

__all__ = ["Allowed", "Webhooks"]
