"""Answering in the place of other hosts, from packages of the configured npm registry."""

from framewright.composition.resolvers.font_wishes import FamilyWish, StyleWish, every_style
from framewright.composition.resolvers.fontsource import FontFace, FontSource
from framewright.composition.resolvers.npm import NpmResolver
from framewright.composition.resolvers.npmrc import NpmConfig, read_npm_config
from framewright.composition.resolvers.registry import Package, Registry, RegistryError
from framewright.composition.resolvers.resolver import Resolved, Resolver

__all__ = [
    "FamilyWish",
    "FontFace",
    "FontSource",
    "NpmConfig",
    "NpmResolver",
    "Package",
    "Registry",
    "RegistryError",
    "Resolved",
    "Resolver",
    "StyleWish",
    "every_style",
    "read_npm_config",
]
