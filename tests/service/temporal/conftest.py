"""The server that all tests of a process share."""

from dev_fixtures import client, dev_server, queue

__all__ = ["client", "dev_server", "queue"]
