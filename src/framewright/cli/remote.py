"""``--server``: who renders is a service somewhere, reached over HTTP; and what does not go with it."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from framewright.model.errors import SetupError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from framewright.cli.cluster import ClusterWishes
    from framewright.client import AsyncClient
    from framewright.model.report import RenderReport
    from framewright.render import CancelToken, Listener, ProbeResult, RenderOptions

SERVER_VARIABLE = "FRAMEWRIGHT_SERVER"
TOKEN_VARIABLE = "FRAMEWRIGHT_SERVER_TOKEN"  # noqa: S105 -- its name, not what it holds


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerWishes:
    """The options.

    Attributes:
        url: the service's address.
        token_file: holds the token; None: the environment may.
        detach: begin the render, and leave.
    """

    url: str
    token_file: Path | None = None
    detach: bool = False

    @classmethod
    def of(
        cls,
        url: str | None,
        token_file: Path | None,
        *,
        on_line: bool,
        executor_on_line: bool = False,
        detach: bool = False,
    ) -> ServerWishes | None:
        """What was asked for; None: no service is.

        Args:
            on_line: the address stands on the command line, not in the environment alone.
            executor_on_line: another one who renders stands on the command line.

        Raises:
            UsageError: ``OPTIONS_CONTRADICT``.
        """
        if on_line and executor_on_line:
            raise _contradict("--server and --executor both say who renders: leave out one of them")
        if not url or executor_on_line:
            if token_file is not None:
                raise _contradict("--token-file is for a service: name it with --server")
            return None
        return cls(url=url, token_file=token_file, detach=detach)

    @classmethod
    def or_cluster(
        cls, url: str | None, token_file: Path | None, cluster: ClusterWishes
    ) -> ServerWishes | None:
        """The service whose jobs are meant; None: those of a cluster are.

        Raises:
            UsageError: ``OPTIONS_CONTRADICT``.
        """
        given = cluster.given
        if given and url is not None and url != os.environ.get(SERVER_VARIABLE):
            raise _contradict(
                f"--server is a render service, and {given[0]} is for a cluster: leave out one of them"
            )
        return cls.of(None if given else url, token_file, on_line=False)

    def check(self, *, batch: bool, explain: bool, page_memory: str | None) -> None:
        """See that nothing was asked for that a service settles by itself.

        Raises:
            UsageError: ``OPTIONS_CONTRADICT``.
        """
        said = f"{self.url} renders (--server, or {SERVER_VARIABLE})"
        if batch:
            raise _contradict(
                f"{said}, and rows of --batch are rendered here or on a cluster: leave out one of them"
            )
        if page_memory is not None:
            raise _contradict(
                f"{said}, and --page-memory is a setting of the machine that does: leave it out"
            )
        if self.detach and explain:
            raise _contradict("--explain tells of a render that has ended: leave out --detach")

    def client(self) -> AsyncClient:
        """Speaks to the service.

        Raises:
            UsageError: ``SERVER_INVALID``, ``TOKEN_INVALID``.
            SetupError: ``SETTING_INVALID`` the file of the token cannot be read.
        """
        from framewright.client import AsyncClient

        return AsyncClient(self.url, self._token())

    def _token(self) -> str | None:
        if self.token_file is None:
            return os.environ.get(TOKEN_VARIABLE, "").strip() or None
        try:
            token = self.token_file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is no text"
            raise SetupError(
                f"The file {self.token_file} of --token-file cannot be read: {reason}.",
                code="SETTING_INVALID",
            ) from error
        if not token:
            raise SetupError(f"The file {self.token_file} of --token-file is empty.", code="SETTING_INVALID")
        return token


async def render_on_service(
    server: ServerWishes,
    composition: str,
    target: Path,
    options: RenderOptions,
    *,
    page_timeout: float | None,
    tell: Listener,
    cancel: CancelToken,
) -> RenderReport | str:
    """Render on a service.

    Returns:
        The account; or the id of a render that was left to itself.

    Raises:
        FramewrightError: see :func:`framewright.render`; nobody answers, or does not let us in.
    """
    from framewright.render.cancel import Stoppable
    from framewright.render.output_choice import choose_kind

    async with server.client() as client:
        if not server.detach:
            return await client.render(
                composition, target, options, page_timeout=page_timeout, on_event=tell, cancel=cancel
            )
        wanted = replace(options, format=choose_kind(target, options).format)
        async with Stoppable(cancel):
            job = await client.submit(composition, wanted, page_timeout=page_timeout, on_event=tell)
            return job.id
    raise AssertionError("unreachable")


async def probe_on_service(
    server: ServerWishes,
    composition: str,
    options: RenderOptions,
    *,
    page_timeout: float | None,
    cancel: CancelToken,
) -> ProbeResult:
    """Look at a composition on a service.

    Raises:
        FramewrightError: see :func:`framewright.probe`; nobody answers, or does not let us in.
    """
    from framewright.render.cancel import Stoppable

    async with server.client() as client, Stoppable(cancel):
        return await client.probe(composition, options, page_timeout=page_timeout)
    raise AssertionError("unreachable")


def _contradict(sentence: str) -> UsageError:
    return UsageError(f"{sentence}.", code="OPTIONS_CONTRADICT")
