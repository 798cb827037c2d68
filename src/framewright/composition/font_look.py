"""Asking the browser which fonts drew the page's text."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from framewright.composition.fonts import Drawn, Text
from framewright.model.errors import BrowserError
from framewright.model.logs import get_logger

if TYPE_CHECKING:
    from framewright.browser import Page

_log = get_logger(__name__)
_GROUPS = "function () { return this.fonts(); }"
_SAMPLES = "function () { return this.fontSamples(); }"
_AT_A_TIME = 16


async def look_at_fonts(page: Page, control: str, *, timeout: float) -> tuple[Text, ...]:
    """The page's texts by style, with the fonts that drew them, as it stands now.

    The page answers for groups of text, each with a few nodes in which all its letters occur, so a page of ten
    thousand texts costs one pass over its elements and some hundred questions at most.

    Args:
        control: the object id of the runtime's control.
        timeout: seconds for each question.

    Raises:
        CompositionError: ``PAGE_HANGS`` when the page does not answer in time.
        BrowserError: the browser died.
        KeyError, TypeError, ValueError: the page's answer makes no sense.
    """
    groups = await page.call_on(control, _GROUPS, timeout=timeout)
    nodes = await _nodes(page, control, timeout)
    wanted = [(position, str(pseudo)) for position, group in enumerate(groups) for pseudo in group["samples"]]
    drawn: list[set[Drawn]] = [set() for _ in groups]
    if nodes:
        await page.call("DOM.enable", timeout=timeout)
        await page.call("CSS.enable", timeout=timeout)
        try:
            await page.call("DOM.getDocument", {"depth": 0}, timeout=timeout)
            slots = asyncio.Semaphore(_AT_A_TIME)

            async def ask(position: int, node: str, pseudo: str) -> None:
                async with slots:
                    drawn[position].update(await _fonts_of(page, node, pseudo, timeout))

            async with asyncio.TaskGroup() as tasks:
                for (position, pseudo), node in zip(wanted, nodes, strict=False):
                    tasks.create_task(ask(position, node, pseudo))
        except ExceptionGroup as failed:
            # A page that is gone fails all of them for one reason.
            raise failed.exceptions[0] from None
        finally:
            await page.call("CSS.disable", timeout=timeout)
            await page.call("DOM.disable", timeout=timeout)
    return tuple(_text(group, frozenset(found)) for group, found in zip(groups, drawn, strict=True))


async def _nodes(page: Page, control: str, timeout: float) -> list[str]:
    """Object ids of the nodes of all samples, in their order."""
    params = {"objectId": control, "functionDeclaration": _SAMPLES}
    held = await page.call("Runtime.callFunctionOn", params, timeout=timeout)
    array = held["result"]["objectId"]
    told = await page.call(
        "Runtime.getProperties", {"objectId": array, "ownProperties": True}, timeout=timeout
    )
    await page.call("Runtime.releaseObject", {"objectId": array}, timeout=timeout)
    entries = [entry for entry in told["result"] if entry["name"].isdecimal()]
    return [entry["value"]["objectId"] for entry in sorted(entries, key=lambda entry: int(entry["name"]))]


async def _fonts_of(page: Page, node: str, pseudo: str, timeout: float) -> list[Drawn]:
    try:
        ids = [await _pseudo_id(page, node, pseudo, timeout)] if pseudo else []
        if not pseudo:
            ids = [(await page.call("DOM.requestNode", {"objectId": node}, timeout=timeout))["nodeId"]]
        told = [
            await page.call("CSS.getPlatformFontsForNode", {"nodeId": one}, timeout=timeout)
            for one in ids
            if one is not None
        ]
    except BrowserError as error:
        if error.code != "PROTOCOL_ERROR":
            raise
        # A node that a script has removed meanwhile.
        _log.debug("font_not_told", message=error.message)
        return []
    return [
        Drawn(str(font["familyName"]), bool(font["isCustomFont"])) for one in told for font in one["fonts"]
    ]


async def _pseudo_id(page: Page, node: str, pseudo: str, timeout: float) -> int | None:
    host = await page.call("DOM.describeNode", {"objectId": node, "depth": 0}, timeout=timeout)
    for found in host["node"].get("pseudoElements", ()):
        if found["pseudoType"] == pseudo:
            pushed = await page.call(
                "DOM.pushNodesByBackendIdsToFrontend",
                {"backendNodeIds": [found["backendNodeId"]]},
                timeout=timeout,
            )
            return int(pushed["nodeIds"][0])
    return None


def _text(group: dict[str, Any], drawn: frozenset[Drawn]) -> Text:
    faces = group["faces"]
    return Text(
        families=tuple(str(family) for family in group["families"]),
        element=str(group["element"]),
        laid=bool(group["laid"]),
        loaded=int(faces["loaded"]),
        failed=int(faces["failed"]),
        unasked=int(faces["other"]),
        there=group["there"],
        drawn=drawn,
    )
