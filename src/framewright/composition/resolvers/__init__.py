"""Answering in the place of other hosts, from packages of the configured npm registry."""

from framewright.composition.resolvers.resolver import Resolved, Resolver

__all__ = ["Resolved", "Resolver"]
