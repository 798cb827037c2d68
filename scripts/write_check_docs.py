"""Write docs/check.md from the rules themselves. ``--check`` only says whether the page is stale."""

from __future__ import annotations

import sys
from pathlib import Path

from framewright.check.notices import OTHER, TOLD
from framewright.check.rules import RULES
from framewright.check.steadiness import ABOUT

PAGE = Path(__file__).parents[1] / "docs" / "check.md"

_HEAD = """# Checking a composition

<!-- Written by scripts/write_check_docs.py (`make docs`). Change the rules in src/framewright/check/ instead. -->

```sh
framewright check my-title                   # what is found, by file and line
framewright check my-title --report report   # and a page that shows the frames that differ
framewright check my-title --json            # one document for programs
```

A check reads the page, its sub-compositions, style sheets and scripts, opens the page, goes through it, and compares
sampled frames by several ways that lead to them: forwards, the same again, in leaps back and forth, and each as the
first frame of a page of its own. `--no-audit` saves that comparison, which takes most of the time.

Each finding has a code that never changes, a severity, the place where it is written (`file:line:column`) and the
element, as far as they are known, one sentence that says what is wrong, and one that says what to do.

| severity | means | exit code |
| --- | --- | --- |
| error | it does not render, or not what is written | 3 |
| warning | it renders, perhaps not as it was meant | 0, with `--strict` 3 |
| info | good to know | 0 |

From Python: `framewright.check(...)` and `check_async` return a `CheckReport`; `--json` prints the same. A
composition that cannot be opened is a finding with the code of the error that a render would end with.

What a rule cannot be sure of it leaves alone: attributes that the page's own scripts or styles speak of, addresses
that a script fills in (`{{…}}`, `${…}`), elements that a script makes. Those are judged in the running page.
"""


def page() -> str:
    """The whole page."""
    written = [f"| `{one.code}` | {one.severity} | {one.about} |" for one in RULES]
    shown = [f"| `{code}` | {told.severity} | {told.about} |" for code, told in sorted(TOLD.items())]
    shown.append(f"| … | {OTHER.severity} | {OTHER.about} |")
    compared = [f"| `{code}` | error | {about} |" for code, about in ABOUT.items()]
    return (
        "\n".join(
            (
                _HEAD,
                *_table("In what is written", written),
                *_table("In the running page", shown),
                *_table("In its frames", compared),
            )
        ).rstrip()
        + "\n"
    )


def _table(title: str, rows: list[str]) -> list[str]:
    return [f"## {title}", "", "| code | severity | what it finds |", "| --- | --- | --- |", *rows, ""]


def main() -> None:
    """Write the page, or compare it."""
    fresh = page()
    if "--check" in sys.argv[1:]:
        if not PAGE.exists() or PAGE.read_text(encoding="utf-8") != fresh:
            sys.exit(f"{PAGE.name} is stale: run `make docs`.")
        return
    PAGE.write_text(fresh, encoding="utf-8")


if __name__ == "__main__":
    main()
