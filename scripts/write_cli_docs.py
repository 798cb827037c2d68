"""Write docs/cli.md from the commands themselves. ``--check`` only says whether the page is stale."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from framewright.cli.app import app

if TYPE_CHECKING:
    from collections.abc import Iterable

PAGE = Path(__file__).parents[1] / "docs" / "cli.md"

_HEAD = """# The command line

<!-- Written by scripts/write_cli_docs.py (`make docs`). Change the commands in src/framewright/cli/ instead. -->

People read progress on stderr; stdout is for machines: `--json` of `render` writes one JSON object a line (an
`event` of `stage`, `decided`, `chunk`, `progress`, `warning`, `fallback`, `finished` or `error`), that of `probe` and `doctor`
one document. With `--batch` each of these carries the number of its `row`, and `row`, `row_failed` and `batch_finished`
tell of rows as a whole. Colours follow `NO_COLOR`; a pipe or a file gets plain lines.

| exit code | means |
| --- | --- |
| 0 | done |
| 1 | something unexpected; `--debug` shows where |
| 2 | the command was misused: no such option, value or file |
| 3 | the composition cannot be rendered as it is |
| 4 | the machine lacks something; see `framewright doctor` |
| 5 | cancelled by Ctrl-C, SIGTERM, or a reader of stdout that left; nothing partial stays |
| 6 | the output could not be written; or `framewright verify` found an error in it |

Ctrl-C ends a render in order: browsers are closed and no file is left. A second Ctrl-C stops at once.

These variables set defaults for a machine: `FRAMEWRIGHT_BROWSER` (the browser's program), `FRAMEWRIGHT_SANDBOX`
(`true` or `false`), `FRAMEWRIGHT_PAGE_TIMEOUT` (seconds), `FRAMEWRIGHT_PAGE_MEMORY` (bytes), `FRAMEWRIGHT_TMPDIR`,
`FRAMEWRIGHT_GLIMPSE` (a file that shows the latest frame of a render as a small JPEG, about once a second);
`FRAMEWRIGHT_WORKERS` and `FRAMEWRIGHT_CAPTURE` stand for `--workers` and `--capture`, and
[`framewright bench`](distributed.md#what-a-machine-can-do) says which;
[fonts.md](fonts.md) tells those of fonts, [remote.md](remote.md#settings) those of fetching, [media.md](media.md) that of
source video.
"""


def page() -> str:
    """The whole page."""
    group = typer.main.get_command(app)
    return "\n".join([_HEAD, *_commands("", group)])


def _commands(above: str, group: object) -> Iterable[str]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _commands(f"{above}{name} ", command)
        else:
            yield _command(f"{above}{name}", command)


def _command(name: str, command: object) -> str:
    arguments = [one for one in command.params if one.param_type_name == "argument"]
    usage = " ".join(["framewright", name, *(one.metavar for one in arguments), "[OPTIONS]"])
    lines = [f"## {name}", "", command.help, "", "```", usage, "```", ""]
    lines += [f"`{one.metavar}`: {one.help}\n" for one in arguments]
    for panel, options in _panels(command.params):
        lines += [f"| {panel.lower()} | |", "| --- | --- |", *(_row(option) for option in options), ""]
    return "\n".join(lines)


def _panels(params: Iterable[object]) -> Iterable[tuple[str, list[object]]]:
    panels: dict[str, list[object]] = {}
    for one in params:
        if one.param_type_name == "option":
            panels.setdefault(one.rich_help_panel or "Options", []).append(one)
    return panels.items()


def _row(option: object) -> str:
    # A bar would end the cell of the table.
    metavar = (option.metavar or "").strip().replace("|", r"\|")
    names = ", ".join(f"`{name}`" for name in (*option.opts, *option.secondary_opts))
    default = (
        f" (default: {option.default})" if option.show_default and option.default not in (None, False) else ""
    )
    return f"| {names} {metavar}".rstrip() + f" | {option.help}{default} |"


def main() -> None:
    """Write the page, or compare it."""
    fresh = page()
    if "--check" in sys.argv[1:]:
        if not PAGE.exists() or PAGE.read_text(encoding="utf-8") != fresh:
            sys.exit(f"{PAGE.name} is stale: run `make docs`.")
        return
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(fresh, encoding="utf-8")


if __name__ == "__main__":
    main()
