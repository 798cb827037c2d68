"""``framewright render``: options in, a file and an account out."""

from __future__ import annotations

import asyncio
import re
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from framewright.cli.console import is_live, line, people_console
from framewright.cli.executing import tell_detached
from framewright.cli.explaining import tell_explanation
from framewright.cli.live import LiveNarrator
from framewright.cli.logs import set_up_logs
from framewright.cli.narration import JsonNarrator, Narrator
from framewright.cli.plain import PlainNarrator
from framewright.cli.settings import read_settings
from framewright.cli.stop import stop_on_signals
from framewright.composition.site import is_address
from framewright.executors import render_async
from framewright.model.errors import ExitCode, UsageError
from framewright.model.output import Format
from framewright.render import CancelToken, RenderOptions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from framewright.cli.executing import ExecutorWishes
    from framewright.cli.remote import ServerWishes
    from framewright.model.report import RenderReport
    from framewright.model.settings import Settings
    from framewright.render import RenderWishes


@dataclass(frozen=True, slots=True)
class Telling:
    """How the command talks."""

    as_json: bool
    quiet: bool
    debug: bool
    explain: bool = False

    def __post_init__(self) -> None:
        if self.as_json and self.quiet:
            raise UsageError("Give --json or --quiet, not both.", code="TELLING_INVALID")
        if self.explain and (self.as_json or self.quiet):
            other = "--json, whose last line tells it all" if self.as_json else "--quiet"
            raise UsageError(f"--explain is for people: leave out {other}.", code="TELLING_INVALID")


def run_render(
    composition: str,
    output: Path | None,
    wishes: RenderWishes,
    *,
    executor: ExecutorWishes,
    server: ServerWishes | None = None,
    telling: Telling,
    page_timeout: float | None,
    page_memory: str | None,
) -> int:
    """Render, and tell about it as wished.

    Returns:
        The exit code 0.

    Raises:
        FramewrightError: whatever went wrong, for :mod:`framewright.cli.entry` to tell.
    """
    executor.check_single(explain=telling.explain)
    set_up_logs(debug=telling.debug)
    options = RenderOptions.parse(**wishes)
    settings = read_settings(page_timeout=page_timeout, page_memory=page_memory)
    target = output or usual_output(composition, options.format or Format.MP4)
    with narrator_of(f"{composition} → {target}", telling) as narrator:
        if server is None:
            work = _render(composition, target, options, settings, narrator, executor=executor)
        else:
            work = _render_there(server, composition, target, options, narrator, page_timeout=page_timeout)
        ended = asyncio.run(work)
    if isinstance(ended, str):
        tell_detached(ended, as_json=telling.as_json)
    elif telling.explain:
        tell_explanation(people_console(), ended)
    return ExitCode.DONE


async def _render(
    composition: str,
    target: Path,
    options: RenderOptions,
    settings: Settings,
    narrator: Narrator,
    *,
    executor: ExecutorWishes,
) -> RenderReport | str:
    """The account; or the id of a render that was left to itself."""
    with _stoppable(target, narrator) as token:
        if executor.elsewhere:
            from framewright.cli.elsewhere import render_elsewhere

            return await render_elsewhere(
                composition, target, options, executor, settings=settings, tell=narrator.tell, cancel=token
            )
        return await render_async(
            composition, target, options, on_event=narrator.tell, cancel=token, settings=settings
        )


async def _render_there(
    server: ServerWishes,
    composition: str,
    target: Path,
    options: RenderOptions,
    narrator: Narrator,
    *,
    page_timeout: float | None,
) -> RenderReport | str:
    """The same by a service."""
    from framewright.cli.remote import render_on_service

    with _stoppable(target, narrator) as token:
        return await render_on_service(
            server, composition, target, options, page_timeout=page_timeout, tell=narrator.tell, cancel=token
        )


@contextmanager
def _stoppable(target: Path, narrator: Narrator) -> Iterator[CancelToken]:
    """A token that Ctrl-C cancels; the second one leaves at once, without what was written for the target."""
    # Brings the codecs along, for which a command that is refused should not wait.
    from framewright.media import remove_partials

    token = CancelToken()
    loop = asyncio.get_running_loop()

    def stop() -> None:
        token.cancel()
        # A signal may strike in the middle of printing, so nothing is printed right here.
        loop.call_soon_threadsafe(narrator.stopping)

    def at_once() -> None:
        remove_partials(target)

    with stop_on_signals(stop, at_once=at_once):
        yield token


def narrator_of(headline: str, telling: Telling) -> Narrator:
    """Whoever tells a render to those who asked for it; people read the headline first."""
    if telling.as_json:
        return JsonNarrator()
    if telling.quiet:
        return Narrator()
    console = people_console()
    line(console, headline, style="bold")
    # Log lines would tear a live line apart.
    return LiveNarrator(console) if is_live(console) and not telling.debug else PlainNarrator(console)


def usual_output(composition: str, container: Format) -> Path:
    """Where a render goes when nobody says: beside the current folder's files, by the composition's name.

    A sequence goes to ``NAME-frames``: the composition's own folder may be called ``NAME``.
    """
    if is_address(composition):
        return _named_after(_name_of_address(composition), container)
    path = Path(composition).absolute()
    page = path.parent if path.name == "index.html" else path
    return _named_after(page.name if page.is_dir() else page.stem, container)


def _name_of_address(address: str) -> str:
    """The last word of an address that says something: a page's name, its folder's, or the host's."""
    parts = urlsplit(address)
    words = [word for word in unquote(parts.path).split("/") if word and PurePosixPath(word).stem != "index"]
    word = PurePosixPath(words[-1]).stem if words else parts.hostname or ""
    return re.sub(r"[^\w.-]+", "-", word).strip("-.")


def _named_after(name: str, container: Format) -> Path:
    name = name or "video"
    return Path(f"{name}-frames" if container is Format.PNG_SEQUENCE else f"{name}.{container}")
