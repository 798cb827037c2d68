"""What a page answers, which its author may have bent: understood, told once, or refused."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from framewright.browser import LONGEST_ADDRESS
from framewright.model.errors import CompositionError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from framewright.browser import Page
    from framewright.model.composition import Notice


@contextmanager
def understanding() -> Iterator[None]:
    """Read what the page has answered. It was made in the page, which may have bent what our runtime stands on."""
    try:
        yield
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise CompositionError(
            "The page's account of itself makes no sense: look for built-in objects that it replaces, and for "
            "elements that are named like properties of the document.",
            code="ACCOUNT_INVALID",
        ) from error


def each_once(notices: tuple[Notice, ...]) -> tuple[Notice, ...]:
    """Of two that tell of one lost address the better one: the browser knows the reason, the runtime the element."""
    elements = {_asked(one): one.element for one in notices if one.element and one.address}
    reasons = {_asked(one) for one in notices if one.code == "REMOTE_FAILED" and one.address}
    found = []
    for notice in notices:
        address = _asked(notice)
        if notice.code == "REMOTE_FAILED" and address in elements:
            found.append(notice.model_copy(update={"element": elements[address]}))
        elif not (
            (notice.code == "ASSET_UNAVAILABLE" and address in elements)
            or (notice.code in {"IMAGE_FAILED", "MEDIA_FAILED"} and address in reasons)
        ):
            found.append(notice)
    return tuple(found)


def _asked(notice: Notice) -> str:
    """What the browser asks for: an address without its fragment, as long as the journal keeps it."""
    return (notice.address or "").partition("#")[0][:LONGEST_ADDRESS]


def refuse(page: Page, failure: dict[str, Any] | None) -> None:
    """Raise what forbids a render. Promises that were rejected unheard are warnings, and among the page's notices."""
    if failure is None:
        return
    message = failure["message"]
    if failure["code"] == "SCRIPT_ERROR":
        # The browser's own word for it has the file and the line.
        matching = [error for error in page.script_errors if failure["thrown"] in error]
        told = [*matching, *page.script_errors, failure["thrown"]]
        missing = failure.get("missing")
        before = f" window.__timelines['{missing}'] was not registered by then." if missing else ""
        lost = f" Before it, {page.lost_scripts[0].message}" if page.lost_scripts else ""
        message = f"A script of the page failed: {told[0]}.{before}{lost}"
    raise CompositionError(message, code=failure["code"])


def refuse_lost(lost: dict[str, Any] | None) -> None:
    """Raise that a frame of a source could not be had."""
    if lost is not None:
        element = f"{lost['element']}: " if lost["element"] else ""
        raise CompositionError(f"{element}{lost['message']}", code=str(lost["code"]))


def refuse_problems(problems: list[dict[str, str]]) -> None:
    """Raise the first of what the page says is wrong with it."""
    for problem in problems:
        raise CompositionError(problem["message"], code=problem["code"])
