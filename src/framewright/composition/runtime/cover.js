// fw.cover: two greys over everything that the page shows, for the sync frames of the frame stream.
//   on()       whether they lie there
//   set(grey)  0 to 255: this grey on the left half, 255 - grey on the right; null takes them away and leaves no trace: a
//              constructed style sheet, no change of the document. False where there is nothing to lay it over
// The page below is clipped away, not only painted over: nothing of its drawing may shine through, and the top layer
// (dialogs, popovers, full screen) lies above every z-index. The root's own background is left alone: Chromium reports a
// second damage after it has changed.
{
  const { natives } = fw;
  const sheet = new CSSStyleSheet();
  let on = false;

  /** @param {number} grey */
  const rules = (grey) => {
    const other = 255 - grey;
    // A page that is one flat grey itself must not be taken for a cover.
    const colours = `linear-gradient(to right, rgb(${grey},${grey},${grey}) 50%, rgb(${other},${other},${other}) 50%)`;
    return `
      html::after {
        content: "" !important; display: block !important; position: fixed !important; inset: 0 !important;
        z-index: 2147483647 !important; margin: 0 !important; border: 0 !important; padding: 0 !important;
        width: auto !important; height: auto !important; opacity: 1 !important; visibility: visible !important;
        transform: none !important; clip-path: none !important; mask: none !important; filter: none !important;
        animation: none !important; transition: none !important; background: ${colours} !important;
      }
      body, :modal, :popover-open, :fullscreen, ::backdrop {
        clip-path: inset(50%) !important; transition: none !important;
      }`;
  };

  fw.cover = {
    on: () => on,
    /** @param {number | null} grey */
    set(grey) {
      if (grey !== null) sheet.replaceSync(rules(grey));
      const root = natives.documentElement(document);
      if (grey !== null && (root === null || natives.localName(root) !== "html")) return false;
      if (on === (grey !== null)) return true;
      on = !on;
      const others = Array.from(document.adoptedStyleSheets).filter((other) => other !== sheet);
      document.adoptedStyleSheets = on ? [...others, sheet] : others;
      return true;
    },
  };
}
