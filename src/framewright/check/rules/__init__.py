"""All rules, in the order in which docs/check.md tells them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from framewright.check.rules import clips, files, footage, media, spelling, structure, values, variables

if TYPE_CHECKING:
    from framewright.check.rule import Rule

RULES: tuple[Rule, ...] = (
    *structure.RULES,
    *values.RULES,
    *spelling.RULES,
    *clips.RULES,
    *files.RULES,
    *media.RULES,
    *footage.RULES,
    *variables.RULES,
)
