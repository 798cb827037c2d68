"""One browser: its start, its memory, its end."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
from typing import TYPE_CHECKING, Any, Self

from framewright.browser.connection import CallTimeoutError, Connection
from framewright.browser.find import real_program
from framewright.browser.flags import command_line, sandbox_obstacle
from framewright.browser.font_files import font_caches
from framewright.browser.fontconfig import fontconfig
from framewright.browser.framing import CborFraming, JsonFraming
from framewright.browser.page import Page
from framewright.browser.process import BrowserProcess
from framewright.browser.profiles import make_profile, profile_folder, remove_profile, sweep_profiles
from framewright.browser.reuse import clear, leave
from framewright.model.errors import BrowserError, CompositionError, FramewrightError, SetupError
from framewright.model.logs import get_logger
from framewright.model.secrets import public_environment

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from framewright.browser.browser_options import BrowserOptions
    from framewright.browser.requests import Outside
    from framewright.model.fonts import FontSet

log = get_logger(__name__)

_START_SECONDS = 60.0
_MEMORY_LOOK_SECONDS = 0.4
_LAST_MOMENT_SECONDS = 0.3


class Browser:
    """A running Chromium, in a session of its own and with a fresh profile. An async context manager.

    After its death every call raises the same error, which says why: ``BROWSER_DIED``, or ``PAGE_MEMORY`` when it
    was killed for using more memory than its limit.

    Attributes:
        version: as it tells itself, such as ``HeadlessChrome/156.0.8078.79``.
        sandboxed: its pages run in Chromium's sandbox.
        loopback: the name by which pages of ours reach this machine; a secret where the browser is bound to an origin.
    """

    def __init__(self, options: BrowserOptions) -> None:
        self.options = options
        self._process: BrowserProcess | None = None
        self._connection: Connection | None = None
        self._profile: Path | None = None
        self._memory_watch: asyncio.Task[None] | None = None
        self._reason: FramewrightError | None = None
        self._pages: dict[str, Page] = {}
        self._contexts: dict[str, str | None] = {}
        self._left: set[str] = set()
        self.version = ""
        self.sandboxed = False
        self.loopback = "127.0.0.1" if options.origin is None else f"{secrets.token_hex(16)}.localhost"

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    @property
    def pid(self) -> int:
        """Of its first process, which leads a session of its own."""
        return self._running.pid

    @property
    def profile(self) -> Path:
        """Its temporary profile."""
        assert self._profile is not None, "the browser has not been started"
        return self._profile

    async def start(self) -> None:
        """Start it, and wait until it answers.

        Raises:
            SetupError: ``BROWSER_MISSING`` when there is no such program, ``PROFILE_FAILED`` when it has no place for
                its files.
            BrowserError: ``BROWSER_DIED`` when it ended at once, ``BROWSER_STALLED`` when it does not answer.
        """
        try:
            await self._start()
        except BaseException:
            await self.close()
            raise

    async def _start(self) -> None:
        options = self.options
        program = real_program(options.program)
        if not os.access(program, os.X_OK):
            raise SetupError(f"{program} is no program that can be started.", code="BROWSER_MISSING")
        await asyncio.to_thread(sweep_profiles, profile_folder(options.tmpdir))
        self._profile = make_profile(options.tmpdir)
        self.sandboxed = await self._decide_sandbox(program)
        framing = CborFraming() if options.framing == "cbor" else JsonFraming()
        command = command_line(
            program,
            profile=self._profile,
            size=options.size,
            scale=options.scale,
            frame_control=options.frame_control,
            sandbox=self.sandboxed,
            pipe=framing.switch,
            origin=options.origin,
            loopback=self.loopback,
            extra=options.flags,
        )
        starting = asyncio.ensure_future(BrowserProcess.start(command, self._environment()))
        try:
            self._process = process = await asyncio.shield(starting)
        except asyncio.CancelledError:
            self._process = await starting  # takes milliseconds, and must not be lost
            raise
        process.on_exit = self._on_exit
        self._connection = Connection(process.read_fd, process.write_fd, framing)
        self._connection.on_closed = self._on_pipe_closed
        self._connection.listen("", self._on_event)
        try:
            answer = await self.call("Browser.getVersion", timeout=_START_SECONDS)
            await self.call("Target.setDiscoverTargets", {"discover": True}, timeout=_START_SECONDS)
            await self.call(
                "Browser.setDownloadBehavior",
                {"behavior": "deny", "eventsEnabled": True},
                timeout=_START_SECONDS,
            )
        except CallTimeoutError as error:
            raise BrowserError(
                f"The browser did not answer within {_START_SECONDS:g} s of its start.",
                code="BROWSER_STALLED",
            ) from error
        self.version = str(answer["product"])
        if options.memory_limit is not None:
            self._memory_watch = asyncio.create_task(self._watch_memory(options.memory_limit))
        log.debug("browser started", program=str(program), version=self.version, pid=process.pid)

    def _environment(self) -> dict[str, str]:
        """Ours, with the browser's temporary files in its profile, so that they go with it."""
        # The same hour on every machine, for pages that write it.
        environment = {
            name: value
            for name, value in public_environment().items()
            # The account with the registry of packages is ours.
            if not name.lower().startswith("npm_")
        }
        environment |= {"TMPDIR": str(self.profile), "TZ": "UTC"}
        if self.options.fonts is None:
            return environment
        # A language of the desktop would have its say in which face draws Han letters.
        environment |= {"FONTCONFIG_FILE": str(self._write_font_rules(self.options.fonts)), "FC_LANG": "en"}
        environment.pop("FONTCONFIG_SYSROOT", None)
        return environment

    def _write_font_rules(self, fonts: FontSet) -> Path:
        # What the system has noted of its fonts saves reading them; the last place can always be written.
        caches = (*font_caches(), self.profile / "fontconfig")
        path = self.profile / "fonts.conf"
        path.write_text(fontconfig(fonts, caches), encoding="utf-8")
        return path

    async def _decide_sandbox(self, program: Path) -> bool:
        if self.options.sandbox is not None:
            return self.options.sandbox
        obstacle = await asyncio.to_thread(sandbox_obstacle, program)
        if obstacle is not None:
            log.info("browser sandbox off", reason=obstacle, program=str(program))
        return obstacle is None

    async def call(
        self, method: str, params: dict[str, Any] | None = None, *, session: str = "", timeout: float = 30.0
    ) -> dict[str, Any]:
        """Call the browser itself, or a session of it.

        Raises:
            CallTimeoutError: no answer within ``timeout`` seconds.
            BrowserError: refused, or the browser is gone.
        """
        if self._reason is not None:
            raise self._reason
        try:
            return await self._connected.call(method, params, session=session, timeout=timeout)
        except BrowserError:
            if self._reason is not None:
                raise self._reason from None
            raise

    async def new_page(
        self, *, call_timeout: float = 30.0, apart: bool = False, outside: Outside | None = None
    ) -> Page:
        """A blank page, under frame control when the browser is.

        Args:
            call_timeout: seconds that a call to the page may take unless it says otherwise.
            apart: with cache, cookies and storage of its own, as if it were the first page of this browser.
            outside: who answers what the page asks of other origins; None: the network.

        Raises:
            BrowserError: the browser does not open it.
        """
        size = self.options.size
        wishes: dict[str, Any] = {"url": "about:blank"}
        if self.options.frame_control:
            wishes |= {"width": size.width, "height": size.height, "enableBeginFrameControl": True}
        try:
            if apart:
                wishes |= await self._new_context()
            target = await self.call("Target.createTarget", wishes)
            attached = await self.call(
                "Target.attachToTarget", {"targetId": target["targetId"], "flatten": True}
            )
            page = Page(
                self,
                self._connected,
                attached["sessionId"],
                target["targetId"],
                call_timeout=call_timeout,
                outside=outside,
            )
            self._pages[target["targetId"]] = page
            self._contexts[target["targetId"]] = wishes.get("browserContextId")
            await page.prepare()
            if self._left and not apart:
                await clear(page, self._left)
        except CallTimeoutError as error:
            raise BrowserError(
                f"The browser opens no page: {error} was not answered.", code="BROWSER_STALLED"
            ) from error
        return page

    async def close_page(self, target: str) -> None:
        """Close one page, with its storage when that is its own. Harmless when repeated.

        Raises:
            BrowserError: the browser is gone.
        """
        if target not in self._contexts:
            return
        context = self._contexts.pop(target)
        await self.call("Target.closeTarget", {"targetId": target})
        if context is not None:
            await self.call("Target.disposeBrowserContext", {"browserContextId": context})

    async def empty(self, *, timeout: float = 2.0) -> None:
        """Close all pages; the next one finds the browser as if it were the first.

        Raises:
            CompositionError, BrowserError: a page does not close: close the browser instead.
        """
        for page in tuple(self._pages.values()):
            await leave(page, timeout)
            self._left |= page.origins

    async def _new_context(self) -> dict[str, Any]:
        context = {
            "browserContextId": (await self.call("Target.createBrowserContext"))["browserContextId"],
        }
        # Said of the whole browser, it does not reach into contexts that come later.
        await self.call("Browser.setDownloadBehavior", context | {"behavior": "deny", "eventsEnabled": True})
        return context

    def cpu_seconds(self) -> float:
        """Processor time of all its processes so far."""
        return self._running.cpu_seconds()

    def memory_bytes(self) -> int:
        """Memory of all its processes, pages that they share counted once."""
        return self._running.memory_bytes()

    def kill(self, reason: FramewrightError | None = None) -> None:
        """Kill all its processes at once; calls that wait raise the reason. :meth:`close` clears up."""
        self._fail(reason or BrowserError("The browser was killed.", code="BROWSER_DIED"))
        if self._process is not None:
            self._process.kill()

    async def close(self) -> None:
        """Kill it, wait until no process is left, and remove its profile. Harmless when repeated."""
        cancelled = False
        if self._memory_watch is not None:
            self._memory_watch.cancel()
        self.kill(BrowserError("The browser has been closed.", code="BROWSER_DIED"))
        ending = asyncio.ensure_future(self._clear_up())
        while not ending.done():
            try:
                await asyncio.shield(ending)
            except asyncio.CancelledError:  # clearing up takes a moment and must not be left half done
                cancelled = True
        ending.result()
        if cancelled:
            raise asyncio.CancelledError

    async def _clear_up(self) -> None:
        if self._process is not None:
            await self._process.buried()
        if self._profile is not None:
            await asyncio.to_thread(remove_profile, self._profile)

    @property
    def _running(self) -> BrowserProcess:
        assert self._process is not None, "the browser has not been started"
        return self._process

    @property
    def _connected(self) -> Connection:
        assert self._connection is not None, "the browser has not been started"
        return self._connection

    def _on_pipe_closed(self) -> None:
        # The pipe closes a moment before the process has ended, and its end says more.
        asyncio.get_running_loop().call_later(_LAST_MOMENT_SECONDS, self._on_exit)

    def _on_exit(self) -> None:
        if self._reason is None:
            process = self._running
            log.warning("browser died", pid=process.pid, ending=process.ending, stderr=process.last_words)
            told = f": {process.complaint}" if process.complaint else ""
            self.kill(BrowserError(f"The browser died ({process.ending}){told}.", code="BROWSER_DIED"))

    def _fail(self, reason: FramewrightError) -> None:
        if self._reason is None:
            self._reason = reason
        for page in self._pages.values():
            page.lost(self._reason)
        if self._connection is not None:
            self._connection.close(self._reason)

    def _on_event(self, method: str, params: dict[str, Any]) -> None:
        if method == "Target.targetCreated":
            self._refuse_popup(params["targetInfo"])
        elif method == "Target.targetCrashed":
            page = self._pages.get(params["targetId"])
            if page is not None:
                page.crashed(out_of_memory=self._running.wrote("javascript OOM", "Out of memory"))
        elif method == "Target.targetDestroyed":
            if page := self._pages.pop(params["targetId"], None):
                page.destroyed()
        elif method == "Browser.downloadWillBegin":
            for page in self._pages.values():
                page.download_denied(params.get("url", ""))

    def _refuse_popup(self, target: dict[str, Any]) -> None:
        page = self._pages.get(target.get("openerId", ""))
        if page is not None and target["type"] == "page" and target["targetId"] not in self._pages:
            self._connected.tell("Target.closeTarget", {"targetId": target["targetId"]})

    async def _watch_memory(self, limit: int) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            while self._reason is None:
                await asyncio.sleep(_MEMORY_LOOK_SECONDS)
                # The quick figure is never too small, so the exact one is needed only beyond the limit.
                if self._running.memory_bytes(quick=True) > limit:
                    used = await asyncio.to_thread(self.memory_bytes)
                    if used > limit:
                        self.kill(_too_much_memory(used, limit))


def _too_much_memory(used: int, limit: int) -> CompositionError:
    return CompositionError(
        f"The page uses more than {limit // 2**20} MiB of memory ({used // 2**20} MiB): "
        "let it hold less at a time, or allow more by --page-memory or FRAMEWRIGHT_PAGE_MEMORY.",
        code="PAGE_MEMORY",
    )
