// fw.scripts: whether anything in this document can act but the clock and the styles.
//   any()   false only when it is certain that no script has run, and none will
// A script may take itself away once it has run, so they are noted as the parser brings them.
{
  const DATA = /json|importmap|speculationrules|text\/(?!javascript)/i;
  let seen = false;

  /** @param {Node} node */
  const isScript = (node) => node.nodeName.toLowerCase() === "script" && !DATA.test(/** @type {Element} */ (node).getAttribute("type") ?? "");
  /** @param {MutationRecord[]} records */
  const note = (records) => {
    for (const { addedNodes } of records) for (const node of Array.from(addedNodes)) seen ||= isScript(node);
    if (seen) observer.disconnect();
  };
  const observer = new MutationObserver(note);
  observer.observe(document, { childList: true, subtree: true });

  // Handlers that are written as attributes, and what may hold documents of its own.
  const SUSPECTS = "//@*[starts-with(translate(name(), 'ON', 'on'), 'on')]";
  const holders = "iframe, frame, object, embed, [data-composition-src]";

  fw.scripts = {
    any() {
      note(observer.takeRecords());
      if (seen || document.scripts.length > 0) seen ||= Array.from(document.scripts).some(isScript);
      if (seen || document.querySelector(holders)) return true;
      const { snapshotLength } = document.evaluate(SUSPECTS, document, null, XPathResult.UNORDERED_NODE_SNAPSHOT_TYPE, null);
      return snapshotLength > 0;
    },
  };
}
