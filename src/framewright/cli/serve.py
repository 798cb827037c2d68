"""``framewright serve``: renders over HTTP until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from typing import TYPE_CHECKING

from rich.text import Text

from framewright.cli import phrases
from framewright.cli.console import hanging, line, people_console, rows
from framewright.cli.log_lines import set_up_log_lines
from framewright.cli.settings import read_settings
from framewright.cli.stop import stop_on_signals
from framewright.model.errors import ExitCode, RenderCancelledError, SetupError, UsageError
from framewright.service.serving import need_service, serve
from framewright.service.settings import ServiceSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import Console

    from framewright.cli.cluster import ClusterWishes
    from framewright.service.desks import Cluster
    from framewright.service.serve_events import ServeEvent, ServeReady


def run_serve(
    wishes: Mapping[str, object],
    cluster: ClusterWishes,
    *,
    store: str | None,
    as_json: bool,
    quiet: bool,
    debug: bool,
) -> int:
    """Answer until a signal comes. The first one lets what renders go on for a while, the second one ends it at once.

    Args:
        wishes: settings of the service by name; None: not given.

    Returns:
        The exit code 0.

    Raises:
        FramewrightError: whatever went wrong, for :mod:`framewright.cli.entry` to tell.
    """
    if as_json and quiet:
        raise UsageError("Give --json or --quiet, not both.", code="TELLING_INVALID")
    set_up_log_lines(as_json=as_json, quiet=quiet, debug=debug)
    settings = ServiceSettings.read(**wishes)
    need_service()
    if settings.executor == "temporal" and wishes.get("slots") is not None:
        raise UsageError(
            "--slots is for renders on this machine: give it to framewright worker, or leave out --executor temporal.",
            code="OPTIONS_CONTRADICT",
        )
    renders = _cluster(settings, cluster, store)
    console, ready = people_console(), False

    async def work() -> None:
        stop, loop, task = asyncio.Event(), asyncio.get_running_loop(), asyncio.current_task()

        def tell(event: ServeEvent) -> None:
            nonlocal ready
            ready = True
            # Whoever looked on may have left; there is work to do.
            with contextlib.suppress(BrokenPipeError):
                if as_json:
                    sys.stdout.write(f"{event.model_dump_json()}\n")
                    sys.stdout.flush()
                elif not quiet:
                    tell_people(console, event)

        def hear() -> None:
            stop.set()
            if not ready and task is not None:
                task.cancel()

        with stop_on_signals(lambda: _soon(loop, hear)):
            try:
                await serve(settings, stop, tell, cluster=renders)
            except asyncio.CancelledError:
                if not stop.is_set():
                    raise
                raise RenderCancelledError(
                    "The service was stopped before it was ready.", code="CANCELLED"
                ) from None

    asyncio.run(work())
    return ExitCode.DONE


def tell_people(console: Console, event: ServeEvent) -> None:
    """Print an event."""
    if event.event == "ready":
        _tell_ready(console, event)
        return
    busy = phrases.count(event.running, "render")
    rest = f"; {busy} may go on for {phrases.seconds(event.seconds)}" if event.running else ""
    line(console, f"Stopping: nothing more is taken{rest}.")


def _tell_ready(console: Console, event: ServeReady) -> None:
    hanging(console, Text("●", style="bold green"), Text.assemble((event.url, "bold"), " answers"))
    who = "this machine" if event.slots is None else f"this machine, {event.slots} at a time"
    told = [
        ("renders", "a cluster" if event.executor == "temporal" else who),
        ("data", phrases.clean(event.data)),
    ]
    if event.tokens:
        told.append(("tokens", f"{event.tokens}; every request needs one"))
    rows(console, told)
    if event.exposed:
        line(console, "Everybody who reaches this address may use it: nobody needs a token.", style="yellow")
    if event.tokens == 0:
        line(console, "Every request needs a token, and there is none yet. Make one with:")
        line(
            console,
            Text(f"  framewright tokens create NAME --data {phrases.clean(event.data)}", style="bold"),
        )


def _soon(loop: asyncio.AbstractEventLoop, hear: object) -> None:
    assert callable(hear)
    loop.call_soon_threadsafe(hear)


def _cluster(settings: ServiceSettings, wishes: ClusterWishes, store: str | None) -> Cluster | None:
    """Raises UsageError: options of a cluster where none renders; SetupError: ``STORE_UNSET``, or as :meth:`ClusterWishes.read`."""
    if settings.executor == "local":
        foreign = [*wishes.given, *(["--store"] if store is not None else [])]
        if foreign:
            raise UsageError(
                f"{foreign[0]} is for renders on a cluster: add --executor temporal, or leave it out.",
                code="OPTIONS_CONTRADICT",
            )
        return None
    from framewright.service.desks import Cluster

    here = read_settings()
    named = store or here.store
    if named is None:
        raise SetupError(
            "A service whose renders run on a cluster needs the store of its workers: name it with --store or "
            "FRAMEWRIGHT_STORE.",
            code="STORE_UNSET",
        )
    return Cluster(temporal=wishes.read(), store=named, here=here)
