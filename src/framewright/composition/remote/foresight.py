"""Remote addresses that a page names and has not asked for yet: of classes, keyframes and scripts that come later."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from framewright.browser import Page

_MOST: Final = 200
_LONGEST: Final = 2000
_SECONDS: Final = 5.0

# In a world of its own the browser's built-ins are what they were, whatever the page has put in their place.
_LOOK: Final = r"""(async () => {
  const SUFFIXES = "png|jpe?g|gif|webp|avif|svg|json|lottie|mp4|webm|mov|mp3|wav|ogg|m4a|glb|gltf|hdr|ktx2|bin|woff2?|ttf|otf|css|m?js";
  const LITERAL = new RegExp(`https?://[^\\s"'\`<>()\\\\{}$]{1,1500}\\.(?:${SUFFIXES})(?:\\?[^\\s"'\`<>()\\\\{}$]{0,500})?(?=["'\`\\s)<]|$)`, "gi");
  const PAINTED = /url\(\s*(?:"([^"]*)"|'([^']*)'|([^)"'\s]*))\s*\)/g;
  const MOST_TEXT = 4_000_000;
  const found = new Set();
  const add = (address, base) => { try { if (found.size < 1000) found.add(new URL(address, base).href); } catch {} };
  const rules = (list, base) => {
    for (const rule of list) {
      if (rule.cssRules?.length) rules(rule.cssRules, base);
      else for (const [, a, b, c] of rule.cssText.slice(0, 100_000).matchAll(PAINTED)) add(a ?? b ?? c, base);
    }
  };
  const closed = [];
  for (const sheet of document.styleSheets) {
    try { rules(sheet.cssRules, sheet.href ?? document.baseURI); } catch { if (sheet.href) closed.push(sheet.href); }
  }
  // Sheets of another origin, such as those of fonts, can be read as texts where they may be read at all.
  await Promise.all(closed.slice(0, 20).map(async (href) => {
    try {
      const text = await (await fetch(href, { signal: AbortSignal.timeout(3000) })).text();
      for (const [, a, b, c] of text.slice(0, MOST_TEXT).matchAll(PAINTED)) add(a ?? b ?? c, href);
    } catch {}
  }));
  for (const element of document.querySelectorAll("script:not([src]), template, [style], [data-src], [data-var-src]")) {
    const text = element.localName === "script" || element.localName === "template" ? element.innerHTML : element.outerHTML.slice(0, 10_000);
    for (const [address] of text.slice(0, MOST_TEXT).matchAll(LITERAL)) add(address);
  }
  return [...found];
})()"""


async def foreseen_addresses(page: Page) -> tuple[str, ...]:
    """What the rules of a page's styles and the texts of its inline scripts name on the web.

    Raises:
        CompositionError, BrowserError: as :meth:`~framewright.browser.Page.call`.
    """
    tree = await page.call("Page.getFrameTree")
    frame = tree["frameTree"]["frame"]["id"]
    world = await page.call("Page.createIsolatedWorld", {"frameId": frame, "worldName": "framewright"})
    looked = await page.call(
        "Runtime.evaluate",
        {
            "expression": _LOOK,
            "contextId": world["executionContextId"],
            "returnByValue": True,
            "awaitPromise": True,
            "timeout": _SECONDS * 1000,
        },
    )
    told = looked.get("result", {}).get("value")
    named = told if isinstance(told, list) else []
    return tuple(one for one in named if isinstance(one, str) and _is_remote(one))[:_MOST]


def _is_remote(address: str) -> bool:
    return len(address) <= _LONGEST and urlsplit(address).scheme in {"http", "https"}
