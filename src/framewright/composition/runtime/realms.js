// fw.root, fw.realms(): one clock for the page and for the frames in it.
// A frame of the same origin finds its parent's `fw` under a symbol that only the runtime knows, joins its root, and is
// driven with it. In a frame of another origin none of this is run: it keeps its own time.
//   above      the `fw` of the document around it; null for the topmost
//   root       the `fw` of the topmost document; its own for that document
//   view       its window
//   realms()   every living `fw` of the root, parents before children
//   tellForeign()   warns of the frames in this document that cannot be reached
//   linked     the root's list behind realms()
{
  const link = Symbol.for(fw.config.secret);

  fw.above = window.parent === window ? null : /** @type {any} */ (window.parent)[link];
  fw.view = window;
  fw.root = fw.above ? fw.above.root : fw;
  fw.linked = [];
  fw.root.linked.push(fw);
  Object.defineProperty(window, link, { value: fw, configurable: true, enumerable: false });

  /** Its frame was neither removed nor navigated to another document. @param {Fw} realm */
  const isAlive = (realm) => {
    try {
      return !realm.view.closed && /** @type {any} */ (realm.view)[link] === realm;
    } catch {
      return false;
    }
  };

  fw.tellForeign = () => {
    for (const scope of fw.shadows.roots()) {
      for (const frame of scope.querySelectorAll("iframe, frame")) {
        if (/** @type {HTMLIFrameElement} */ (frame).contentDocument !== null) continue;
        fw.root.notices.add("FRAME_FOREIGN", "This frame is of another origin: its time cannot be driven, it moves as it likes.", frame);
      }
    }
  };

  fw.realms = () => {
    const { root } = fw;
    if (root.linked.length > 1) root.linked = root.linked.filter(isAlive);
    return root.linked;
  };
}
