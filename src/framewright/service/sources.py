"""From how a request names its composition to what may be opened: an upload, a path below a root, a page, or an address."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from framewright.composition.remote import NetworkPolicy
from framewright.composition.site import is_address, open_site
from framewright.model.errors import UsageError
from framewright.service.desk import Source
from framewright.service.errors import ForbiddenError, RequestError, UnknownError
from framewright.service.uploads.projects import INDEX

if TYPE_CHECKING:
    from collections.abc import Sequence

    from framewright.model.job_request import CompositionSource
    from framewright.model.upload import Upload
    from framewright.service.desk import Caller
    from framewright.service.settings import ServiceSettings

_SUFFIXES = {".html", ".htm", ".xhtml"}
_INLINE_NAME = "inline page"


class Shelf(Protocol):
    """Where uploads lie."""

    async def open(self, upload: str, caller: Caller) -> tuple[Upload, Path]:
        """An upload of the caller's with its folder, which counts as used from now.

        Raises:
            UnknownError: ``UPLOAD_UNKNOWN``.
        """
        ...

    async def keep_page(self, html: str, caller: Caller, *, name: str) -> Upload:
        """A project of one page, ``index.html``; the same one for the same page.

        Raises:
            TooLargeError: ``UPLOADS_FULL``.
        """
        ...


class Sources:
    """Finds compositions.

    Args:
        settings: which roots and addresses are open to callers.
        uploads: where uploads lie, and inline pages come to lie.
    """

    def __init__(self, settings: ServiceSettings, uploads: Shelf) -> None:
        self._settings = settings
        self._uploads = uploads
        self._policy = NetworkPolicy(private=settings.page_network == "any")

    async def resolve(self, source: CompositionSource, caller: Caller) -> Source:
        """Find a composition.

        Raises:
            UnknownError: ``UPLOAD_UNKNOWN``, ``PAGE_UNKNOWN``, ``PATH_UNKNOWN``.
            RequestError: ``NO_INDEX``, ``NOT_HTML``, ``PATH_INVALID``, ``URL_INVALID``, ``URL_UNSUPPORTED``.
            ForbiddenError: ``PATHS_CLOSED``, ``URLS_CLOSED``, ``URL_FORBIDDEN``.
            TooLargeError: ``UPLOADS_FULL`` for a page that was written into the request.
        """
        if source.upload is not None:
            return await self._uploaded(source.upload, source.page, caller)
        if source.html is not None:
            kept = await self._uploads.keep_page(source.html, caller, name=_INLINE_NAME)
            return await self._uploaded(kept.id, None, caller)
        if source.url is not None:
            return self._addressed(source.url)
        assert source.path is not None
        return await asyncio.to_thread(self._rooted, source.path)

    async def _uploaded(self, upload: str, page: str | None, caller: Caller) -> Source:
        found, folder = await self._uploads.open(upload, caller)
        place = await asyncio.to_thread(_page_inside, folder, page or INDEX)
        if place is None and page is None:
            told = f"its pages are {_listed(found.pages)}" if found.pages else "it holds no HTML file at all"
            raise RequestError(
                f"Upload {upload} has no {INDEX}: name the one to render as 'page'; {told}.", code="NO_INDEX"
            )
        if place is None:
            raise UnknownError(f"Upload {upload} has no file '{page}'.", code="PAGE_UNKNOWN")
        name = found.name if page is None else f"{found.name}/{page}"
        return Source(composition=str(place), name=name, root=folder, upload=found.id)

    def _rooted(self, path: str) -> Source:
        if not self._settings.roots:
            raise ForbiddenError(
                "This service opens no paths: upload the project, or have the operator name folders with --root.",
                code="PATHS_CLOSED",
            )
        if os.path.isabs(path) or "\0" in path or "\\" in path or ".." in path.split("/"):
            raise RequestError(
                f"'{path}' is no path below a root: give one that is relative and has no '..'.",
                code="PATH_INVALID",
            )
        for root in self._settings.roots:
            page = _page_inside(root.expanduser(), path)
            if page is not None:
                # The page's own folder is its project; a link may have led to it from elsewhere below the root.
                return Source(
                    composition=str(page), name=path.strip("/") or page.parent.name, root=page.parent
                )
        # Nothing tells apart what is not there from what lies outside: links are not for sounding out a disk.
        raise UnknownError(
            f"No root has '{path}': name a folder with an {INDEX}, or an HTML file.", code="PATH_UNKNOWN"
        )

    def _addressed(self, url: str) -> Source:
        if not self._settings.urls:
            raise ForbiddenError(
                "This service renders no pages from elsewhere: upload the project, or have the operator allow --urls.",
                code="URLS_CLOSED",
            )
        if not is_address(url):
            raise RequestError(
                f"'{url}' is no address: write it like https://example.org/page.", code="URL_INVALID"
            )
        try:
            site = open_site(url)
        except UsageError as error:
            raise RequestError(error.message, code=error.code) from error
        refusal = self._policy.refusal(site.url)
        if refusal is not None:
            raise ForbiddenError(f"{url} is not rendered: {refusal}.", code="URL_FORBIDDEN")
        return Source(composition=site.url, name=site.url)


def _inside(folder: Path, path: str) -> Path | None:
    """What a path means below a folder once all links are followed; None: nothing, or something outside."""
    try:
        root = os.path.realpath(folder, strict=True)
        found = Path(os.path.realpath(os.path.join(root, path), strict=True))
    except (OSError, ValueError):  # not there, a circle of links, a NUL
        return None
    return found if found.is_relative_to(root) else None


def _page_inside(folder: Path, path: str) -> Path | None:
    """As :func:`_inside`, a folder standing for its ``index.html``.

    Raises:
        RequestError: ``NOT_HTML``.
    """
    page = _inside(folder, path)
    if page is not None and page.is_dir():
        page = _inside(folder, f"{path}/{INDEX}")
    if page is not None and (page.suffix.lower() not in _SUFFIXES or not page.is_file()):
        raise RequestError(f"'{path}' is no HTML page: name a file that ends in .html.", code="NOT_HTML")
    return page


def _listed(pages: Sequence[str]) -> str:
    shown = ", ".join(f"'{page}'" for page in pages[:5])
    return shown if len(pages) <= 5 else f"{shown} and {len(pages) - 5} more"
