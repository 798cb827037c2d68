"""Speaking to a render service over HTTP: the same verbs and the same events as here."""

from framewright.client.async_client import AsyncClient
from framewright.client.client import Client

__all__ = ["AsyncClient", "Client"]
