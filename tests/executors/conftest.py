"""The plan that every executor renders, and what this process makes of it: once for all tests of a process."""

from conformance import commission

__all__ = ["commission"]
