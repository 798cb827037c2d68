// A page that shows nothing but has one <template> with a composition in it is the file of a sub-composition, opened by
// itself: it is shown as if a page had named it, so that its author sees what any host would show.
// The host takes the measures of the composition, and the variables of the page.
{
  const MEASURES = ["data-width", "data-height", "data-duration", "data-composition-duration", "data-end", "data-fps", "data-no-timeline"];

  /** The one template that holds a composition, where the page itself has none. */
  const lone = () => {
    if (document.querySelector("[data-composition-id], [data-composition-src]")) return null;
    const found = Array.from(document.querySelectorAll("template"), ({ content }) => content.querySelector("[data-composition-id]"));
    const holding = found.filter((root) => root !== null);
    return holding.length === 1 ? holding[0] : null;
  };

  const show = () => {
    const root = lone();
    if (!root || !document.body) return;
    const host = document.createElement("div");
    host.setAttribute("data-root", "true");
    host.setAttribute("data-composition-src", location.href);
    host.setAttribute("data-composition-id", root.getAttribute("data-composition-id") ?? "");
    for (const name of MEASURES) {
      const written = root.getAttribute(name);
      if (written !== null) host.setAttribute(name, written);
    }
    document.body.prepend(host);
  };

  // Before the root is looked for, and hosts are filled.
  document.addEventListener("DOMContentLoaded", show, { capture: true, once: true });
}
