"""STYLE blocks of WebVTT: of what a file may say, the part that changes how its text looks and nothing else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from framewright.model.subtitles import Complaint, Style

if TYPE_CHECKING:
    from collections.abc import Iterator

# As https://www.w3.org/TR/webvtt1/#the-cue-pseudo-element lists them, without what would load something.
_PROPERTIES = frozenset(
    {
        "background", "background-color", "color", "font", "font-family", "font-size", "font-stretch", "font-style",
        "font-variant", "font-weight", "line-height", "opacity", "outline", "outline-color", "outline-style",
        "outline-width", "text-decoration", "text-decoration-color", "text-decoration-line", "text-decoration-style",
        "text-decoration-thickness", "text-shadow", "visibility", "white-space",
    }
)  # fmt: skip
# No address, no escape, no rule within: a file of subtitles fetches nothing and reaches nothing but its text.
_VALUE = re.compile(r"""[\w\s#%.,()+*/"'!-]{1,400}""")
_FETCHES = re.compile(r"url|image|src|attr|var|env|expression|element|paint", re.IGNORECASE)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_RULE = re.compile(r"([^{}]*)\{([^{}]*)\}")
_SELECTOR = re.compile(
    r"""::cue(?:\(\s*((?:[a-z]{1,5}|\#[\w-]{1,64})?(?:\.[\w-]{1,64}){0,8}(?:\[\s*voice\s*=\s*["'][^"'\]\\<>]{1,80}["']\s*\])?)\s*\))?""",
    re.IGNORECASE,
)


def read_styles(block: str, line: int, complaints: list[Complaint]) -> list[Style]:
    """The rules of a block.

    Args:
        line: of the block's first line, counted from 1; what is left out of it is told.
    """
    found: list[Style] = []
    text = _COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), block)
    for rule in _RULE.finditer(text):
        written = rule[1].strip()
        at = line + text.count("\n", 0, rule.end(1) - len(rule[1].lstrip()))
        selectors = [_SELECTOR.fullmatch(one.strip()) for one in written.split(",")]
        if written.startswith("@") or not all(selectors):
            complaints.append(Complaint(at, f"'{' '.join(written.split())[:60]}' styles no cue that we know"))
            continue
        told = tuple(_declarations(rule[2], at, complaints))
        found += [Style(match[1] or "", told) for match in selectors if match is not None and told]
    return found


def _declarations(block: str, line: int, complaints: list[Complaint]) -> Iterator[tuple[str, str]]:
    for written in block.split(";"):
        name, colon, value = (part.strip() for part in written.partition(":"))
        name = name.lower()
        if not (name or colon):
            continue
        if name in _PROPERTIES and _VALUE.fullmatch(value) and not _FETCHES.search(value):
            yield name, value
        else:
            complaints.append(Complaint(line, f"a subtitle may not set '{' '.join(written.split())[:60]}'"))
