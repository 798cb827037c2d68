"""What the documents point at is there: files, headings, the tests behind each promise, and the rooms of the house."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

_TOP = Path(__file__).parents[2]
_DOCUMENTS = sorted(
    [
        *_TOP.glob("*.md"),
        *(_TOP / "docs").glob("*.md"),
        _TOP / "examples/README.md",
        _TOP / "benchmarks/README.md",
    ]
)
_FENCED = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\]\(([^()\s]+)\)")
_TEST = re.compile(r"\[`(\w+)`\]\((\.\./tests/[^()\s]+\.py)\)")


def _prose(document: Path) -> str:
    return _FENCED.sub("", document.read_text(encoding="utf-8"))


def _anchors(document: Path) -> set[str]:
    """What the headings of a document can be linked by: as GitHub spells them."""
    headings = re.findall(r"^#+ (.+)$", _prose(document), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", _DOCUMENTS, ids=lambda document: str(document.relative_to(_TOP)))
def test_links_lead_somewhere(document: Path) -> None:
    links = [link for link in _LINK.findall(_prose(document)) if "://" not in link]
    astray = []
    for link in links:
        path, _, anchor = link.partition("#")
        target = (document.parent / path).resolve() if path else document
        if not target.exists() or (anchor and anchor not in _anchors(target)):
            astray.append(link)
    assert not astray


def test_each_promise_of_compatibility_has_its_test() -> None:
    document = _TOP / "docs/compatibility.md"
    rows = [line for line in _prose(document).splitlines() if re.match(r"\| (?!what |---)", line)]
    linked = [(name, document.parent / path) for name, path in _TEST.findall(_prose(document))]
    assert len(linked) > 100
    assert not [f"{name} in {path.name}" for name, path in linked if not _defines(path, name)]
    assert not [row for row in rows if "tests/" in row and not _TEST.search(row)]


def _defines(path: Path, name: str) -> bool:
    return (
        path.is_file()
        and re.search(rf"^\s*(async )?def {name}\(", path.read_text("utf-8"), re.MULTILINE) is not None
    )


def test_architecture_names_every_room() -> None:
    source = _TOP / "src/framewright"
    rooms = {room.parent.name for room in source.glob("*/__init__.py")}
    told = re.findall(r"^\| \d \| `(\w+)` \|", _prose(_TOP / "docs/architecture.md"), re.MULTILINE)
    assert set(told) == rooms
    assert len(told) == len(rooms)


def test_files_that_architecture_points_at_are_there() -> None:
    source = _TOP / "src/framewright"
    prose = _prose(_TOP / "docs/architecture.md")
    named = re.findall(r"`((?:cli|check|render|composition|capture|browser|media|model)/[\w*/.]*)`", prose)
    assert named
    assert not [name for name in named if not any(source.glob(name.removesuffix("/")))]
