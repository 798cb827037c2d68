// fw.openings: document.open(), and a write into a document whose parser has ended, which opens it: all that was in it
// goes, and so do our listeners, which are put back. While the page loads it may unpack itself so. Once its clock obeys it may not,
// and no document of a frame may do it to the page: it is told as a browser tells a document that cannot be opened.
//   unclosed()   whether it was opened while loading, and left open for so long that nobody will close it
{
  const { natives } = fw;
  const { DOMException } = window;
  const UNCLOSED = 5000; // milliseconds
  /** @type {number | null} */
  let opened = null;

  /** Where the author called, for a DOMException that is reported has lost it. Pages may write what a stack says. */
  const place = () => {
    try {
      const found = /\bhttps?:\S+:\d+:\d+/.exec(String(new Error("here").stack));
      return found ? ` (${found[0]})` : "";
    } catch {
      return "";
    }
  };

  /** @param {string} name */
  const refused = (name) => {
    const message = `The page called document.${name}() after it had loaded, which would take away all that is in it, and was refused${place()}.`;
    fw.root.notices.add("DOCUMENT_OPEN_REFUSED", message);
    return new DOMException(`Failed to execute '${name}' on 'Document': the page has loaded, and is rendered as it is.`, "InvalidStateError");
  };

  /** One that is known is not added twice. */
  const guard = () => {
    fw.failures.guard();
    fw.phases.guard(window);
    fw.mediaEvents.guard(window);
  };

  /** @param {string} name @param {(self: any, args: any[]) => void} before @param {(self: any) => void} after */
  const watch = (name, before, after) => {
    const own = /** @type {any} */ (Document.prototype)[name];
    const watched = new Proxy(own, {
      apply(target, self, args) {
        before(self, args);
        const answer = Reflect.apply(target, self, args);
        after(self);
        return answer;
      },
    });
    Object.defineProperty(Document.prototype, name, { value: watched, configurable: true, writable: true, enumerable: true });
  };

  /** @param {string} name */
  const check = (name) => (/** @type {any} */ self, /** @type {any[]} */ args) => {
    // With three arguments it is window.open().
    if (self !== fw.root.view.document || (name === "open" && args.length > 2)) return;
    if (!fw.time.loading) throw refused(name);
    if (document.readyState !== "loading") opened ??= natives.now();
  };
  /** @param {any} self */
  const keepHearing = (self) => {
    if (self === document && opened !== null) guard();
  };
  for (const name of ["open", "write", "writeln"]) watch(name, check(name), keepHearing);

  const closed = (/** @type {any} */ self) => {
    if (self === document) opened = null;
  };
  watch("close", () => {}, closed);

  fw.openings = { unclosed: () => opened !== null && document.readyState === "loading" && natives.now() - opened > UNCLOSED };
}
