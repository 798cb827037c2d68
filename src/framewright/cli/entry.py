"""Where the command begins and ends: every way to end has its exit code and at most one sentence."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING

from framewright.model.errors import ExitCode, FramewrightError, OutputError, RenderCancelledError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and end the process.

    Args:
        arguments: in place of those of the process.
    """
    code = run(list(sys.argv[1:] if arguments is None else arguments))
    for stream in (sys.stdout, sys.stderr):
        _let_go(stream)
    sys.exit(code)


def run(arguments: list[str]) -> int:
    """Run the command line.

    Returns:
        The exit code; whatever went wrong has been told.
    """
    # A terminal that cannot show a letter gets a question mark instead of an end of the render.
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError):
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]  # stand-ins of tests lack it
    try:
        code = _run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read our output has left (`| head`): stop like them, without a word.
        return ExitCode.CANCELLED
    except OSError as error:
        return tell_error(
            OutputError(f"The standard output cannot be written: {error.strerror}.", code="STDOUT_FAILED")
        )
    return code


def _run(arguments: list[str]) -> int:
    from typer.exceptions import Exit, TyperException
    from typer.main import get_command

    from framewright.cli.app import app

    as_json, debug = "--json" in arguments, "--debug" in arguments
    try:
        # Typer's own main would end the process by its own lights, and with its own status for a closed pipe.
        command = get_command(app)
        with command.make_context("framewright", arguments) as context:
            code = command.invoke(context)
    except Exit as end:
        return end.exit_code
    except SystemExit as end:
        # Rich's word for a closed pipe, from the help that it prints for typer.
        raise BrokenPipeError from end
    except FramewrightError as error:
        return _told(error, as_json=as_json, debug=debug)
    except TyperException as error:
        sentence = " ".join(error.format_message().split())
        return _told(
            UsageError(f"{sentence.rstrip('.')}.", code="OPTION_INVALID"), as_json=as_json, debug=False
        )
    except KeyboardInterrupt:
        return _told(RenderCancelledError("Cancelled.", code="CANCELLED"), as_json=as_json, debug=debug)
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001 -- the last one to see it
        return _told(_unexpected(error, debug=debug), as_json=as_json, debug=debug)
    return ExitCode.DONE if code is None else int(code)


def _unexpected(error: Exception, *, debug: bool) -> FramewrightError:
    what = f"{type(error).__name__}: {error}".rstrip(": ")
    hint = "" if debug else " Run it again with --debug to see where."
    wrapped = FramewrightError(f"Something unexpected happened: {what}.{hint}", code="UNEXPECTED")
    wrapped.__cause__ = error
    return wrapped


def _told(error: FramewrightError, *, as_json: bool, debug: bool) -> int:
    if debug:
        import traceback

        traceback.print_exception(error.__cause__ if error.code == "UNEXPECTED" else error)
    if not as_json:
        return tell_error(error)
    import json

    event = {
        "event": "error",
        "code": error.code,
        "message": error.message,
        "exit_code": int(error.exit_code),
        "retryable": error.retryable,
    }
    sys.stdout.write(f"{json.dumps(event, ensure_ascii=False, separators=(',', ':'))}\n")
    return error.exit_code


def tell_error(error: FramewrightError) -> int:
    """Say the sentence on stderr.

    Returns:
        The exit code of the error.
    """
    from rich.text import Text

    from framewright.cli import phrases
    from framewright.cli.console import hanging, people_console

    cancelled = error.exit_code is ExitCode.CANCELLED
    mark = Text("■", style="yellow") if cancelled else Text("✗", style="bold red")
    # A closed stderr leaves nobody to tell.
    with contextlib.suppress(OSError):
        hanging(people_console(), mark, Text(phrases.clean(error.message)))
    return error.exit_code


def _let_go(stream: TextIO) -> None:
    """Write what is left; where nobody reads any more, point the stream to nowhere, or Python's own last flush complains."""
    try:
        stream.flush()
    except (OSError, ValueError):
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
